import DemetraCatalog
package import DemetraTypes

/// A batch of rows that was loaded under a name of its own, so that loading it again changes nothing.
package struct LoadedBatch: Sendable, Hashable {
    /// The longest name, in bytes.
    package static let longestNameBytes = 200

    /// The name that its sender gave it; unique in the table.
    package let id: String
    /// Rows that came with it.
    package let rowCount: Int64
    /// When it was committed.
    package let time: Timestamp
}

/// Which batches the tables have got: the newest ones of each.
///
/// A table's batches lie in chunks whose sizes are like the digits of a counter, so a commit adds a batch without
/// copying those that are there.
///
/// - Invariant: the last `keptCount` batches of a table are known; older ones may be forgotten.
// Immutable but for the copy that a commit makes.
struct BatchLedger: Sendable {
    /// Batches of a table that are kept at least; twice as many at most.
    static let keptCount = 10_000

    /// Some batches, oldest first.
    // Immutable after init.
    private final class Chunk: Sendable {
        let batches: [LoadedBatch]
        private let byID: [String: Int]

        init(_ batches: [LoadedBatch]) {
            self.batches = batches
            byID = Dictionary(
                batches.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { $1 })
        }

        func batch(_ id: String) -> LoadedBatch? { byID[id].map { batches[$0] } }
    }

    private var chunks: [TableID: [Chunk]] = [:]

    /// The tables that have batches.
    var tables: [TableID] { chunks.keys.sorted() }

    /// The batch of that name that a table has got, or nil.
    func batch(_ id: String, of table: TableID) -> LoadedBatch? {
        for chunk in chunks[table] ?? [] { if let found = chunk.batch(id) { return found } }
        return nil
    }

    /// All that is known of a table, oldest first.
    func batches(of table: TableID) -> [LoadedBatch] {
        (chunks[table] ?? []).flatMap(\.batches)
    }

    mutating func add(_ batch: LoadedBatch, to table: TableID) {
        var list = chunks[table] ?? []
        var fresh = [batch]
        while let last = list.last, last.batches.count <= fresh.count {
            fresh = last.batches + fresh
            list.removeLast()
        }
        list.append(Chunk(fresh))
        if list.reduce(0, { $0 + $1.batches.count }) >= 2 * Self.keptCount {
            list = [Chunk(Array(list.flatMap(\.batches).suffix(Self.keptCount)))]
        }
        chunks[table] = list
    }

    mutating func set(_ batches: [LoadedBatch], of table: TableID) {
        chunks[table] = batches.isEmpty ? nil : [Chunk(batches)]
    }

    /// The table is gone.
    mutating func remove(_ table: TableID) { chunks[table] = nil }

    // MARK: Bytes

    /// One batch: its id, rows and time.
    static func encode(_ batch: LoadedBatch, into writer: inout ByteWriter) {
        writer.write(batch.id)
        writer.write(batch.rowCount)
        writer.write(batch.time.microseconds)
    }

    static func batch(_ reader: inout ByteReader) throws(DemetraError) -> LoadedBatch {
        LoadedBatch(
            id: try reader.text(), rowCount: try reader.integer(Int64.self),
            time: Timestamp(microseconds: try reader.integer(Int64.self)))
    }

    func encode(into writer: inout ByteWriter) {
        writer.write(UInt32(chunks.count))
        for table in tables {
            let batches = batches(of: table)
            writer.write(table.number)
            writer.write(UInt32(batches.count))
            for batch in batches { Self.encode(batch, into: &writer) }
        }
    }

    static func decode(_ reader: inout ByteReader) throws(DemetraError) -> BatchLedger {
        var ledger = BatchLedger()
        for _ in 0..<(try reader.count(ofAtLeast: 12)) {
            let table = TableID(try reader.integer(Int64.self))
            var batches: [LoadedBatch] = []
            for _ in 0..<(try reader.count(ofAtLeast: 20)) { batches.append(try batch(&reader)) }
            ledger.set(batches, of: table)
        }
        return ledger
    }
}
