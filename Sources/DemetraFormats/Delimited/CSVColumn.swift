package import DemetraTypes
package import DemetraVectors

/// One column to make from a field of each record.
package struct CSVColumn: Sendable, Hashable {
    /// The column's name, for messages.
    package var name: String
    /// The type of its values.
    package var type: LogicalType
    /// Which field of the record, from 0.
    package var fieldIndex: Int
    /// How `03/05/2024` is read.
    package var dateOrder: DateOrder
    /// False when a record without a value here is a bad one.
    package var allowsNull: Bool
    /// The zone of an instant whose text has none.
    package var zone: TimeZoneRules
    /// Whether the NULL text is NULL where it is not quoted.
    package var hasPlainNulls = true
    /// Whether the NULL text is NULL where it is quoted.
    package var hasQuotedNulls = false

    /// A column from field `fieldIndex`.
    package init(
        name: String, type: LogicalType, fieldIndex: Int, dateOrder: DateOrder = .monthFirst,
        allowsNull: Bool = true, zone: TimeZoneRules = .utc
    ) {
        self.name = name
        self.type = type
        self.fieldIndex = fieldIndex
        self.dateOrder = dateOrder
        self.allowsNull = allowsNull
        self.zone = zone
    }

    /// Columns from the fields of a file whose fields are those of a schema, in order.
    package static func columns(
        of schema: Schema, zone: TimeZoneRules = .utc
    ) -> [CSVColumn] {
        schema.fields.enumerated().map { index, field in
            CSVColumn(name: field.name, type: field.type, fieldIndex: index, zone: zone)
        }
    }
}

/// What to do with records that do not fit.
package enum CSVErrorPolicy: Sendable, Hashable {
    /// The first one is an error, as in PostgreSQL's COPY; the name goes into its context.
    case strict(table: String)
    /// They are set aside with line number and reason; amounts such as `$1,234.56` are numbers.
    case tolerant
}

/// A record that was set aside.
package struct RejectedRow: Sendable, Hashable {
    /// Line of the file on which the record begins, from 1.
    package let lineNumber: Int
    /// The record as it was written.
    package let text: String
    /// The column that is wrong; nil when the record as a whole is.
    package let column: String?
    /// What is wrong.
    package let reason: String
}

/// The rows of a chunk, in the order of the file.
package struct ParsedChunk: Sendable {
    /// The chunk's place in the file.
    package let ordinal: Int
    /// Batches of at most `Batch.capacity` rows, one vector for each column asked for.
    package let batches: [Batch]
    /// Rows in all batches.
    package let rowCount: Int
    /// Records that were set aside, by line.
    package let rejected: [RejectedRow]
    /// Columns with a value that only a wider type of the same family holds: a fraction in a
    /// bigint column, a time of day in a date column. By column index.
    package let widenings: [Int: LogicalType]

    /// Adds what this chunk needs to what others need: of two types the wider one.
    package func addWidenings(to others: inout [Int: LogicalType]) {
        others.merge(widenings) { $0.union($1) }
    }
}
