import DemetraCatalog
import DemetraFormats
import DemetraStorage
package import DemetraTypes
import DemetraVectors

/// How a file is imported.
package struct ImportOptions: Sendable {
    /// `csv` or `jsonl`; nil to tell by the file's name.
    package var format: String?
    /// The separator; nil to find it.
    package var delimiter: String?
    /// Refuse the whole file when one row is bad.
    package var isStrict: Bool
    /// Where bad rows go; nil for a file beside the imported one.
    package var rejectPath: String?

    /// Makes options.
    package init(
        format: String? = nil, delimiter: String? = nil, isStrict: Bool = false,
        rejectPath: String? = nil
    ) {
        self.format = format
        self.delimiter = delimiter
        self.isStrict = isStrict
        self.rejectPath = rejectPath
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
    /// How long it took.
    package let elapsedNanoseconds: Int64
    /// What was read in a way that might surprise.
    package let notices: [String]
}

/// Imports one file: finds out how it is written, parses it on all workers and commits its rows
/// together. A table that does not exist is made from the file's columns.
struct FileImport {
    private static let pieceByteCount = 1 << 18

    let session: Session
    let path: String
    let tableName: String
    let options: ImportOptions

    /// What reading the file gave.
    private struct Outcome {
        var batches: [Batch] = []
        var rejected: [RejectedRow] = []
        var widenings: [Int: LogicalType] = [:]
        var rowCount: Int { batches.reduce(0) { $0 + $1.count } }
    }

    /// How the file's records become columns.
    private struct Layout {
        var columns: [CSVColumn]
        let chunkDialect: CSVDialect
        let parser: (_ columns: [CSVColumn], _ policy: CSVErrorPolicy)
            -> (@Sendable (CSVChunk) throws(DemetraError) -> ParsedChunk)
    }

    func run(
        progress: @escaping @Sendable (ImportProgress) -> Void
    ) throws(DemetraError) -> ImportSummary {
        let engine = session.engine
        let start = engine.clock.monotonicNanoseconds()
        let file = try engine.fileSystem.open(path, creating: false)
        let total = try file.byteCount()
        let snapshot = engine.store.snapshot()
        let existing = snapshot.catalog.tables[tableName]
        if existing == nil, snapshot.catalog.relationNames.contains(tableName) {
            throw DemetraError(
                .wrongObjectType, "\"\(tableName)\" is not a table",
                hint: "Import into a table, or choose a name that is free.")
        }
        var layout = try infer(file, total)
        if let existing { layout.columns = try matched(layout.columns, to: existing) }
        var outcome = try parse(file, total, layout, progress)
        // A later value needs a wider type than the sample showed: read once more with it.
        var attempts = 0
        while existing == nil, !outcome.widenings.isEmpty, attempts < 3 {
            for (index, type) in outcome.widenings { layout.columns[index].type = type }
            outcome = try parse(file, total, layout, progress)
            attempts += 1
        }
        let rejectPath = try keepRejected(outcome.rejected)
        try commit(outcome, layout, existing, snapshot)
        return ImportSummary(
            rowCount: outcome.rowCount, columnCount: layout.columns.count,
            createdTable: existing == nil, rejectedCount: outcome.rejected.count,
            rejectPath: rejectPath,
            elapsedNanoseconds: engine.clock.monotonicNanoseconds() - start, notices: [])
    }

    private func infer(_ file: any StorageFile, _ total: Int) throws(DemetraError) -> Layout {
        let sample = Buffer(try file.read(at: 0, count: TypeInference.sampleByteCount))
        let bytes = UnsafeBufferPointer(start: sample.pointer, count: sample.count)
        let format = options.format?.lowercased()
            ?? (path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson") ? "jsonl" : "csv")
        let zone = session.timeZone
        switch format {
        case "jsonl", "json":
            let found = try JSONInference.infer(sample: bytes)
            return Layout(
                columns: zoned(found.columns, zone), chunkDialect: JSONLinesParser.lines,
                parser: { columns, policy in
                    let parser = JSONLinesParser(keys: found.keys, columns: columns, policy: policy)
                    return { chunk throws(DemetraError) in try parser.parse(chunk) }
                })
        case "csv", "tsv":
            var delimiter = format == "tsv" ? UInt8(ascii: "\t") : nil
            if let given = options.delimiter {
                let text = given == "\\t" ? "\t" : given
                guard let byte = text.utf8.first, text.utf8.count == 1 else {
                    throw DemetraError(
                        .invalidParameterValue, "the delimiter must be one byte, not \"\(given)\"")
                }
                delimiter = byte
            }
            let found = try TypeInference.infer(
                sample: bytes, isWhole: sample.count == total, delimiter: delimiter)
            let (dialect, fieldCount) = (found.dialect, found.fieldCount)
            return Layout(
                columns: zoned(found.columns, zone), chunkDialect: dialect,
                parser: { columns, policy in
                    let parser = CSVChunkParser(
                        dialect: dialect, fieldCount: fieldCount, columns: columns, policy: policy)
                    return { chunk throws(DemetraError) in try parser.parse(chunk) }
                })
        default:
            throw DemetraError(
                .invalidParameterValue, "import format \"\(format)\" is not known",
                hint: "Use csv, tsv or jsonl.")
        }
    }

    private func zoned(_ columns: [CSVColumn], _ zone: TimeZoneRules) -> [CSVColumn] {
        columns.map { column in
            var column = column
            column.zone = zone
            return column
        }
    }

    /// The file's columns that the table has, with the table's types.
    private func matched(
        _ columns: [CSVColumn], to table: TableDefinition
    ) throws(DemetraError) -> [CSVColumn] {
        var result: [CSVColumn] = []
        for var column in columns {
            guard let target = table.columns.first(where: { $0.name == column.name }) else {
                let nearest = NearestName.find(column.name, among: table.columns.map(\.name))
                throw DemetraError(
                    .undefinedColumn,
                    "column \"\(column.name)\" of the file is not in table \"\(table.name)\"",
                    hint: nearest.map { "Perhaps it belongs to \"\($0)\"; rename it in the file." }
                        ?? "Add the column to the table, or import into a new one.")
            }
            column.type = target.type
            result.append(column)
        }
        return result
    }

    private func parse(
        _ file: any StorageFile, _ total: Int, _ layout: Layout,
        _ progress: @escaping @Sendable (ImportProgress) -> Void
    ) throws(DemetraError) -> Outcome {
        let policy: CSVErrorPolicy = options.isStrict ? .strict(table: tableName) : .tolerant
        let parsing = ChunkParsing(
            pool: session.engine.pool, parse: layout.parser(layout.columns, policy))
        var chunker = CSVChunker(dialect: layout.chunkDialect)
        var outcome = Outcome()
        var offset = 0
        func keep(_ chunks: [ParsedChunk]) {
            for chunk in chunks {
                outcome.batches += chunk.batches
                outcome.rejected += chunk.rejected
                outcome.widenings.merge(chunk.widenings) { first, second in
                    first == .text ? first : second
                }
            }
            if !chunks.isEmpty {
                progress(
                    ImportProgress(bytes: offset, totalBytes: total, rows: outcome.rowCount))
            }
        }
        while true {
            let next = try chunker.next { () throws(DemetraError) in
                let bytes = try file.read(at: offset, count: Self.pieceByteCount)
                offset += bytes.count
                return bytes.isEmpty ? nil : Buffer(bytes)
            }
            guard let next else { break }
            keep(try parsing.add(next))
        }
        keep(try parsing.finish())
        return outcome
    }

    /// Bad rows go to a file with the line they stood on and what is wrong.
    private func keepRejected(_ rejected: [RejectedRow]) throws(DemetraError) -> String? {
        guard !rejected.isEmpty else { return nil }
        let fileSystem = session.engine.fileSystem
        let target = options.rejectPath ?? path + ".rejects.csv"
        if fileSystem.exists(target) { try fileSystem.remove(target) }
        let file = try fileSystem.open(target, creating: true)
        let schema = Schema([
            Field(name: "line", type: .bigint), Field(name: "column", type: .text),
            Field(name: "reason", type: .text), Field(name: "row", type: .text),
        ])
        let writer = DelimitedWriter(schema: schema, dialect: CSVDialect(hasHeader: true))
        var bytes: [UInt8] = []
        writer.begin(into: &bytes)
        for (start, count) in BatchRanges(rejected.count) {
            let part = rejected[start..<(start + count)]
            writer.write(
                Batch(
                    [
                        Vector(part.map { .integer(Int64($0.lineNumber)) }, type: .bigint),
                        Vector(part.map { $0.column.map { .text($0) } ?? .null }, type: .text),
                        Vector(part.map { .text($0.reason) }, type: .text),
                        Vector(part.map { .text($0.text) }, type: .text),
                    ], count: count), into: &bytes)
        }
        try file.append(bytes)
        return target
    }

    private func commit(
        _ outcome: Outcome, _ layout: Layout, _ existing: TableDefinition?, _ snapshot: Snapshot
    ) throws(DemetraError) {
        var transaction = WriteTransaction(snapshot: snapshot)
        let table: TableDefinition
        if let existing {
            table = existing
        } else {
            let columns = layout.columns.enumerated().map { index, column in
                ColumnDefinition(id: Int32(index + 1), name: column.name, type: column.type)
            }
            table = TableDefinition(
                id: TableID(snapshot.catalog.nextTableNumber), name: tableName, columns: columns,
                keys: [], checks: [], timeColumn: nil, restates: false)
            transaction.change(.putTable(table))
        }
        let positions = layout.columns.map { column in
            table.columns.firstIndex { $0.name == column.name } ?? 0
        }
        let rows = outcome.batches.map { batch in
            var vectors = table.columns.map { Vector.nulls($0.type, count: batch.count) }
            for (index, position) in positions.enumerated() {
                vectors[position] = batch.vectors[index]
            }
            return Batch(vectors, count: batch.count)
        }
        if let existing {
            for batch in rows { try checkNotNull(batch, existing) }
        }
        transaction.insert(table.id, rows, onConflict: table.restates ? .replace : .error)
        _ = try session.engine.store.commit(transaction)
    }

    private func checkNotNull(
        _ batch: Batch, _ table: TableDefinition
    ) throws(DemetraError) {
        for (index, column) in table.columns.enumerated()
        where !column.isNullable && batch.vectors[index].hasNulls {
            throw DemetraError(
                .notNullViolation,
                "null value in column \"\(column.name)\" of relation \"\(table.name)\" violates "
                    + "not-null constraint")
        }
    }
}

extension Session {
    /// Imports a file into a table, which is made when there is none.
    ///
    /// - Throws: 58P01 when there is no such file, 22P04 when it is no table, 42703 when it has a column
    ///   that the table lacks.
    package func importFile(
        _ path: String, into table: String, options: ImportOptions,
        progress: @escaping @Sendable (ImportProgress) -> Void
    ) throws(DemetraError) -> ImportSummary {
        try FileImport(session: self, path: path, tableName: table, options: options)
            .run(progress: progress)
    }

    /// Adds rows to a table, all or none of them; `replacing` lets a row take the place of the one
    /// with its key.
    ///
    /// - Throws: 23505 when a key exists and `replacing` is false, 42804 when a value has another type.
    package func append(
        _ rows: [[Value]], to name: String, replacing: Bool
    ) throws(DemetraError) -> Int {
        let table = try table(name)
        var batches: [Batch] = []
        for (start, count) in BatchRanges(rows.count) {
            let part = rows[start..<(start + count)]
            var vectors: [Vector] = []
            for (index, column) in table.columns.enumerated() {
                let values = part.map { $0[index] }
                if let wrong = values.first(where: { !$0.fits(column.type) }) {
                    throw DemetraError(
                        .datatypeMismatch,
                        "column \"\(column.name)\" is of type \(column.type), not that of \(wrong)")
                }
                vectors.append(Vector(values, type: column.type))
            }
            let batch = Batch(vectors, count: count)
            batches.append(batch)
            if let column = table.columns.indices.first(where: {
                !table.columns[$0].isNullable && vectors[$0].hasNulls
            }) {
                throw DemetraError(
                    .notNullViolation,
                    "null value in column \"\(table.columns[column].name)\" of relation "
                        + "\"\(name)\" violates not-null constraint")
            }
        }
        var transaction = WriteTransaction(snapshot: engine.store.snapshot())
        transaction.insert(table.id, batches, onConflict: replacing ? .replace : .error)
        _ = try engine.store.commit(transaction)
        return rows.count
    }
}

extension Value {
    /// True for NULL and for values that a column of the type keeps as they are.
    fileprivate func fits(_ type: LogicalType) -> Bool {
        switch (self, type) {
        case (.null, _), (.boolean, .boolean), (.integer, .smallint), (.integer, .integer),
            (.integer, .bigint), (.double, .real), (.double, .double), (.numeric, .numeric),
            (.text, .text), (.text, .varchar), (.text, .json), (.text, .jsonb), (.date, .date),
            (.timestamp, .timestamp), (.timestamptz, .timestamptz), (.interval, .interval):
            true
        default: false
        }
    }
}
