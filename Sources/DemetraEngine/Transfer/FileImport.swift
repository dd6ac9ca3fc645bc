import DemetraCatalog
import DemetraFormats
import DemetraFunctions
import DemetraPlanner
import DemetraSQL
import DemetraStorage
package import DemetraTypes
import DemetraVectors

/// Imports one file: finds out how it is written, parses it on all workers, writes its rows as they come and
/// commits them together. A table that does not exist is made from the file's columns.
struct FileImport {
    private static let pieceByteCount = 1 << 18
    /// Longer than any name a person gives a column, far shorter than a line of data by mistake.
    private static let longestNameByteCount = 255
    /// How often a file is read again with wider types.
    private static let mostAttempts = 3
    /// What a row that is set aside takes beside its text.
    private static let rejectedBytes = 160

    let session: Session
    let path: String
    let tableName: String
    let options: ImportOptions
    /// What the import may use: a chunk of rows, and those set aside.
    let budget: MemoryBudget

    /// What reading the file gave.
    private struct Outcome {
        var rejected: [RejectedRow] = []
        var widenings: [Int: LogicalType] = [:]
        var rowCount = 0
    }

    /// Where the rows go.
    private struct Target {
        let table: TableDefinition
        /// What a COPY adds and verifies; nil for a table that the file makes.
        let completion: RowCompletion?
        let context: ExecutionContext
        let writer: BulkWriter
        let conflict: ConflictAction
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
        let aside = budget.child("rows set aside")
        defer { aside.release(aside.usedBytes) }
        let file = try engine.fileSystem.open(path, creating: false)
        let total = try file.byteCount()
        try session.refuseWriting("import")
        let snapshot = session.snapshot
        let relation = session.relationName(tableName, in: snapshot.catalog)
        let existing = snapshot.catalog.tables[relation]
        if existing == nil, snapshot.catalog.hasRelation(relation) {
            throw DemetraError(
                .wrongObjectType, "\"\(tableName)\" is not a table",
                hint: "Import into a table, or choose a name that is free.")
        }
        if let existing, let batch = try BatchLoad(options.batchID, existing),
            let loaded = batch.loaded(in: snapshot)
        {
            return repeated(batch.notice(loaded), since: start)
        }
        var layout = try infer(file, total)
        try checkNames(layout.columns)
        if let existing { layout.columns = try matched(layout.columns, to: existing) }
        var target = try target(layout, existing, snapshot)
        var outcome = try parse(
            file, total, layout, target, isLast: existing != nil, aside, progress)
        // A later value needs a wider type than the sample showed: read once more with it.
        var attempts = 0
        while existing == nil, !outcome.widenings.isEmpty, attempts < Self.mostAttempts {
            for (index, type) in outcome.widenings { layout.columns[index].type = type }
            attempts += 1
            target = try self.target(layout, existing, snapshot)
            outcome = try parse(
                file, total, layout, target, isLast: attempts == Self.mostAttempts, aside, progress)
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
        if let notice = try commit(target, isNew: existing == nil, snapshot) {
            return repeated(notice, since: start)
        }
        return ImportSummary(
            rowCount: outcome.rowCount, columnCount: layout.columns.count,
            createdTable: existing == nil, rejectedCount: outcome.rejected.count,
            rejectPath: rejectPath,
            elapsedNanoseconds: engine.clock.monotonicNanoseconds() - start)
    }

