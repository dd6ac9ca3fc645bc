import DemetraTypes

/// Numbers distinct decimals, wide integers and intervals by value, and keeps the first form seen.
///
/// Wide integers and intervals come as the decimal that stands for them; `1.0` and `1.00` share a
/// code and are given back as they were first written.
///
/// Safe because slots hold codes + 1 of the values kept and are indexed through the mask.
struct DecimalInterner: ~Copyable {
    /// The number of distinct values.
    var count: Int { canonical.count }
    private var canonical = BufferBuilder<Decimal>(capacity: 16)
    private var decimals = BufferBuilder<Decimal>(capacity: 16)
    private var intervals = BufferBuilder<Interval>(capacity: 16)
    private var slots = BufferBuilder<UInt64>(capacity: 32)
    private var mask = 31

    /// An empty interner.
    init() { slots.pointer.update(repeating: 0, count: 32) }

    /// Bytes held.
    var byteCount: Int {
        (canonical.capacity + decimals.capacity) * MemoryLayout<Decimal>.stride
            + intervals.capacity * MemoryLayout<Interval>.stride + (mask + 1) * 8
    }

    /// The code of a value, or -1.
    borrowing func find(_ value: Decimal) -> Int32 {
        let hash = hashDecimal(value)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = slots.pointer[slot]
            if entry == 0 { return -1 }
            let code = Int(truncatingIfNeeded: entry & 0xffff_ffff) - 1
            if (entry ^ hash) >> 32 == 0, canonical.pointer[code] == value {
                return Int32(truncatingIfNeeded: code)
            }
            slot = (slot + 1) & mask
        }
    }

    /// The code of a canonical value, which is added with its first forms if it is not there.
    mutating func intern(_ value: Decimal, decimal: Decimal, interval: Interval) -> Int32 {
        let found = find(value)
        if found >= 0 { return found }
        let code = canonical.count
        canonical.append(value)
        decimals.append(decimal)
        intervals.append(interval)
        if canonical.count * 2 > mask + 1 {
            let slotCount = (mask + 1) * 2
            slots = BufferBuilder(capacity: slotCount)
            slots.pointer.update(repeating: 0, count: slotCount)
            mask = slotCount - 1
            for other in 0..<code { insert(other) }
        }
        insert(code)
        return Int32(truncatingIfNeeded: code)
    }

    private func insert(_ code: Int) {
        insertText(
            hashDecimal(canonical.pointer[code]), UInt32(truncatingIfNeeded: code + 1),
            slots.pointer, mask)
    }

    /// The stored forms of the given codes, as storage of the physical type.
    borrowing func storage(
        _ codes: UnsafePointer<Int32>, _ count: Int, _ type: PhysicalType
    ) -> VectorStorage {
        switch type {
        case .int128:
            let output = BufferBuilder<Int128>(capacity: count)
            for row in 0..<count {
                output.pointer[row] = Int128(
                    truncatingIfNeeded: decimals.pointer[Int(codes[row])].unscaled.low)
            }
            return .int128(output.freeze(count: count))
        case .interval:
            let output = BufferBuilder<Interval>(capacity: count)
            gather(UnsafePointer(intervals.pointer), codes, output.pointer, count)
            return .interval(output.freeze(count: count))
        default:
            let output = BufferBuilder<Decimal>(capacity: count)
            gather(UnsafePointer(decimals.pointer), codes, output.pointer, count)
            return .decimal(output.freeze(count: count))
        }
    }
}
