import DemetraTypes
import DemetraVectors

/// `percentile_cont`, `percentile_disc`, `mode` and `median`: keep all values, sort at the end.
// Owned by one worker.
final class OrderedSetAccumulator: AggregateAccumulator {
    enum Kind: Sendable { case continuous, discrete, mode, median }

    private let kind: Kind
    private let type: LogicalType
    private var parts: [(values: Vector, groups: Buffer<Int32>)] = []
    private var rowCount = 0
    private var fraction: Double?
    private var isDescending = false

    init(_ kind: Kind, type: LogicalType) {
        self.kind = kind
        self.type = type
    }

    var byteCount: Int { rowCount * 12 }

    func resize(groupCount: Int) {}

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) throws(DemetraError) {
        var arguments = arguments
        if kind != .median, case .boolean(let flag)? = arguments.popLast()?.value(at: 0) {
            isDescending = flag
        }
        guard let values = arguments.popLast() else { return }
        if let given = arguments.first, case .double(let number) = given.value(at: 0) {
            guard (0...1).contains(number) else {
                throw DemetraError(
                    .numericValueOutOfRange, "percentile value \(number) is not between 0 and 1")
            }
            fraction = number
        }
        var rows = Buffer<Int32>(repeating: 0, count: count)
        if case .rows(let given) = groups { rows = given }
        parts.append((values, rows))
        rowCount += count
    }

    func merge(_ other: any AggregateAccumulator, groupMap: Buffer<Int32>) {
        guard let other = other as? OrderedSetAccumulator else { return }
        for part in other.parts {
            let mapped = Buffer(part.groups.array.map { groupMap[Int($0)] })
            parts.append((part.values, mapped))
        }
        rowCount += other.rowCount
        fraction = fraction ?? other.fraction
        isDescending = isDescending || other.isDescending
    }

    func finish(groupCount: Int) throws(DemetraError) -> Vector {
        var builder = VectorBuilder(type: type, capacity: groupCount)
        if rowCount == 0 {
            for _ in 0..<groupCount { builder.appendNull() }
            return builder.finish()
        }
        let all = try Vector.concatenating(parts.map(\.values), type: parts[0].values.type)
        let groups = Buffer(parts.flatMap { $0.groups.array })
        let groupVector = Vector(type: .integer, count: rowCount, storage: .int32(groups))
        let order = SortKernel.permutation(
            [SortKey(groupVector), SortKey(all, descending: isDescending, nullsFirst: false)],
            count: rowCount)
        var position = 0
        for group in 0..<groupCount {
            let start = position
            while position < rowCount, Int(groups[Int(order[position])]) == group { position += 1 }
            var end = position
            while end > start, !all.isValid(Int(order[end - 1])) { end -= 1 }
            if end == start || (kind != .mode && kind != .median && fraction == nil) {
                builder.appendNull()
            } else {
                builder.append(result(all, order, start, end))
            }
        }
        return builder.finish()
    }

    private func result(_ all: Vector, _ order: Buffer<Int32>, _ start: Int, _ end: Int) -> Value {
        func value(_ index: Int) -> Value { all.value(at: Int(order[start + index])) }
        let count = end - start
        switch kind {
        case .discrete:
            let rank = ((fraction ?? 0) * Double(count)).rounded(.up)
            return value(max(0, Int(rank) - 1))
        case .mode:
            var (best, bestCount, index) = (0, 0, 0)
            while index < count {
                var next = index + 1
                while next < count, ValueComparison.compare(value(next), value(index)) == 0 { next += 1 }
                if next - index > bestCount { (best, bestCount) = (index, next - index) }
                index = next
            }
            return value(best)
        case .continuous, .median:
            let exact = (kind == .median ? 0.5 : fraction ?? 0) * Double(count - 1)
            let lower = Int(exact.rounded(.down))
            let share = exact - Double(lower)
            if share == 0 { return value(lower) }
            return Self.between(value(lower), value(lower + 1), share)
        }
    }

    private static func between(_ low: Value, _ high: Value, _ share: Double) -> Value {
        switch (low, high) {
        case (.double(let a), .double(let b)): return .double(a + (b - a) * share)
        case (.interval(let a), .interval(let b)):
            guard let negated = try? a.negated(), let step = try? b.adding(negated),
                let part = try? step.multiplied(by: share), let sum = try? a.adding(part)
            else { return low }
            return .interval(sum)
        default: return low
        }
    }
}