    /// The table had got the batch before.
    private func repeated(_ notice: Notice, since start: Int64) -> ImportSummary {
        ImportSummary(
            rowCount: 0, columnCount: 0, createdTable: false, rejectedCount: 0, rejectPath: nil,
            repetition: notice,
            elapsedNanoseconds: session.engine.clock.monotonicNanoseconds() - start)
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

    /// - Parameter isLast: false to stop writing when a wider type is needed, since all will be read again.
    private func parse(
        _ file: any StorageFile, _ total: Int, _ layout: Layout, _ target: Target, isLast: Bool,
        _ aside: MemoryBudget, _ progress: @escaping @Sendable (ImportProgress) -> Void
    ) throws(DemetraError) -> Outcome {
        let policy: CSVErrorPolicy = options.isStrict ? .strict(table: tableName) : .tolerant
        let parsing = ChunkParsing(
            pool: session.engine.pool, parse: layout.parser(layout.columns, policy))
        var chunker = CSVChunker(dialect: layout.chunkDialect)
        var outcome = Outcome()
        var offset = 0
        func keep(_ chunks: [ParsedChunk]) throws(DemetraError) {
            for chunk in chunks {
                try aside.reserve(
                    chunk.rejected.reduce(0) { $0 + $1.text.utf8.count + Self.rejectedBytes })
                outcome.rejected += chunk.rejected
                chunk.addWidenings(to: &outcome.widenings)
                for batch in chunk.batches where batch.count > 0 {
                    outcome.rowCount += batch.count
                    guard isLast || outcome.widenings.isEmpty else { continue }
                    try target.writer.append(
                        try target.completion?.complete(batch, target.context) ?? batch)
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
            try keep(try parsing.add(next))
        }
        try keep(try parsing.finish())
        return outcome
    }

    private func target(
        _ layout: Layout, _ existing: TableDefinition?, _ snapshot: Snapshot
    ) throws(DemetraError) -> Target {
        let table = existing ?? newTable(layout.columns, snapshot)
        let conflict: ConflictAction = table.restates || options.isUpsert ? .replace : .error
        return Target(
            table: table,
            completion: existing == nil ? nil : try completion(layout.columns, snapshot),
            context: context(snapshot),
            writer: BulkWriter(
                store: session.engine.store, snapshot: snapshot, table: table,
                onConflict: conflict, budget: budget),
            conflict: conflict)
    }

    private func newTable(_ columns: [CSVColumn], _ snapshot: Snapshot) -> TableDefinition {
        let relation = session.relationName(tableName, in: snapshot.catalog)
        let columns = columns.enumerated().map { index, column in
            ColumnDefinition(id: Int32(index + 1), name: column.name, type: column.type)
        }
        return TableDefinition(
            id: TableID(snapshot.catalog.nextTableNumber), name: relation.name,
            schemaName: relation.schema, columns: columns)
    }

    /// - Returns: what there is to say when another session was faster with the batch.
    private func commit(
        _ target: Target, isNew: Bool, _ snapshot: Snapshot
    ) throws(DemetraError) -> Notice? {
        let batch = try BatchLoad(options.batchID, target.table)
        let count = target.writer.rowCount
        var transaction = WriteTransaction(snapshot: snapshot)
        if isNew { transaction.change(.putTable(target.table)) }
        if let batch { transaction.load(batch: batch.id, target.table.id, rowCount: count) }
        transaction.insert(
            target.table.id, try target.writer.finish(), onConflict: target.conflict)
        do {
            try session.commit(transaction)
            return nil
        } catch {
            guard let batch, let loaded = batch.loadedMeanwhile(error, session) else {
                throw error
            }
            return batch.notice(loaded)
        }
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
        let binder = session.makeBinder(snapshot)
        guard let statement = try SQLParser.parse(text).first,
            case .copyFrom(let copy) = try binder.bind(statement, text: text, parameters: [])
        else { throw DemetraError(.internalError, "an import is not a COPY") }
        return try RowCompletion(copy)
    }

    private func context(_ snapshot: Snapshot) -> ExecutionContext {
        let engine = session.engine
        return ExecutionContext(
            snapshot: snapshot, pool: engine.pool, budget: budget,
            spill: SpillSpace(engine.store),
            evaluation: EvaluationContext(
                statementTime: engine.clock.now(), timeZone: session.timeZone,
                timeZones: engine.timeZones, userName: session.user,
                databaseName: session.origin.database,
                cancellation: CancellationFlag(), sequences: SessionSequences(session),
                clock: engine.clock, entropy: engine.entropy),
            parameters: [])
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
    ///   that the table lacks, 53200 when a chunk of its rows does not fit into the memory allowed.
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
