import DemetraTypes
import DemetraVectors

/// `sum` and `avg` of integers and fixed-scale numerics, exact.
///
/// Each group adds in 64 bits and carries into a second word on overflow, so a batch costs one addition
/// a row and no group ever wraps.
// Owned by one worker.
final class IntegerSumAccumulator: AggregateAccumulator {
    /// What the sum is turned into.
    enum Output: Sendable { case bigint, numericSum, numericAverage }

    private let output: Output
    private let scale: Int
    private var low: [Int64] = []
    private var carry: [Int128] = []
    private var counts: [Int64] = []

    init(output: Output, scale: Int) {
        self.output = output
        self.scale = scale
    }

    var byteCount: Int { low.count * 32 }

    func resize(groupCount: Int) {
        let more = groupCount - low.count
        guard more > 0 else { return }
        low += Array(repeating: 0, count: more)
        carry += Array(repeating: 0, count: more)
        counts += Array(repeating: 0, count: more)
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
        case .int32(let buffer):
            let values = buffer.pointer
            forEach(groups, count, mask) { Int64(values[$0]) }
        case .int64(let buffer):
            let values = buffer.pointer
            forEach(groups, count, mask) { values[$0] }
        case .int128(let buffer):
            for row in 0..<count where mask?.isValid(row) ?? true {
                let group = groups.group(row)
                carry[group] += buffer[row]
                counts[group] += 1
            }
        default: break
        }
    }

    @inline(__always)
    private func forEach(
        _ groups: GroupIndices, _ count: Int, _ mask: RowMask?, _ value: (Int) -> Int64
    ) {
        guard case .rows(let rows) = groups else {
            var sum = low[0]
            var seen: Int64 = 0
            for row in 0..<count where mask?.isValid(row) ?? true {
                let (next, overflow) = sum.addingReportingOverflow(value(row))
                if overflow {
                    carry[0] += Int128(sum)
                    sum = value(row)
                } else {
                    sum = next
                }
                seen &+= 1
            }
            low[0] = sum
            counts[0] += seen
            return
        }
        let group = rows.pointer
        low.withUnsafeMutableBufferPointer { low in
            counts.withUnsafeMutableBufferPointer { counts in
                guard let sums = low.baseAddress, let seen = counts.baseAddress else { return }
                for row in 0..<count where mask?.isValid(row) ?? true {
                    let index = Int(group[row])
                    let (next, overflow) = sums[index].addingReportingOverflow(value(row))
                    if overflow {
                        carry[index] += Int128(sums[index])
                        sums[index] = value(row)
                    } else {
                        sums[index] = next
                    }
                    seen[index] &+= 1
                }
            }
        }
    }

    private func updateConstant(_ vector: Vector, _ groups: GroupIndices, _ count: Int) {
        let value: Int64
        switch vector.value(at: 0) {
        case .integer(let number): value = number
        case .numeric(let decimal):
            for row in 0..<count {
                carry[groups.group(row)] += decimal.unscaled
                counts[groups.group(row)] += 1
            }
            return
        default: return
        }
        if case .single = groups { return add(value, 0, times: Int64(count)) }
        for row in 0..<count { add(value, groups.group(row)) }
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? IntegerSumAccumulator else { return }
        for group in 0..<min(other.low.count, groupMap.count) {
            let target = Int(groupMap[group])
            carry[target] += other.carry[group] + Int128(other.low[group])
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
            let sum = carry[group] + Int128(low[group])
            switch output {
            case .bigint:
                guard let value = Int64(exactly: sum) else {
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

/// `sum` and `avg` of doubles.
///
/// Safe because group numbers are below the group count, and rows below the count of their buffers.
// Owned by one worker.
final class FloatSumAccumulator: AggregateAccumulator {
    private let isAverage: Bool
    private let type: LogicalType
    private var sums: [Double] = []
    private var counts: [Int64] = []

    init(isAverage: Bool, type: LogicalType) {
        self.isAverage = isAverage
        self.type = type
    }

    var byteCount: Int { sums.count * 16 }

    func resize(groupCount: Int) {
        let more = groupCount - sums.count
        guard more > 0 else { return }
        sums += Array(repeating: 0, count: more)
        counts += Array(repeating: 0, count: more)
    }

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) {
        let vector = arguments[0].withoutConstant()
        guard case .float64(let buffer) = vector.storage else { return }
        let values = buffer.pointer
        let mask = RowMask(vector)
        guard case .rows(let rows) = groups else { return updateSingle(values, count, mask) }
        let group = rows.pointer
        sums.withUnsafeMutableBufferPointer { sums in
            counts.withUnsafeMutableBufferPointer { counts in
                guard let total = sums.baseAddress, let seen = counts.baseAddress else { return }
                if let mask {
                    for row in 0..<count where mask.isValid(row) {
                        total[Int(group[row])] += values[row]
                        seen[Int(group[row])] &+= 1
                    }
                } else {
                    for row in 0..<count {
                        total[Int(group[row])] += values[row]
                        seen[Int(group[row])] &+= 1
                    }
                }
            }
        }
    }

    private func updateSingle(_ values: UnsafePointer<Double>, _ count: Int, _ mask: RowMask?) {
        if let mask {
            for row in 0..<count where mask.isValid(row) {
                sums[0] += values[row]
                counts[0] += 1
            }
            return
        }
        // Four running sums: additions of one would wait for each other.
        var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
        var row = 0
        while row + 4 <= count {
            a += values[row]
            b += values[row &+ 1]
            c += values[row &+ 2]
            d += values[row &+ 3]
            row &+= 4
        }
        while row < count {
            a += values[row]
            row &+= 1
        }
        sums[0] += (a + b) + (c + d)
        counts[0] += Int64(count)
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? FloatSumAccumulator else { return }
        for group in 0..<min(other.sums.count, groupMap.count) {
            let target = Int(groupMap[group])
            sums[target] += other.sums[group]
            counts[target] += other.counts[group]
        }
    }

    func finish(groupCount: Int) -> Vector {
        var builder = VectorBuilder(type: type, capacity: groupCount)
        for group in 0..<groupCount {
            if counts[group] == 0 {
                builder.appendNull()
            } else {
                builder.append(
                    double: isAverage ? sums[group] / Double(counts[group]) : sums[group])
            }
        }
        return builder.finish()
    }
}

extension GroupIndices {
    /// The group of one row.
    func group(_ row: Int) -> Int {
        switch self {
        case .single: 0
        case .rows(let rows): Int(rows[row])
        }
    }
}
