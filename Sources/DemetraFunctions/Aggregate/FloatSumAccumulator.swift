import DemetraTypes
import DemetraVectors

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
        guard case .rows(let rows) = groups else {
            return updateOne(values, groups.group(0), count, mask)
        }
        let group = rows.pointer
        sums.withUnsafeMutableBufferPointer { sums in
            counts.withUnsafeMutableBufferPointer { counts in
                guard let total = sums.baseAddress, let seen = counts.baseAddress else { return }
                if let mask {
                    addValid(values, group, count, mask, total, seen)
                } else {
                    for row in 0..<count {
                        total[Int(group[row])] += values[row]
                        seen[Int(group[row])] &+= 1
                    }
                }
            }
        }
    }

    private func updateOne(
        _ values: UnsafePointer<Double>, _ group: Int, _ count: Int, _ mask: RowMask?
    ) {
        sums[group] += mask.map { totalOfValid(values, count, $0) } ?? total(values, count)
        counts[group] += Int64(count - (mask?.nullCount ?? 0))
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

// Four running sums: additions of one would wait for each other.

private func total(_ values: UnsafePointer<Double>, _ count: Int) -> Double {
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    var row = 0
    while row &+ 4 <= count {
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
    return (a + b) + (c + d)
}

private func totalOfValid(
    _ values: UnsafePointer<Double>, _ count: Int, _ mask: RowMask
) -> Double {
    var (a, b, c, d) = (0.0, 0.0, 0.0, 0.0)
    var row = 0
    while row &+ 4 <= count {
        a += mask.valueOrZero(values[row], row)
        b += mask.valueOrZero(values[row &+ 1], row &+ 1)
        c += mask.valueOrZero(values[row &+ 2], row &+ 2)
        d += mask.valueOrZero(values[row &+ 3], row &+ 3)
        row &+= 4
    }
    while row < count {
        a += mask.valueOrZero(values[row], row)
        row &+= 1
    }
    return (a + b) + (c + d)
}

private func addValid(
    _ values: UnsafePointer<Double>, _ group: UnsafePointer<Int32>, _ count: Int, _ mask: RowMask,
    _ total: UnsafeMutablePointer<Double>, _ seen: UnsafeMutablePointer<Int64>
) {
    for row in 0..<count {
        let index = Int(truncatingIfNeeded: group[row])
        total[index] += mask.valueOrZero(values[row], row)
        seen[index] &+= Int64(mask.bit(row))
    }
}
