import DemetraTypes
import DemetraVectors

/// `first(value, time)` and `last(value, time)`: the value at the least or greatest time.
///
/// Rows without a time do not count; among equal times the row that came last wins for `last`. For orders
/// that have no integer image: text, wide numbers, intervals.
// Owned by one worker.
final class AtExtremeValueAccumulator: AggregateAccumulator {
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
        guard let other = other as? AtExtremeValueAccumulator else { return }
        for group in 0..<min(other.times.count, groupMap.count) {
            if case .null = other.times[group] { continue }
            take(other.values[group], other.times[group], Int(groupMap[group]))
        }
    }

    func finish(groupCount: Int) -> Vector {
        Vector(Array(values.prefix(groupCount)), type: type)
    }
}
