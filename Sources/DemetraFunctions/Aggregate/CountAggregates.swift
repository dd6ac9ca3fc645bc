import DemetraTypes
import DemetraVectors

/// `count(*)` and `count(x)`.
///
/// Safe because group numbers are below the group count, and rows below the count of their buffers.
// Owned by one worker.
final class CountAccumulator: AggregateAccumulator {
    private var counts: [Int64] = []

    var byteCount: Int { counts.count * 8 }

    func resize(groupCount: Int) {
        if groupCount > counts.count {
            counts += Array(repeating: 0, count: groupCount - counts.count)
        }
    }

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) {
        let mask = arguments.first.flatMap { RowMask($0) }
        guard case .rows(let rows) = groups else {
            counts[groups.group(0)] += Int64(count - (mask?.nullCount ?? 0))
            return
        }
        let group = rows.pointer
        counts.withUnsafeMutableBufferPointer { counts in
            guard let base = counts.baseAddress else { return }
            if let mask {
                for row in 0..<count { base[Int(group[row])] &+= Int64(mask.bit(row)) }
            } else {
                for row in 0..<count { base[Int(group[row])] &+= 1 }
            }
        }
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? CountAccumulator else { return }
        for (group, value) in other.counts.enumerated() where group < groupMap.count {
            counts[Int(groupMap[group])] += value
        }
    }

    func finish(groupCount: Int) -> Vector {
        Vector(
            type: .bigint, count: groupCount,
            storage: .int64(Buffer(Array(counts.prefix(groupCount)))))
    }
}
