import DemetraTypes
import DemetraVectors

/// A hash for every key of a stream of rows, to find keys that come twice without keeping the keys.
///
/// Eight bytes a row, in pieces that are ordered by the upper bits of the hash; what does not fit the memory allowed
/// goes to a file under `tmp/`. In the end the pieces of one range of hashes are laid together, range by
/// range, each small enough for the processor's own memory. Equal hashes are candidates: whoever asks compares the
/// keys themselves.
// Owned by one thread, but for the ranges that are looked through side by side.
final class KeyDigests {
    /// Ranges of hashes: ten million keys are 40,000 for each.
    private static let rangeCount = 256
    private static let shift: UInt64 = 56

    private struct Piece: Sendable {
        /// Ordered by range; empty when they are in the file.
        var hashes: [UInt64]
        /// Where each range begins, and the end of the last.
        let starts: [Int]
        /// Where in the file the piece lies.
        var offset = 0
    }

    private let directory: DatabaseDirectory
    private let budget: MemoryBudget
    /// Bytes of hashes that stay in memory.
    private let memoryBytes: Int
    private var pieces: [Piece] = []
    private var reservedBytes = 0
    private var spill: TemporaryFile?

    /// - Parameter budget: whoever owns it gives back what is reserved.
    init(directory: DatabaseDirectory, budget: MemoryBudget, memoryBytes: Int) {
        self.directory = directory
        self.budget = budget
        self.memoryBytes = memoryBytes
    }

    /// Adds the keys of `count` rows; a key with a NULL among its values equals no other, and is left out.
    func append(_ keys: [Vector], count: Int) throws(DemetraError) {
        var hashes = HashKernel.hash(keys, count: count).array
        if keys.contains(where: \.hasNulls) {
            hashes = (0..<count).filter { row in keys.allSatisfy { $0.isValid(row) } }
                .map { hashes[$0] }
        }
        guard !hashes.isEmpty else { return }
        let byteCount = hashes.count * 8
        let fits = reservedBytes + byteCount <= memoryBytes && budget.tryReserve(byteCount)
        if fits { reservedBytes += byteCount }
        var piece = Self.ordered(hashes)
        if !fits {
            if spill == nil { spill = try TemporaryFile(directory, "keys") }
            piece.offset = try spill?.append(piece.hashes) ?? 0
            piece.hashes = []
        }
        pieces.append(piece)
    }

    /// The hashes that more than one key has.
    ///
    /// - Throws: 58030 when the file cannot be read.
    func repeated(threads: Int) throws(DemetraError) -> Set<UInt64> {
        let (pieces, spill) = (pieces, spill)
        let found = ParallelWork.map(count: Self.rangeCount, threads: threads) {
            range -> Result<[UInt64], DemetraError> in
            Result { () throws(DemetraError) in
                var hashes: [UInt64] = []
                for piece in pieces {
                    let (start, end) = (piece.starts[range], piece.starts[range + 1])
                    if start == end { continue }
                    if piece.hashes.isEmpty, let spill {
                        hashes += try spill.hashes(
                            at: piece.offset + start * 8, count: end - start)
                    } else {
                        hashes += piece.hashes[start..<end]
                    }
                }
                return Self.repeated(hashes)
            }
        }
        var result: Set<UInt64> = []
        for part in found { result.formUnion(try part.get()) }
        return result
    }

    /// Hashes by range, as a counting sort lays them.
    private static func ordered(_ hashes: [UInt64]) -> Piece {
        var starts = [Int](repeating: 0, count: rangeCount + 1)
        for hash in hashes { starts[Int(hash >> shift) + 1] += 1 }
        for range in 0..<rangeCount { starts[range + 1] += starts[range] }
        var next = starts
        var result = [UInt64](repeating: 0, count: hashes.count)
        for hash in hashes {
            let range = Int(hash >> shift)
            result[next[range]] = hash
            next[range] += 1
        }
        return Piece(hashes: result, starts: starts)
    }

    /// The hashes that occur more than once, by a table with open addressing; each at least once.
    private static func repeated(_ hashes: [UInt64]) -> [UInt64] {
        var slotCount = 16
        while slotCount < hashes.count * 2 { slotCount *= 2 }
        let mask = slotCount - 1
        var slots = [UInt64](repeating: 0, count: slotCount)
        var result: [UInt64] = []
        var zeros = 0
        for hash in hashes {
            // An empty slot is 0, so that hash is counted aside.
            if hash == 0 {
                zeros += 1
                continue
            }
            var slot = Int(truncatingIfNeeded: hash) & mask
            while slots[slot] != 0, slots[slot] != hash { slot = (slot + 1) & mask }
            if slots[slot] == hash { result.append(hash) } else { slots[slot] = hash }
        }
        if zeros > 1 { result.append(0) }
        return result
    }
}

extension TemporaryFile {
    /// Adds hashes; gives where they begin.
    fileprivate func append(_ hashes: [UInt64]) throws(DemetraError) -> Int {
        var writer = ByteWriter()
        for hash in hashes { writer.write(hash) }
        return try append(writer.bytes)
    }

    fileprivate func hashes(at offset: Int, count: Int) throws(DemetraError) -> [UInt64] {
        var reader = ByteReader(try read(at: offset, count: count * 8), name: title)
        var hashes: [UInt64] = []
        hashes.reserveCapacity(count)
        for _ in 0..<count { hashes.append(try reader.integer(UInt64.self)) }
        return hashes
    }
}
