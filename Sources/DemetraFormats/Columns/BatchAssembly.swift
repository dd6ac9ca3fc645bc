import DemetraTypes
import DemetraVectors

/// Where a record came from, for messages and reject files.
protocol RecordOrigin {
    /// The line of the file on which the record at that offset begins, from 1.
    func line(ofRecordAt start: Int) -> Int
    /// The record as it was written.
    func text(ofRecordAt start: Int, end: Int) -> String
}

/// Turns indexed records into batches: 2,048 at a time, column by column.
///
/// A record that fails in any column is taken out of the index and its batch parsed again, since
/// failures are rare and checks in the loops are not free.
///
/// Safe because the index was made for these bytes, and sinks are initialized for as long as the
/// loop runs.
struct BatchAssembly {
    /// The bytes the index points into.
    let bytes: UnsafePointer<UInt8>
    /// The columns of the output.
    let columns: [CSVColumn]
    /// How fields are written.
    let rules: FieldRules
    /// What to do with bad values.
    let policy: CSVErrorPolicy
    /// Where records came from.
    let origin: any RecordOrigin

    /// The batches of all records; bad ones are removed from the index, or the first one thrown.
    func run(
        _ index: inout FieldIndex, _ rejected: inout [RejectedRow],
        _ widenings: inout [Int: LogicalType]
    ) throws(DemetraError) -> [Batch] {
        var parse = ColumnParse()
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
                let run = run(index, first, count, column)
                sinks[number].append(run, &parse)
                if !column.allowsNull {
                    parse.requireValues(run, column: number, blankIsNull: !column.type.isText)
                }
            }
            if parse.failures.isEmpty {
                counts.append(count)
                first += count
                continue
            }
            for number in columns.indices { sinks[number].removeLast() }
            let rows = try reject(parse.failures, index, first, count, &rejected, &widenings)
            index.remove(rows)
            parse.failures = []
        }
        let vectors = columns.indices.map { sinks[$0].finish() }
        return counts.enumerated().map { number, count in
            Batch(vectors.map { $0[number] }, count: count)
        }
    }

    private func run(
        _ index: borrowing FieldIndex, _ first: Int, _ count: Int, _ column: CSVColumn
    ) -> FieldRun {
        var rules = rules
        rules.hasPlainNulls = column.hasPlainNulls
        rules.hasQuotedNulls = column.hasQuotedNulls
        return FieldRun(
            bytes: bytes,
            marks: UnsafePointer(index.marks) + first * index.stride + column.fieldIndex,
            stride: index.stride, count: count, rules: rules)
    }

    /// The records of failed fields, ascending; throws the first failure when strict.
    private func reject(
        _ failures: [FieldFailure], _ index: borrowing FieldIndex, _ first: Int, _ count: Int,
        _ rejected: inout [RejectedRow], _ widenings: inout [Int: LogicalType]
    ) throws(DemetraError) -> [Int] {
        let ordered = failures.sorted { ($0.row, $0.column) < ($1.row, $1.column) }
        var rows: [Int] = []
        var scratch = FieldScratch()
        for failure in ordered {
            let column = columns[failure.column]
            var text = ""
            if let (bytes, length) = run(index, first, count, column).text(failure.row, &scratch) {
                text = String(
                    decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self)
            }
            if let wider = ColumnWidening.type(for: text, in: column) {
                widenings[failure.column] = wider.union(widenings[failure.column])
            }
            guard rows.last != first + failure.row else { continue }
            rows.append(first + failure.row)
            let start = index.start(of: first + failure.row)
            let line = origin.line(ofRecordAt: start)
            let shown = Self.shortened(text)
            var error = failure.outcome.error(shown, column.type)
            if case .strict(let table) = policy {
                error.context = "COPY \(table), line \(line), column \(column.name): \"\(shown)\""
                throw error
            }
            rejected.append(
                RejectedRow(
                    lineNumber: line,
                    text: origin.text(
                        ofRecordAt: start, end: index.end(of: first + failure.row)),
                    column: column.name, reason: error.message))
        }
        return rows
    }

    /// A value in a message is cut, as PostgreSQL does, so that a message stays readable.
    static func shortened(_ text: String) -> String {
        text.unicodeScalars.count <= 100 ? text : String(text.prefix(100)) + "..."
    }
}
