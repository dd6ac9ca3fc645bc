package import DemetraTypes
import DemetraVectors

/// Turns chunks of a delimited text into batches; one parser serves any number of threads.
///
/// A chunk takes three passes that stay in the cache: is it text at all, where are its fields
/// (`FieldIndex`), and then, 2,048 records at a time, column by column with a loop for each type.
/// A record that fails in any column is taken out and its batch parsed again, since failures are
/// rare and checks in the loops are not free.
///
/// - Throws: 22P04 for records of the wrong length, 22021 for bytes that are no UTF-8, and under
///   `.strict` the error of the first bad value with line and column as context.
package struct CSVChunkParser: Sendable {
    private let dialect: CSVDialect
    private let columns: [CSVColumn]
    private let fieldCount: Int
    private let policy: CSVErrorPolicy
    private let nullText: Buffer<UInt8>

    /// A parser of records with `fieldCount` fields; each column's field index is below it.
    package init(
        dialect: CSVDialect, fieldCount: Int, columns: [CSVColumn], policy: CSVErrorPolicy
    ) {
        precondition(fieldCount > 0, "a record has fields")
        precondition(
            columns.allSatisfy { $0.fieldIndex >= 0 && $0.fieldIndex < fieldCount },
            "a column takes a field the record has")
        self.dialect = dialect
        self.columns = columns
        self.fieldCount = fieldCount
        self.policy = policy
        nullText = Buffer(dialect.nullText)
    }

    private var isTolerant: Bool { policy == .tolerant }

    /// The rows of one chunk.
    package func parse(_ chunk: CSVChunk) throws(DemetraError) -> ParsedChunk {
        try CSVTextCheck.check(chunk)
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
        let batches = try parseBatches(&index, chunk, &rejected, &widenings)
        if let first = index.misshapen.first, !isTolerant { throw shapeError(first, in: chunk) }
        rejected.sort { $0.lineNumber < $1.lineNumber }
        return ParsedChunk(
            ordinal: chunk.ordinal, batches: batches,
            rowCount: batches.reduce(0) { $0 + $1.count }, rejected: rejected,
            widenings: widenings)
    }

    private func parseBatches(
        _ index: inout FieldIndex, _ chunk: CSVChunk, _ rejected: inout [RejectedRow],
        _ widenings: inout [Int: LogicalType]
    ) throws(DemetraError) -> [Batch] {
        var parse = ColumnParse()
        // Reserved rooms for noncopyable sinks; one for each column.
        let sinks = UnsafeMutablePointer<ColumnSink>.allocate(capacity: max(columns.count, 1))
        for (number, column) in columns.enumerated() {
            (sinks + number).initialize(to: ColumnSink(column, index: number))
        }
        defer {
            sinks.deinitialize(count: columns.count)
            sinks.deallocate()
        }
        var counts: [Int] = []
        var first = 0
        while first < index.recordCount {
            let count = min(Batch.capacity, index.recordCount - first)
            for (number, column) in columns.enumerated() {
                let run = run(index, chunk, first, count, column)
                sinks[number].append(run, &parse)
            }
            if parse.failures.isEmpty {
                counts.append(count)
                first += count
                continue
            }
            for number in columns.indices { sinks[number].removeLast() }
            let rows = try reject(
                parse.failures, index, chunk, first, count, &rejected, &widenings)
            index.remove(rows)
            parse.failures = []
        }
        let vectors = columns.indices.map { sinks[$0].finish() }
        return counts.enumerated().map { number, count in
            Batch(vectors.map { $0[number] }, count: count)
        }
    }

    private func run(
        _ index: borrowing FieldIndex, _ chunk: CSVChunk, _ first: Int, _ count: Int,
        _ column: CSVColumn
    ) -> FieldRun {
        FieldRun(
            bytes: chunk.bytes.pointer,
            marks: UnsafePointer(index.marks) + first * index.stride + column.fieldIndex,
            stride: index.stride, count: count,
            rules: FieldRules(
                nullText: nullText.pointer, nullCount: nullText.count, quote: dialect.quote,
                escape: dialect.escape, isText: dialect.syntax == .copyText,
                isLenient: isTolerant))
    }

    /// The records of failed fields, ascending; throws the first failure when strict.
    private func reject(
        _ failures: [FieldFailure], _ index: borrowing FieldIndex, _ chunk: CSVChunk, _ first: Int,
        _ count: Int, _ rejected: inout [RejectedRow], _ widenings: inout [Int: LogicalType]
    ) throws(DemetraError) -> [Int] {
        let ordered = failures.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
        var rows: [Int] = []
        var scratch = FieldScratch()
        for failure in ordered {
            let column = columns[failure.column]
            let run = run(index, chunk, first, count, column)
            var text = ""
            if let (bytes, length) = run.text(failure.row, &scratch) {
                text = String(
                    decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self)
            }
            if let wider = ColumnWidening.type(for: text, in: column) {
                widenings[failure.column] = wider.union(widenings[failure.column])
            }
            guard rows.last != first + failure.row else { continue }
            let start = index.start(of: first + failure.row)
            var error = failure.outcome.error(Self.shortened(text), column.type)
            if case .strict(let table) = policy {
                error.context =
                    "COPY \(table), line \(line(of: start, in: chunk)), column \(column.name): "
                    + "\"\(Self.shortened(text))\""
                throw error
            }
            rows.append(first + failure.row)
            let end = index.end(of: first + failure.row)
            rejected.append(
                RejectedRow(
                    lineNumber: line(of: start, in: chunk), text: recordText(start, end, in: chunk),
                    column: column.name, reason: error.message))
        }
        return rows
    }

    /// A value in a message is cut, as PostgreSQL does, so that a message stays readable.
    private static func shortened(_ text: String) -> String {
        text.unicodeScalars.count <= 100 ? text : String(text.prefix(100)) + "..."
    }
}

extension CSVChunkParser {
    private func line(of offset: Int, in chunk: CSVChunk) -> Int {
        CSVTextCheck.line(of: offset, in: chunk)
    }

    private func recordText(_ start: Int, _ end: Int, in chunk: CSVChunk) -> String {
        String(
            decoding: UnsafeBufferPointer(
                start: chunk.bytes.pointer + start, count: max(0, end - start)), as: UTF8.self)
    }

    private func reason(_ record: MisshapenRecord) -> String {
        if record.isUnterminated { return "unterminated CSV quoted field" }
        if record.fieldCount > fieldCount { return "extra data after last expected column" }
        let missing = columns.first { $0.fieldIndex == record.fieldCount }
        return "missing data for column \"\(missing?.name ?? "\(record.fieldCount + 1)")\""
    }

    private func rejectedRow(_ record: MisshapenRecord, in chunk: CSVChunk) -> RejectedRow {
        RejectedRow(
            lineNumber: line(of: record.start, in: chunk),
            text: recordText(record.start, record.end, in: chunk), column: nil,
            reason: "\(reason(record)): \(record.fieldCount) of \(fieldCount) fields")
    }

    private func shapeError(_ record: MisshapenRecord, in chunk: CSVChunk) -> DemetraError {
        var context = "line \(line(of: record.start, in: chunk))"
        if case .strict(let table) = policy { context = "COPY \(table), \(context)" }
        let text = Self.shortened(recordText(record.start, record.end, in: chunk))
        return DemetraError(
            .badCopyFileFormat, reason(record), context: "\(context): \"\(text)\"")
    }
}
