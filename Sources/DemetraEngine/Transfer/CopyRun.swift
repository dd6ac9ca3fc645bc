import DemetraCatalog
import DemetraFormats
import DemetraPlanner
import DemetraSQL
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// COPY in both directions.
struct CopyRun {
    private static let pieceByteCount = 1 << 18

    let run: StatementRun
    let snapshot: Snapshot

    // MARK: FROM

    /// All rows of the input become visible together, or none of them.
    func copyFrom(_ copy: BoundCopyFrom) throws(DemetraError) {
        let types = copy.columns.map { copy.table.columns[$0] }
        let options = try CopyOptions(copy.options, columns: types.map(\.name), isFrom: true)
        let batch = try BatchLoad(options.batchID, copy.table)
        let read = try source(
            copy.endpoint, columnCount: copy.columns.count, isBinary: options.isBinary)
        if let batch, let loaded = batch.loaded(in: snapshot) {
            // The client sends its rows all the same.
            while try read() != nil { try run.cancellation.check() }
            return try answer(batch.notice(loaded))
        }
        let completion = try RowCompletion(copy)
        let context = run.context(snapshot)
        let conflict: ConflictAction = copy.table.restates ? .replace : .error
        let writer = BulkWriter(
            store: run.engine.store, snapshot: snapshot, table: copy.table, onConflict: conflict,
            budget: run.budget)
        func write(_ batches: [Batch]) throws(DemetraError) {
            for batch in batches where batch.count > 0 {
                try writer.append(try completion.complete(batch, context))
            }
        }
        let fields = types.map { Field(name: $0.name, type: $0.type) }
        switch options.form {
        case .binary: try readBinary(fields, copy.table.name, read, write)
        case .delimited:
            var columns = columns(of: fields)
            for place in options.quotedNulls { columns[place].hasQuotedNulls = true }
            for place in options.withoutNulls { columns[place].hasPlainNulls = false }
            let parser = CSVChunkParser(
                dialect: options.dialect, fieldCount: columns.count, columns: columns,
                policy: .strict(table: copy.table.name), matchesHeader: options.matchesHeader)
            try readText(options.dialect, read, write, parser.parse)
        case .jsonLines:
            let parser = JSONLinesParser(
                keys: fields.map(\.name), columns: columns(of: fields),
                policy: .strict(table: copy.table.name))
            try readText(JSONLinesParser.lines, read, write, parser.parse)
        }
        let count = writer.rowCount
        var transaction = WriteTransaction(snapshot: snapshot)
        if let batch {
            transaction.load(batch: batch.id, copy.table.id, rowCount: count)
        }
        transaction.insert(copy.table.id, try writer.finish(), onConflict: conflict)
        do {
            try run.commit(transaction)
        } catch {
            guard let batch, let loaded = batch.loadedMeanwhile(error, run.session) else {
                throw error
            }
            return try answer(batch.notice(loaded))
        }
        try run.output.finish(tag: "COPY \(count)")
    }

    private typealias Reading = () throws(DemetraError) -> Buffer<UInt8>?

    private func columns(of fields: [Field]) -> [CSVColumn] {
        CSVColumn.columns(of: Schema(fields), zone: run.session.timeZone)
    }

    /// - Parameter dialect: cuts the text into chunks of whole records.
    private func readText(
        _ dialect: CSVDialect, _ read: Reading, _ write: ([Batch]) throws(DemetraError) -> Void,
        _ parse: @escaping @Sendable (CSVChunk) throws(DemetraError) -> ParsedChunk
    ) throws(DemetraError) {
        let parsing = ChunkParsing(pool: run.engine.pool, parse: parse)
        var chunker = CSVChunker(dialect: dialect)
        while let chunk = try chunker.next(from: read) {
            try run.cancellation.check()
            try write(try parsing.add(chunk).flatMap(\.batches))
        }
        try write(try parsing.finish().flatMap(\.batches))
    }

    private func readBinary(
        _ fields: [Field], _ table: String, _ read: Reading,
        _ write: ([Batch]) throws(DemetraError) -> Void
    ) throws(DemetraError) {
        let parser = BinaryChunkParser(fields: fields, table: table)
        let parsing = ChunkParsing(pool: run.engine.pool) {
            (chunk: BinaryChunk) throws(DemetraError) in try parser.parse(chunk)
        }
        var chunker = BinaryChunker(columnCount: fields.count, table: table)
        do throws(DemetraError) {
            while let chunk = try chunker.next(from: read) {
                try run.cancellation.check()
                try write(try parsing.add(chunk).flatMap(\.self))
            }
        } catch {
            // What is wrong with an earlier row is said first.
            _ = try parsing.finish()
            throw error
        }
        try write(try parsing.finish().flatMap(\.self))
    }

    private func answer(_ notice: Notice) throws(DemetraError) {
        run.output.notice(notice)
        try run.output.finish(tag: "COPY 0")
    }

