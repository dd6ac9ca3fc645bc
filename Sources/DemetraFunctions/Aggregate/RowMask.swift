import DemetraTypes
import DemetraVectors

/// Which rows of an argument hold a value, for loops without branches; nil where all do.
///
/// Safe because the mask holds a bit for each row of the vector it was made from.
struct RowMask {
    /// The bits, kept alive; of a constant NULL none is set.
    private let buffer: Buffer<UInt64>
    private let words: UnsafePointer<UInt64>
    /// Rows that are NULL.
    let nullCount: Int

    init?(_ vector: Vector) {
        guard vector.hasNulls else { return nil }
        let mask = vector.validity ?? ValidityMask.allNull(count: vector.count)
        buffer = mask.words
        words = mask.words.pointer
        nullCount = mask.nullCount
    }

    /// 1 where the row holds a value, else 0.
    @inline(__always)
    func bit(_ row: Int) -> UInt64 {
        (words[row &>> 6] &>> UInt64(truncatingIfNeeded: row & 63)) & 1
    }

    /// True where the row holds a value.
    @inline(__always)
    func isValid(_ row: Int) -> Bool { bit(row) != 0 }

    /// The row's value, or 0 where it is NULL, whatever stands there.
    @inline(__always)
    func valueOrZero(_ value: Double, _ row: Int) -> Double {
        Double(bitPattern: value.bitPattern & (0 &- bit(row)))
    }
}

extension GroupIndices {
    /// The group of one row.
    func group(_ row: Int) -> Int {
        switch self {
        case .one(let group): Int(group)
        case .rows(let rows): Int(rows[row])
        }
    }
}
