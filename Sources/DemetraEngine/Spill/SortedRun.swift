import DemetraStorage
import DemetraTypes
import DemetraVectors

/// Sorted rows in a file: the columns, then the keys as bytes that compare, then the place of each row among all.
///
/// A place is the number of a morsel and, behind it, that of the row in the morsel: rows with equal keys come out in the
/// order in which they came, whichever worker sorted them.
struct SortedRun: Sendable {
    /// Bits of a place that number the rows of a morsel.
    static let rowBits: Int64 = 40
    /// Bytes of a block, at least and at most.
    private static let blockBytes = (16 << 10)...(96 << 10)
    /// Blocks of as many runs are in memory while they are merged, with as much again for their decoding: together a
    /// small part of what the sort may use.
    private static let blocksInMemory = 1024

    let file: SpillFile
    private(set) var blocks: [SpillFile.Block] = []
    /// The number among all of each morsel that the worker took: while it writes a run in the middle of a morsel it does
    /// not know the number, and counts its own. Nil when the places say it.
    var morsels: [Int64]?

    init(_ file: SpillFile) { self.file = file }

    /// Rows that blocks of a sort should have.
    ///
    /// - Parameters:
    ///   - rowBytes: what a row takes with its key.
    ///   - limitBytes: what the sort may use.
    static func blockRows(rowBytes: Int, limitBytes: Int) -> Int {
        let byteCount = min(
            max(limitBytes / blocksInMemory, blockBytes.lowerBound), blockBytes.upperBound)
        return max(64, min(Batch.capacity * 4, byteCount / max(rowBytes, 1)))
    }

    /// Adds rows behind the others.
    ///
    /// - Throws: 53100 or 58030 when the disk refuses them.
    mutating func append(
        _ columns: [Vector], keys: TextBuffer, places: Buffer<Int64>, _ space: SpillSpace
    ) throws(DemetraError) {
        let count = places.count
        let batch = Batch(
            columns + [
                Vector(type: .bytea, count: count, storage: .text(keys)),
                Vector(type: .bigint, count: count, storage: .int64(places)),
            ], count: count)
        blocks.append(try space.write(batch, to: file))
    }

    /// The rows of a block, their places among all rows.
    fileprivate func read(_ index: Int) throws(DemetraError) -> SortedPart {
        let batch = try file.read(blocks[index])
        let width = batch.vectors.count - 2
        guard width >= 0, case .text(let keys) = batch.vectors[width].flattened().storage,
            case .int64(let own) = batch.vectors[width + 1].flattened().storage
        else { throw DemetraError(.internalError, "a block of a sort has no keys") }
        let places = places(own)
        var columns = batch.vectors
        columns[width + 1] = Vector(
            type: .bigint, count: batch.count, storage: .int64(places))
        return SortedPart(columns: columns, keys: keys, places: places, count: batch.count)
    }

    private func places(_ own: Buffer<Int64>) -> Buffer<Int64> {
        guard let morsels else { return own }
        let mask = (Int64(1) << Self.rowBits) - 1
        return Buffer(
            own.array.map { place in
                morsels[Int(place >> Self.rowBits)] << Self.rowBits | place & mask
            })
    }
}

/// The rows of a block of a run.
// Immutable after init.
final class SortedPart {
    /// The columns, keys and places.
    let columns: [Vector]
    let keys: TextBuffer
    let places: Buffer<Int64>
    let count: Int

    init(columns: [Vector], keys: TextBuffer, places: Buffer<Int64>, count: Int) {
        self.columns = columns
        self.keys = keys
        self.places = places
        self.count = count
    }
}

/// The rows of a run one after the other.
// Owned by one thread.
final class RunReader {
    private let run: SortedRun
    private var next = 0
    private(set) var part: SortedPart?
    private(set) var row = 0
    /// Where whoever merges keeps the part; nil for another part.
    var slot: Int?
    /// The beginning of the row's key: mostly enough to compare by.
    private var prefix: UInt64 = 0

    init(_ run: SortedRun) { self.run = run }

    /// Goes to the next row; false behind the last.
    func advance() throws(DemetraError) -> Bool {
        row += 1
        if part == nil || row == part?.count {
            guard next < run.blocks.count else {
                part = nil
                return false
            }
            part = try run.read(next)
            slot = nil
            next += 1
            row = 0
        }
        if let part { prefix = OrderedBytes.prefix(part.keys, row) }
        return true
    }

    /// True when the row comes before that of another run.
    func precedes(_ other: RunReader) -> Bool {
        if prefix != other.prefix { return prefix < other.prefix }
        guard let part, let theirs = other.part else { return other.part == nil }
        let order = OrderedBytes.compare(part.keys, row, theirs.keys, other.row)
        if order != 0 { return order < 0 }
        return part.places[row] < theirs.places[other.row]
    }
}
