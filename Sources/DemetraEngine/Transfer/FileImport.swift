import DemetraCatalog
import DemetraFormats
import DemetraFunctions
import DemetraPlanner
import DemetraSQL
import DemetraStorage
package import DemetraTypes
import DemetraVectors

/// Imports one file: finds out how it is written, parses it on all workers and commits its rows
/// together. A table that does not exist is made from the file's columns.
struct FileImport {
    private static let pieceByteCount = 1 << 18
    /// Longer than any name a person gives a column, far shorter than a line of data by mistake.
    private static let longestNameByteCount = 255

    let session: Session
    let path: String
    let tableName: String
    let options: ImportOptions
    /// Rows wait in memory until all are read, since they become visible together.
    let budget: MemoryBudget

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
        let parser:
            (_ columns: [CSVColumn], _ policy: CSVErrorPolicy)
                -> (@Sendable (CSVChunk) throws(DemetraError) -> ParsedChunk)
    }

    func run(
        progress: @escaping @Sendable (ImportProgress) -> Void
    ) throws(DemetraError) -> ImportSummary {
        let engine = session.engine
        let start = engine.clock.monotonicNanoseconds()
        defer { budget.release(budget.usedBytes) }
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
        try checkNames(layout.columns)
        if let existing { layout.columns = try matched(layout.columns, to: existing) }
        var outcome = try parse(file, total, layout, progress)
        // A later value needs a wider type than the sample showed: read once more with it.
        var attempts = 0
        while existing == nil, !outcome.widenings.isEmpty, attempts < 3 {
            for (index, type) in outcome.widenings { layout.columns[index].type = type }
            budget.release(budget.usedBytes)
            outcome = try parse(file, total, layout, progress)
            attempts += 1
        }
        if outcome.rowCount == 0, let first = outcome.rejected.first {
            throw DemetraError(
                .badCopyFileFormat, "no row of \"\(path)\" can be imported",
                detail: "Line \(first.lineNumber): \(first.reason).",
                hint: "Check the delimiter, or import into a new table to see how the file is read."
            )
        }
        let rejectPath = try RejectFile.write(
            outcome.rejected, to: options.rejectPath ?? path + ".rejects.csv", engine.fileSystem)
        try commit(outcome, layout, existing, snapshot)
        return ImportSummary(
            rowCount: outcome.rowCount, columnCount: layout.columns.count,
            createdTable: existing == nil, rejectedCount: outcome.rejected.count,
            rejectPath: rejectPath,
            elapsedNanoseconds: engine.clock.monotonicNanoseconds() - start)
    }

    private func infer(_ file: any StorageFile, _ total: Int) throws(DemetraError) -> Layout {
        let sample = Buffer(try file.read(at: 0, count: TypeInference.sampleByteCount))
        // Safe because the sample is kept alive until its bytes have been looked at.
        let bytes = UnsafeBufferPointer(start: sample.pointer, count: sample.count)
        defer { withExtendedLifetime(sample) {} }
        let format =
            options.format?.lowercased()
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
            column.allowsNull = target.isNullable
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
            try budget.reserve(next.byteCount)
            keep(try parsing.add(next))
        }
        keep(try parsing.finish())
        return outcome
    }

    private func commit(
        _ outcome: Outcome, _ layout: Layout, _ existing: TableDefinition?, _ snapshot: Snapshot
    ) throws(DemetraError) {
        var transaction = WriteTransaction(snapshot: snapshot)
        var rows = outcome.batches
        let table: TableDefinition
        if let existing {
            table = existing
            let completion = try completion(layout.columns, snapshot)
            rows = []
            for batch in outcome.batches where batch.count > 0 {
                rows.append(try completion.complete(batch))
            }
        } else {
            let columns = layout.columns.enumerated().map { index, column in
                ColumnDefinition(id: Int32(index + 1), name: column.name, type: column.type)
            }
            table = TableDefinition(
                id: TableID(snapshot.catalog.nextTableNumber), name: tableName, columns: columns,
                keys: [], checks: [], timeColumn: nil, restates: false)
            transaction.change(.putTable(table))
        }
        let replaces = table.restates || options.isUpsert
        transaction.insert(table.id, rows, onConflict: replaces ? .replace : .error)
        _ = try session.engine.store.commit(transaction)
    }

    /// What COPY does with the columns a file lacks and with the constraints of the table.
    private func completion(
        _ columns: [CSVColumn], _ snapshot: Snapshot
    ) throws(DemetraError) -> RowCompletion {
        func quoted(_ name: String) -> String {
            "\""
                + name.split(separator: "\"", omittingEmptySubsequences: false).joined(
                    separator: "\"\"")
                + "\""
        }
        let names = columns.map { quoted($0.name) }.joined(separator: ", ")
        let text = "COPY \(quoted(tableName)) (\(names)) FROM STDIN"
        let binder = Binder(catalog: snapshot.catalog, functions: session.engine.functions)
        guard let statement = try SQLParser.parse(text).first,
            case .copyFrom(let copy) = try binder.bind(statement, text: text, parameters: [])
        else { throw DemetraError(.internalError, "an import is not a COPY") }
        let engine = session.engine
        let context = ExecutionContext(
            snapshot: snapshot, pool: engine.pool, budget: budget,
            evaluation: EvaluationContext(
                statementTime: engine.clock.now(), timeZone: session.timeZone,
                timeZones: engine.timeZones, userName: session.user,
                cancellation: CancellationFlag()),
            parameters: [])
        return try RowCompletion(copy: copy, context: context)
    }

    /// A header that is no header, such as one line of a million characters, makes no column.
    private func checkNames(_ columns: [CSVColumn]) throws(DemetraError) {
        for (index, column) in columns.enumerated()
        where column.name.utf8.count > Self.longestNameByteCount {
            throw DemetraError(
                .nameTooLong,
                "the name of column \(index + 1) is \(column.name.utf8.count) bytes long, more than "
                    + "\(Self.longestNameByteCount)",
                hint: "The first line must name the columns; is the file really \(layoutName)?")
        }
    }

    private var layoutName: String { options.format ?? "comma-separated text" }
}

extension Session {
    /// Imports a file into a table, which is made when there is none.
    ///
    /// - Throws: 58P01 when there is no such file, 22P04 when it is no table, 42703 when it has a column
    ///   that the table lacks, 53200 when its rows do not fit into the memory allowed.
    package func importFile(
        _ path: String, into table: String, options: ImportOptions,
        progress: @escaping @Sendable (ImportProgress) -> Void
    ) throws(DemetraError) -> ImportSummary {
        try FileImport(
            session: self, path: path, tableName: table, options: options,
            budget: engine.budget.child("import")
        ).run(progress: progress)
    }
}
