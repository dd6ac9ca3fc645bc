import DemetraTypes
import DemetraVectors

/// `sum` and `avg` of integers and fixed-scale numerics, exact.
///
/// Each group adds in 64 bits and carries into a second word on overflow, so a batch costs one addition
/// a row and no group ever wraps: the second word of 128 bits carries into a third, of 256, which sums of wide
/// numbers alone have.
///
/// Safe because group numbers are below the group count, and rows below the count of their buffers.
// Owned by one worker.
final class IntegerSumAccumulator: AggregateAccumulator {
    /// What the sum is turned into.
    enum Output: Sendable { case bigint, numericSum, numericAverage }

    private let output: Output
    private let scale: Int
    private var low: [Int64] = []
    private var carry: [Int128] = []
    private var counts: [Int64] = []
    /// Empty until a carry leaves its bits.
    private var wide: [Int256] = []
    /// A carry is below this in magnitude, so that no sum of 64-bit numbers takes it out of its bits.
    private static let carryLimit = UInt128(1) << 126

    init(output: Output, scale: Int) {
        self.output = output
        self.scale = scale
    }

    var byteCount: Int { low.count * 32 + wide.count * MemoryLayout<Int256>.stride }

    func resize(groupCount: Int) {
        let more = groupCount - low.count
        guard more > 0 else { return }
        low += Array(repeating: 0, count: more)
        carry += Array(repeating: 0, count: more)
        counts += Array(repeating: 0, count: more)
        if !wide.isEmpty { wide += Array(repeating: .zero, count: more) }
    }

    private func add(wide value: Int128, _ group: Int) {
        let (sum, overflow) = carry[group].addingReportingOverflow(value)
        guard overflow || sum.magnitude >= Self.carryLimit else {
            carry[group] = sum
            return
        }
        if wide.isEmpty { wide = Array(repeating: .zero, count: carry.count) }
        wide[group] = wide[group] &+ Int256(carry[group]) &+ Int256(value)
        carry[group] = 0
    }

    private func add(_ value: Int64, _ group: Int, times: Int64 = 1) {
        if times == 1 {
            let (sum, overflow) = low[group].addingReportingOverflow(value)
            if overflow { carry[group] += Int128(low[group]) }
            low[group] = overflow ? value : sum
        } else {
            carry[group] += Int128(value) * Int128(times)
        }
        counts[group] += times
    }

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) {
        let vector = arguments[0]
        let mask = RowMask(vector)
        if vector.isConstant { return updateConstant(vector, groups, count) }
        switch vector.storage {
        case .int32(let buffer): add(buffer.pointer, groups, count, mask)
        case .int64(let buffer): add(buffer.pointer, groups, count, mask)
        case .int128(let buffer):
            if let narrow = buffer.narrowed() {
                return withExtendedLifetime(narrow) { add(narrow.pointer, groups, count, mask) }
            }
            for row in 0..<count where mask?.isValid(row) ?? true {
                let group = groups.group(row)
                add(wide: buffer[row], group)
                counts[group] += 1
            }
        default: break
        }
    }

    private func add<Number: FixedWidthInteger & SignedInteger>(
        _ values: UnsafePointer<Number>, _ groups: GroupIndices, _ count: Int, _ mask: RowMask?
    ) {
        guard case .rows(let rows) = groups else {
            let sum = mask.map { totalOfValid(values, count, $0) } ?? total(values, count)
            let group = groups.group(0)
            carry[group] += sum
            counts[group] += Int64(count - (mask?.nullCount ?? 0))
            return
        }
        let group = rows.pointer
        low.withUnsafeMutableBufferPointer { low in
            counts.withUnsafeMutableBufferPointer { counts in
                carry.withUnsafeMutableBufferPointer { carry in
                    guard let low = low.baseAddress, let counts = counts.baseAddress,
                        let carry = carry.baseAddress
                    else { return }
                    if let mask {
                        addValid(values, group, count, mask, low, carry, counts)
                    } else {
                        addAll(values, group, count, low, carry, counts)
                    }
                }
            }
        }
    }

    private func updateConstant(_ vector: Vector, _ groups: GroupIndices, _ count: Int) {
        let value: Int64
        switch vector.value(at: 0) {
        case .integer(let number): value = number
        case .numeric(let decimal):
            let digits = Int128(truncatingIfNeeded: decimal.unscaled.low)
            for row in 0..<count {
                add(wide: digits, groups.group(row))
                counts[groups.group(row)] += 1
            }
            return
        default: return
        }
        if case .one(let group) = groups { return add(value, Int(group), times: Int64(count)) }
        for row in 0..<count { add(value, groups.group(row)) }
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? IntegerSumAccumulator else { return }
        for group in 0..<min(other.low.count, groupMap.count) {
            let target = Int(groupMap[group])
            add(wide: other.carry[group] + Int128(other.low[group]), target)
            if !other.wide.isEmpty {
                if wide.isEmpty { wide = Array(repeating: .zero, count: carry.count) }
                wide[target] = wide[target] &+ other.wide[group]
            }
            counts[target] += other.counts[group]
        }
    }

    func finish(groupCount: Int) throws(DemetraError) -> Vector {
        let type: LogicalType = output == .bigint ? .bigint : .numeric(nil)
        var builder = VectorBuilder(type: type, capacity: groupCount)
        for group in 0..<groupCount {
            guard counts[group] > 0 else {
                builder.appendNull()
                continue
            }
            var sum = Int256(carry[group] + Int128(low[group]))
            if !wide.isEmpty { sum = sum &+ wide[group] }
            switch output {
            case .bigint:
                guard let value = sum.narrow.flatMap({ Int64(exactly: $0) }) else {
                    throw DemetraError(.numericValueOutOfRange, "bigint out of range")
                }
                builder.append(int64: value)
            case .numericSum: builder.append(decimal: Decimal(unscaled: sum, scale: scale))
            case .numericAverage:
                let total = Decimal(unscaled: sum, scale: scale)
                builder.append(decimal: try total.divided(by: Decimal(counts[group])))
            }
        }
        return builder.finish()
    }
}

