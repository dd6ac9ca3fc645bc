package import DemetraTypes

/// How a file is imported.
package struct ImportOptions: Sendable {
    /// `csv` or `jsonl`; nil to tell by the file's name.
    package var format: String?
    /// The separator; nil to find it.
    package var delimiter: String?
    /// Refuse the whole file when one row is bad.
    package var isStrict: Bool
    /// Let a row take the place of the one with its key instead of failing.
    package var isUpsert: Bool
    /// Where bad rows go; nil for a file beside the imported one.
    package var rejectPath: String?
    /// The name of the batch that the file is: the table takes it once.
    package var batchID: String?

    /// Makes options.
    package init(
        format: String? = nil, delimiter: String? = nil, isStrict: Bool = false,
        isUpsert: Bool = false, rejectPath: String? = nil, batchID: String? = nil
    ) {
        self.format = format
        self.delimiter = delimiter
        self.isStrict = isStrict
        self.isUpsert = isUpsert
        self.rejectPath = rejectPath
        self.batchID = batchID
    }
}

/// How far an import is.
package struct ImportProgress: Sendable {
    /// Bytes read.
    package let bytes: Int
    /// Bytes of the file.
    package let totalBytes: Int
    /// Rows read.
    package let rows: Int
}

/// What an import did.
package struct ImportSummary: Sendable {
    /// Rows that are now in the table.
    package let rowCount: Int
    /// Columns of the file.
    package let columnCount: Int
    /// True when there was no such table before.
    package let createdTable: Bool
    /// Rows set aside.
    package let rejectedCount: Int
    /// Where they are.
    package let rejectPath: String?
    /// What there is to say when the table had got the batch before; nothing was done then.
    package var repetition: Notice?
    /// How long it took.
    package let elapsedNanoseconds: Int64
}
