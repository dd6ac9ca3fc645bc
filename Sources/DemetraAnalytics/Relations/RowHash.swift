import DemetraTypes
import DemetraVectors

/// Hashes of rows by content, to put rows into an order that does not depend on how they came.
///
/// Safe because a text's bytes are read while the batch that owns them is borrowed.
package enum RowHash {
    /// A hash per row over some columns; NULL hashes as a value of its own.
    package static func hashes(_ relation: RelationColumns, columns: [Int]) -> [UInt64] {
        var hashes = [UInt64](repeating: 0xCBF2_9CE4_8422_2325, count: relation.rowCount)
        var start = 0
        for batch in relation.batches {
            for column in columns {
                mix(batch.vectors[column], into: &hashes, from: start)
            }
            start += batch.count
        }
        return hashes
    }

    private static func mix(_ vector: Vector, into hashes: inout [UInt64], from start: Int) {
        for row in 0..<vector.count {
            let word = vector.isValid(row) ? word(vector.storage, row) : 0x1234_5678_9ABC_DEF0
            hashes[start + row] = SeededGenerator.scrambled(
                (hashes[start + row] ^ word) &* 0x100_0000_01B3)
        }
    }

    private static func word(_ storage: VectorStorage, _ row: Int) -> UInt64 {
        switch storage {
        case .boolean(let buffer): UInt64(buffer[row])
        case .int32(let buffer): UInt64(bitPattern: Int64(buffer[row]))
        case .int64(let buffer): UInt64(bitPattern: buffer[row])
        case .float64(let buffer): buffer[row] == 0 ? 0 : buffer[row].bitPattern
        case .int128(let buffer): UInt64(truncatingIfNeeded: buffer[row])
        case .decimal(let buffer): buffer[row].doubleValue.bitPattern
        case .interval(let buffer):
            UInt64(bitPattern: buffer[row].microseconds)
                ^ UInt64(bitPattern: Int64(buffer[row].days))
        case .text(let texts): bytes(texts.bytes(at: row))
        case .dictionary(let codes, let dictionary):
            bytes(dictionary.values.bytes(at: Int(codes[row])))
        case .constant(let one): word(one.vector.storage, 0)
        }
    }

    private static func bytes(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}
