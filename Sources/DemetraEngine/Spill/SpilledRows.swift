import DemetraStorage
import DemetraTypes
import DemetraVectors

/// Rows in a file, in the order in which they were written.
struct SpilledRows: BatchSource {
    private let file: SpillFile
    private(set) var blocks: [SpillFile.Block] = []

    init(_ file: SpillFile) { self.file = file }

    var rowCount: Int { blocks.reduce(0) { $0 + $1.rowCount } }

    mutating func append(_ batch: Batch, _ space: SpillSpace) throws(DemetraError) {
        blocks.append(try space.write(batch, to: file))
    }

    /// Writes gathered rows, in blocks that a file takes; none is left of them.
    mutating func append(_ pending: inout PendingRows, _ space: SpillSpace) throws(DemetraError) {
        guard let batch = try pending.joined() else { return }
        for start in stride(from: 0, to: batch.count, by: SpillFile.blockRows) {
            let count = min(SpillFile.blockRows, batch.count - start)
            try append(batch.slice(from: start, count: count), space)
        }
    }

    /// The rows of a block.
    ///
    /// - Throws: XX001 when they are not those that were written, 58030 when they cannot be read.
    func read(_ block: Int) throws(DemetraError) -> Batch { try file.read(blocks[block]) }

    var morselCount: Int { blocks.count }

    func makeCursor() -> any BatchCursor { Cursor(self) }

    private final class Cursor: BatchCursor {
        private let rows: SpilledRows
        init(_ rows: SpilledRows) { self.rows = rows }

        func read(morsel: Int, into consumer: any BatchConsumer) throws(DemetraError) {
            let batch = try rows.read(morsel)
            for (start, count) in BatchRanges(batch.count) where consumer.wantsMore {
                try consumer.consume(batch.slice(from: start, count: count))
            }
        }
    }
}

extension Batch {
    /// Rows `start ..< start + count`.
    func slice(from start: Int, count: Int) -> Batch {
        start == 0 && count == self.count
            ? self : Batch(vectors.map { $0.slice(from: start, count: count) }, count: count)
    }

    /// The rows of all batches, one after the other; nil without batches.
    static func joining(_ batches: [Batch]) throws(DemetraError) -> Batch? {
        guard let first = batches.first, batches.count > 1 else { return batches.first }
        var vectors: [Vector] = []
        for (index, vector) in first.vectors.enumerated() {
            vectors.append(
                try Vector.concatenating(batches.map { $0.vectors[index] }, type: vector.type))
        }
        return Batch(vectors, count: batches.reduce(0) { $0 + $1.count })
    }
}

/// Small batches of one kind that are written together.
struct PendingRows {
    /// Rows that are kept in their order are written in blocks of so many bytes.
    private static let blockBytes = 256 << 10

    private var batches: [Batch] = []
    private(set) var byteCount = 0
    private(set) var rowCount = 0

    mutating func append(_ batch: Batch) {
        batches.append(batch)
        byteCount += batch.memoryBytes
        rowCount += batch.count
    }

    /// Whether there are enough for a block.
    var isBlock: Bool {
        byteCount >= Self.blockBytes || rowCount > SpillFile.blockRows / 2
    }

    /// All of them as one batch; none is left.
    mutating func joined() throws(DemetraError) -> Batch? {
        defer { self = PendingRows() }
        return try Batch.joining(batches)
    }
}