    /// Gives the input in pieces, nil at its end.
    private func source(
        _ endpoint: CopyStatement.Endpoint, columnCount: Int, isBinary: Bool
    ) throws(DemetraError) -> () throws(DemetraError) -> Buffer<UInt8>? {
        switch endpoint {
        case .standard:
            let source = try run.output.copySource(columnCount: columnCount, isBinary: isBinary)
            // A chunker asks again behind the end; the client has nothing more to say then.
            var isEnded = false
            return { () throws(DemetraError) in
                guard !isEnded else { return nil }
                // No bytes are an occasion to look.
                try run.cancellation.check()
                let bytes = try source.read()
                isEnded = bytes == nil
                return bytes.map { Buffer($0) }
            }
        case .file(let path):
            try run.session.requireFiles("COPY from a file")
            let file = try run.engine.fileSystem.open(path, creating: false)
            var offset = 0
            return { () throws(DemetraError) in
                let bytes = try file.read(at: offset, count: Self.pieceByteCount)
                offset += bytes.count
                return bytes.isEmpty ? nil : Buffer(bytes)
            }
        case .program: throw Self.noPrograms
        }
    }

    private static let noPrograms = DemetraError(
        .featureNotSupported, "COPY does not run programs",
        hint: "Pipe the program's output through COPY ... FROM STDIN.")

    // MARK: TO

    func copyTo(
        _ plan: LogicalPlan, _ endpoint: CopyStatement.Endpoint,
        _ options: [String: CopyStatement.OptionValue]
    ) throws(DemetraError) {
        let fields = plan.shownFields
        let options = try CopyOptions(options, columns: fields.map(\.name), isFrom: false)
        let zone = run.session.timeZone
        let writer: CopyTarget.Writer =
            switch options.form {
            case .binary: .binary(BinaryRowWriter())
            case .delimited:
                .text(
                    DelimitedWriter(
                        schema: Schema(fields), dialect: options.dialect, zone: zone,
                        quoted: options.quoted))
            case .jsonLines:
                .json(JSONWriter(schema: Schema(fields), isLines: true, zone: zone))
            }
        let target: CopyTarget
        switch endpoint {
        case .standard:
            target = CopyTarget(writer) { (bytes, ends) throws(DemetraError) in
                try run.output.copyRows(bytes, ends: ends)
            }
        case .file(let path):
            try run.session.requireFiles("COPY to a file")
            guard !run.engine.fileSystem.exists(path) else {
                throw DemetraError(
                    .duplicateFile, "file \"\(path)\" already exists",
                    hint: "Choose another name, or remove it first.")
            }
            let file = try run.engine.fileSystem.open(path, creating: true)
            target = CopyTarget(writer) { (bytes, _) throws(DemetraError) in try file.append(bytes)
            }
        case .program: throw Self.noPrograms
        }
        let context = run.context(snapshot)
        let stream = try run.physical(plan, snapshot).open(context)
        if case .standard = endpoint {
            try run.output.beginCopyOut(columnCount: fields.count, isBinary: options.isBinary)
        }
        target.begin()
        let sink = ResultSink(output: target)
        try sink.run(stream, context)
        try target.end()
        try run.output.finish(tag: "COPY \(sink.rowCount)")
    }
}

/// Takes the rows of a query and hands them on as bytes.
private final class CopyTarget: QueryTarget {
    enum Writer {
        case text(DelimitedWriter)
        case binary(BinaryRowWriter)
        case json(JSONWriter)
    }

    private static let flushByteCount = 1 << 16

    private let writer: Writer
    private var bytes: [UInt8] = []
    /// Where in them rows end.
    private var ends: [Int] = []
    private let send: ([UInt8], [Int]) throws(DemetraError) -> Void

    init(_ writer: Writer, send: @escaping ([UInt8], [Int]) throws(DemetraError) -> Void) {
        self.writer = writer
        self.send = send
    }

    /// The header: a row of its own in text, part of the first one in binary form.
    func begin() {
        switch writer {
        case .text(let writer):
            writer.begin(into: &bytes)
            if !bytes.isEmpty { ends.append(bytes.count) }
        case .binary(let writer): writer.begin(into: &bytes)
        case .json: break
        }
    }

    func rows(_ batch: Batch) throws(DemetraError) {
        switch writer {
        case .text(let writer): writer.write(batch, into: &bytes, ends: &ends)
        case .binary(let writer): writer.write(batch, into: &bytes, ends: &ends)
        case .json(let writer): writer.write(batch, into: &bytes, ends: &ends)
        }
        if bytes.count >= Self.flushByteCount { try flush() }
    }

    /// What stands behind binary rows, as a row of its own.
    func end() throws(DemetraError) {
        if case .binary(let writer) = writer {
            writer.end(into: &bytes)
            ends.append(bytes.count)
        }
        try flush()
    }

    private func flush() throws(DemetraError) {
        if !bytes.isEmpty { try send(bytes, ends) }
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}
