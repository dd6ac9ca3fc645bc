import DemetraStorage
import DemetraTypes
import DemetraVectors

/// Puts rows aside by the hash of their keys: rows with equal keys are in one partition, and a partition is so small a
/// part of all that it mostly fits into memory. One that does not is cut again by further bits of the hash.
// Owned by one thread.
final class PartitionWriter {
    /// Bits of a hash that tell the partition.
    private static let bits = 5
    static let partitionCount = 1 << bits
    /// Hashes have no more bits: rows that are still together have equal keys, or as good as.
    static let deepestLevel = 64 / bits - 1
    /// Rows of a partition that are written together.
    private static let blockBytes = 48 << 10

    private let space: SpillSpace
    private let level: Int
    private let cancellation: CancellationFlag
    private var pending = [PendingRows](repeating: PendingRows(), count: partitionCount)
    private var written: [SpilledRows]

    /// - Parameter level: how often the rows have been cut before.
    init(
        _ space: SpillSpace, level: Int, _ cancellation: CancellationFlag
    ) throws(DemetraError) {
        self.space = space
        self.level = level
        self.cancellation = cancellation
        let file = try space.makeFile()
        written = Array(repeating: SpilledRows(file), count: Self.partitionCount)
    }

    /// Adds rows.
    ///
    /// - Parameter keys: what tells the partition, as long as the batch.
    /// - Throws: 53100 or 58030 when the disk refuses them, 57014 when the statement was cancelled.
    func append(_ batch: Batch, keys: [Vector]) throws(DemetraError) {
        guard batch.count > 0 else { return }
        try cancellation.check()
        let shift = UInt64(64 - Self.bits * (level + 1))
        let hashes = HashKernel.hash(keys, count: batch.count).array
        var rows = [[Int32]](repeating: [], count: Self.partitionCount)
        for (row, hash) in hashes.enumerated() {
            rows[Int(truncatingIfNeeded: hash >> shift) & (Self.partitionCount - 1)]
                .append(Int32(truncatingIfNeeded: row))
        }
        for (partition, rows) in rows.enumerated() where !rows.isEmpty {
            pending[partition].append(batch.taking(SelectionVector(Buffer(rows))))
            if pending[partition].byteCount >= Self.blockBytes { try write(partition) }
        }
    }

    private func write(_ partition: Int) throws(DemetraError) {
        try written[partition].append(&pending[partition], space)
    }

    /// The partitions; nothing can be added any more.
    func finish() throws(DemetraError) -> [SpilledRows] {
        for partition in pending.indices { try write(partition) }
        return written
    }
}