/// The sum of up to 2^31 integers: the halves of each word are added apart, so that neither can wrap and
/// the loop is free of tests.
private func total<Number: FixedWidthInteger & SignedInteger>(
    _ values: UnsafePointer<Number>, _ count: Int
) -> Int128 {
    var lower: UInt64 = 0
    var upper: Int64 = 0
    for row in 0..<count {
        let value = Int64(truncatingIfNeeded: values[row])
        lower &+= UInt64(truncatingIfNeeded: value) & 0xffff_ffff
        upper &+= value &>> 32
    }
    return Int128(upper) << 32 + Int128(lower)
}

private func totalOfValid<Number: FixedWidthInteger & SignedInteger>(
    _ values: UnsafePointer<Number>, _ count: Int, _ mask: RowMask
) -> Int128 {
    var lower: UInt64 = 0
    var upper: Int64 = 0
    for row in 0..<count {
        let value = Int64(truncatingIfNeeded: values[row]) & (0 &- Int64(mask.bit(row)))
        lower &+= UInt64(truncatingIfNeeded: value) & 0xffff_ffff
        upper &+= value &>> 32
    }
    return Int128(upper) << 32 + Int128(lower)
}

private func addAll<Number: FixedWidthInteger & SignedInteger>(
    _ values: UnsafePointer<Number>, _ group: UnsafePointer<Int32>, _ count: Int,
    _ low: UnsafeMutablePointer<Int64>, _ carry: UnsafeMutablePointer<Int128>,
    _ counts: UnsafeMutablePointer<Int64>
) {
    for row in 0..<count {
        let index = Int(truncatingIfNeeded: group[row])
        let value = Int64(truncatingIfNeeded: values[row])
        let (sum, overflow) = low[index].addingReportingOverflow(value)
        if overflow { carry[index] &+= Int128(low[index]) }
        low[index] = overflow ? value : sum
        counts[index] &+= 1
    }
}

private func addValid<Number: FixedWidthInteger & SignedInteger>(
    _ values: UnsafePointer<Number>, _ group: UnsafePointer<Int32>, _ count: Int,
    _ mask: RowMask, _ low: UnsafeMutablePointer<Int64>, _ carry: UnsafeMutablePointer<Int128>,
    _ counts: UnsafeMutablePointer<Int64>
) {
    for row in 0..<count {
        let index = Int(truncatingIfNeeded: group[row])
        let bit = Int64(mask.bit(row))
        let value = Int64(truncatingIfNeeded: values[row]) & (0 &- bit)
        let (sum, overflow) = low[index].addingReportingOverflow(value)
        if overflow { carry[index] &+= Int128(low[index]) }
        low[index] = overflow ? value : sum
        counts[index] &+= bit
    }
}
