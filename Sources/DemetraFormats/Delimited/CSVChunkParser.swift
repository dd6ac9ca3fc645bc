package import DemetraTypes
import DemetraVectors

/// Turns chunks of a delimited text into batches; one parser serves any number of threads.
///
/// A chunk takes three passes that stay in the cache: is it text at all, where are its fields
/// (`FieldIndex`), and then, 2,048 records at a time, column by column with a loop for each type.
/// A record that fails in any column is taken out and its batch parsed again, since failures are
/// rare and checks in the loops are not free.
///
/// Safe because a chunk guarantees its padding, and the NULL text lives as long as the parser.
///
/// - Throws: 22P04 for records of the wrong length, 22021 for bytes that are no UTF-8, and under
///   `.strict` the error of the first bad value with line and column as context.
package struct CSVChunkParser: Sendable {
    private let dialect: CSVDialect
    private let columns: [CSVColumn]
    private let fieldCount: Int
    private let policy: CSVErrorPolicy
    private let nullText: Buffer<UInt8>
    private let matchesHeader: Bool

    /// A parser of records with `fieldCount` fields; each column's field index is below it.
    ///
    /// - Parameter matchesHeader: the header must hold the names of the columns, which are those of the fields.
    package init(
        dialect: CSVDialect, fieldCount: Int, columns: [CSVColumn], policy: CSVErrorPolicy,
        matchesHeader: Bool = false
    ) {
        precondition(fieldCount > 0, "a record has fields")
        precondition(
            columns.allSatisfy { $0.fieldIndex >= 0 && $0.fieldIndex < fieldCount },
            "a column takes a field the record has")
        self.dialect = dialect
        self.columns = columns
        self.fieldCount = fieldCount
        self.policy = policy
        self.matchesHeader = matchesHeader
        nullText = Buffer(dialect.nullText)
    }

    private var isTolerant: Bool { policy == .tolerant }

    /// The rows of one chunk.
    package func parse(_ chunk: CSVChunk) throws(DemetraError) -> ParsedChunk {
        try CSVTextCheck.check(chunk)
        if matchesHeader, chunk.ordinal == 0 { try checkHeader(chunk) }
        var index = FieldIndex(
            fieldCount: fieldCount, expectedRecords: chunk.byteCount / (fieldCount * 6 + 1))
        var scan = FieldScan(
            chunk: chunk, dialect: dialect, fieldCount: fieldCount, skipsBlankLines: isTolerant)
        scan.run(into: &index)
        var rejected: [RejectedRow] = []
        if let first = index.misshapen.first, !isTolerant {
            // An earlier record's bad value is the error to show.
            index.truncate(from: first.start)
        } else {
            rejected = index.misshapen.map { rejectedRow($0, in: chunk) }
        }
        var widenings: [Int: LogicalType] = [:]
        let rules = FieldRules(
            nullText: nullText.pointer, nullCount: nullText.count, quote: dialect.quote,
            escape: dialect.escape, isText: dialect.syntax == .copyText, isLenient: isTolerant)
        let assembly = BatchAssembly(
            bytes: chunk.bytes.pointer, columns: columns, rules: rules, policy: policy,
            origin: chunk)
        let batches = try assembly.run(&index, &rejected, &widenings)
        if let first = index.misshapen.first, !isTolerant { throw shapeError(first, in: chunk) }
        rejected.sort { $0.lineNumber < $1.lineNumber }
        return ParsedChunk(
            ordinal: chunk.ordinal, batches: batches,
            rowCount: batches.reduce(0) { $0 + $1.count }, rejected: rejected,
            widenings: widenings)
    }
}

extension CSVChunkParser {
    /// - Throws: 22P04 when the first record does not hold the names of the columns.
    private func checkHeader(_ chunk: CSVChunk) throws(DemetraError) {
        var dialect = dialect
        dialect.hasHeader = false
        var index = FieldIndex(fieldCount: fieldCount, expectedRecords: 64)
        var scan = FieldScan(
            chunk: chunk, dialect: dialect, fieldCount: fieldCount, skipsBlankLines: false)
        scan.run(into: &index)
        if let first = index.misshapen.first, first.start == chunk.start {
            throw DemetraError(
                .badCopyFileFormat,
                "wrong number of fields in header line: field count is \(first.fieldCount), expected "
                    + "\(fieldCount)")
        }
        guard index.recordCount > 0 else { return }
        let fields = SampledFields(
            chunk: chunk, dialect: dialect, fieldCount: fieldCount, nullText: nullText)
        for (number, column) in columns.enumerated() {
            let found = fields.text(index, record: 0, field: number)
            guard found != column.name else { continue }
            throw DemetraError(
                .badCopyFileFormat,
                "column name mismatch in header line field \(number + 1): got \"\(found)\", expected "
                    + "\"\(column.name)\"",
                hint: "Name the columns in the order of the file: COPY table (a, b) FROM ...")
        }
    }

    private func reason(_ record: MisshapenRecord) -> String {
        if record.isUnterminated { return "unterminated CSV quoted field" }
        if record.fieldCount > fieldCount { return "extra data after last expected column" }
        let missing = columns.first { $0.fieldIndex == record.fieldCount }
        return "missing data for column \"\(missing?.name ?? "\(record.fieldCount + 1)")\""
    }

    private func rejectedRow(_ record: MisshapenRecord, in chunk: CSVChunk) -> RejectedRow {
        RejectedRow(
            lineNumber: chunk.line(ofRecordAt: record.start),
            text: chunk.text(ofRecordAt: record.start, end: record.end), column: nil,
            reason: "\(reason(record)): \(record.fieldCount) of \(fieldCount) fields")
    }

    private func shapeError(_ record: MisshapenRecord, in chunk: CSVChunk) -> DemetraError {
        var context = "line \(chunk.line(ofRecordAt: record.start))"
        if case .strict(let table) = policy { context = "COPY \(table), \(context)" }
        let text = BatchAssembly.shortened(chunk.text(ofRecordAt: record.start, end: record.end))
        return DemetraError(
            .badCopyFileFormat, reason(record), context: "\(context): \"\(text)\"")
    }
}
