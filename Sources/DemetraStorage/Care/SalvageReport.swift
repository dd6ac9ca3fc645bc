import DemetraTypes

/// What a salvage of a damaged database kept, and what exactly is lost.
public struct SalvageReport: Sendable, Hashable, Encodable {
    /// Something that could not be kept.
    public struct Loss: Sendable, Hashable, Encodable {
        /// The table; nil when it cannot be told, or all are concerned.
        public let table: String?
        /// The damaged file, from the database's directory on.
        public let file: String
        /// What in the file: `row group 7`.
        public let place: String?
        /// Rows that are lost; nil when nobody can tell how many.
        public let rowCount: Int?
        /// The column whose values are lost while the rows are kept, with NULL in their place.
        public let column: String?
        /// The ids of the rows.
        public let firstRow: Int64?
        /// The last of them; those between need not all be lost.
        public let lastRow: Int64?
        /// The least time of the rows by the table's time column, where the zone map tells.
        public let firstTime: String?
        /// The greatest time.
        public let lastTime: String?
        /// What is wrong with the file.
        public let reason: String

        init(
            table: String? = nil, file: String, place: String? = nil, rowCount: Int? = nil,
            column: String? = nil, rows: ClosedRange<Int64>? = nil,
            times: (first: String, last: String)? = nil, reason: String
        ) {
            self.table = table
            self.file = file
            self.place = place
            self.rowCount = rowCount
            self.column = column
            firstRow = rows?.lowerBound
            lastRow = rows?.upperBound
            firstTime = times?.first
            lastTime = times?.last
            self.reason = reason
        }
    }

    /// What there is of a table in the new database.
    public struct Table: Sendable, Hashable, Encodable {
        /// The table's name; made up from its number where no manifest tells it.
        public let name: String
        /// Rows that were kept.
        public let rowCount: Int
        /// Rows that are known to be lost.
        public let lostRowCount: Int
    }

    /// The manifest that was gone by; nil when tables had to be made out from their segments.
    public internal(set) var manifest: String?
    /// The tables, by name.
    public internal(set) var tables: [Table] = []
    /// What is lost, in the order in which it was found.
    public internal(set) var losses: [Loss] = []
    /// What may be otherwise than it was, though nothing is known to be lost.
    public internal(set) var warnings: [String] = []

    init() {}

    /// True when all that was acknowledged is in the new database.
    public var isComplete: Bool { losses.isEmpty && warnings.isEmpty }
}
