import DemetraTypes
import DemetraVectors

/// `min` and `max` of numbers and times kept as 64-bit images.
///
/// Safe because group numbers are below the group count, and rows below the count of their buffers.
// Owned by one worker.
final class ExtremeAccumulator: AggregateAccumulator {
    private let isMaximum: Bool
    private let type: LogicalType
    private var best: [Int64] = []
    private var seen: [Bool] = []

    init(isMaximum: Bool, type: LogicalType) {
        self.isMaximum = isMaximum
        self.type = type
    }

    /// The types whose values have an image that sorts as they do.
    static func handles(_ type: LogicalType) -> Bool {
        switch type.physicalType {
        case .int32, .int64, .float64: true
        default: false
        }
    }

    var byteCount: Int { best.count * 9 }

    func resize(groupCount: Int) {
        let more = groupCount - best.count
        guard more > 0 else { return }
        best += Array(repeating: 0, count: more)
        seen += Array(repeating: false, count: more)
    }

    private func take(_ image: Int64, _ group: Int) {
        if !seen[group] {
            best[group] = image
            seen[group] = true
        } else if isMaximum ? image > best[group] : image < best[group] {
            best[group] = image
        }
    }

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) {
        let vector = arguments[0].withoutConstant()
        let mask = RowMask(vector)
        switch vector.storage {
        case .int32(let buffer):
            let values = buffer.pointer
            forEach(groups, count, mask) { Int64(values[$0]) }
        case .int64(let buffer):
            let values = buffer.pointer
            forEach(groups, count, mask) { values[$0] }
        case .float64(let buffer):
            let values = buffer.pointer
            forEach(groups, count, mask) { Self.image(values[$0]) }
        default: break
        }
    }

    @inline(__always)
    private func forEach(
        _ groups: GroupIndices, _ count: Int, _ mask: RowMask?, _ image: (Int) -> Int64
    ) {
        guard case .rows(let rows) = groups else {
            var result: Int64 = isMaximum ? .min : .max
            var found = false
            for row in 0..<count where mask?.isValid(row) ?? true {
                result = isMaximum ? max(result, image(row)) : min(result, image(row))
                found = true
            }
            if found { take(result, 0) }
            return
        }
        let group = rows.pointer
        for row in 0..<count where mask?.isValid(row) ?? true { take(image(row), Int(group[row])) }
    }

    /// An integer that sorts as the double does; NaN is the greatest.
    static func image(_ value: Double) -> Int64 {
        if value.isNaN { return .max }
        let bits = Int64(bitPattern: (value == 0 ? 0 : value).bitPattern)
        return bits >= 0 ? bits : bits ^ Int64.max
    }

    private static func double(_ image: Int64) -> Double {
        if image == .max { return .nan }
        return Double(bitPattern: UInt64(bitPattern: image >= 0 ? image : image ^ Int64.max))
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? ExtremeAccumulator else { return }
        for group in 0..<min(other.best.count, groupMap.count) where other.seen[group] {
            take(other.best[group], Int(groupMap[group]))
        }
    }

    func finish(groupCount: Int) -> Vector {
        var builder = VectorBuilder(type: type, capacity: groupCount)
        for group in 0..<groupCount {
            guard seen[group] else {
                builder.appendNull()
                continue
            }
            switch type.physicalType {
            case .int32: builder.append(int32: Int32(truncatingIfNeeded: best[group]))
            case .float64: builder.append(double: Self.double(best[group]))
            default: builder.append(int64: best[group])
            }
        }
        return builder.finish()
    }
}

/// `first(value, time)` and `last(value, time)`: the value at the least or greatest time.
///
/// Rows without a time do not count; among equal times the row that came last wins.
// Owned by one worker.
final class AtExtremeAccumulator: AggregateAccumulator {
    private let isLast: Bool
    private let type: LogicalType
    private var times: [Value] = []
    private var values: [Value] = []

    init(isLast: Bool, type: LogicalType) {
        self.isLast = isLast
        self.type = type
    }

    var byteCount: Int { times.count * 64 }

    func resize(groupCount: Int) {
        let more = groupCount - times.count
        guard more > 0 else { return }
        times += Array(repeating: .null, count: more)
        values += Array(repeating: .null, count: more)
    }

    private func take(_ value: @autoclosure () -> Value, _ time: Value, _ group: Int) {
        if case .null = times[group] {
            times[group] = time
            values[group] = value()
            return
        }
        let order = ValueComparison.compare(time, times[group])
        if isLast ? order >= 0 : order < 0 {
            times[group] = time
            values[group] = value()
        }
    }

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) {
        for row in 0..<count where arguments[1].isValid(row) {
            take(arguments[0].value(at: row), arguments[1].value(at: row), groups.group(row))
        }
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? AtExtremeAccumulator else { return }
        for group in 0..<min(other.times.count, groupMap.count) {
            if case .null = other.times[group] { continue }
            take(other.values[group], other.times[group], Int(groupMap[group]))
        }
    }

    func finish(groupCount: Int) -> Vector {
        Vector(Array(values.prefix(groupCount)), type: type)
    }
}
