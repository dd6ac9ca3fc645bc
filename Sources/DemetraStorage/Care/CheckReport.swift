import DemetraTypes

/// What a check of a database's files found.
public struct CheckReport: Sendable, Hashable, Encodable {
    /// Something that is not as it was written, or that the owner should know.
    public struct Finding: Sendable, Hashable, Encodable {
        /// How bad it is.
        public enum Severity: String, Sendable, Encodable {
            /// Something cannot be read, or contradicts something else.
            case damage
            /// Nothing is lost: a torn end of the log, a file that nobody names.
            case note
        }

        /// How bad it is.
        public let severity: Severity
        /// The file, from the database's directory on; empty when it is about no single one.
        public let file: String
        /// What in the file: `row group 7, column "spend"`.
        public let place: String?
        /// Where in the file, in bytes.
        public let offset: Int?
        /// How many bytes.
        public let byteCount: Int?
        /// The checksum that was stored with the bytes, as eight digits.
        public let storedChecksum: String?
        /// The checksum of the bytes as they are now.
        public let computedChecksum: String?
        /// What is wrong, in one line.
        public let message: String
        /// Facts that help to understand.
        public let detail: String?

        init(
            _ severity: Severity, file: String, place: String? = nil, offset: Int? = nil,
            byteCount: Int? = nil, stored: UInt32? = nil, computed: UInt32? = nil,
            _ message: String, detail: String? = nil
        ) {
            self.severity = severity
            self.file = file
            self.place = place
            self.offset = offset
            self.byteCount = byteCount
            storedChecksum = stored.map { Checksum.text($0) }
            computedChecksum = computed.map { Checksum.text($0) }
            self.message = message
            self.detail = detail
        }

        /// What an error says.
        init(_ error: DemetraError, file: String, place: String? = nil) {
            self.init(.damage, file: file, place: place, error.message, detail: error.detail)
        }
    }

    /// What there is of a table.
    public struct Table: Sendable, Hashable, Encodable {
        /// The table's name.
        public let name: String
        /// Rows that are visible.
        public let rowCount: Int
        /// Segments that hold rows of it.
        public let segmentCount: Int
        /// Bytes of those segments.
        public let byteCount: Int
    }

    /// The tables, by name; those that could be made out.
    public internal(set) var tables: [Table] = []
    /// What was found, in the order of files.
    public internal(set) var findings: [Finding] = []
    /// Files that were read.
    public internal(set) var fileCount = 0
    /// Their bytes.
    public internal(set) var byteCount = 0
    /// Column chunks that were decoded and compared.
    public internal(set) var chunkCount = 0
    /// Commits in the log that no segment holds yet.
    public internal(set) var loggedCommitCount = 0

    init() {}

    /// True when nothing is damaged; notes do not count.
    public var isClean: Bool { !findings.contains { $0.severity == .damage } }
}
