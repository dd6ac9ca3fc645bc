import DemetraTypes
import DemetraVectors

/// An aggregate that folds one value at a time: for types and functions without a loop of their own.
// Owned by one worker.
final class FoldAccumulator<State>: AggregateAccumulator {
    private let type: LogicalType
    private let initial: State
    private let fold: (inout State, [Value]) throws(DemetraError) -> Void
    private let combine: (inout State, State) throws(DemetraError) -> Void
    private let result: (State) throws(DemetraError) -> Value
    private let skipsNulls: Bool
    private var states: [State] = []

    init(
        type: LogicalType, initial: State, skipsNulls: Bool = true,
        fold: @escaping (inout State, [Value]) throws(DemetraError) -> Void,
        combine: @escaping (inout State, State) throws(DemetraError) -> Void,
        result: @escaping (State) throws(DemetraError) -> Value
    ) {
        self.type = type
        self.initial = initial
        self.skipsNulls = skipsNulls
        self.fold = fold
        self.combine = combine
        self.result = result
    }

    var byteCount: Int { states.count * (MemoryLayout<State>.stride + 32) }

    func resize(groupCount: Int) {
        if groupCount > states.count {
            states += Array(repeating: initial, count: groupCount - states.count)
        }
    }

    func update(_ arguments: [Vector], groups: GroupIndices, count: Int) throws(DemetraError) {
        for row in 0..<count {
            if skipsNulls, let first = arguments.first, !first.isValid(row) { continue }
            let values = arguments.map { $0.value(at: row) }
            try fold(&states[groups.group(row)], values)
        }
    }

    func merge(
        _ other: any AggregateAccumulator, groupMap: Buffer<Int32>
    ) throws(DemetraError) {
        guard let other = other as? FoldAccumulator<State> else { return }
        for group in 0..<min(other.states.count, groupMap.count) {
            try combine(&states[Int(groupMap[group])], other.states[group])
        }
    }

    func finish(groupCount: Int) throws(DemetraError) -> Vector {
        var builder = VectorBuilder(type: type, capacity: groupCount)
        for group in 0..<groupCount { builder.append(try result(states[group])) }
        return builder.finish()
    }
}

/// The order of values inside one type.
enum ValueComparison {
    /// Negative, zero or positive as `left` is less than, equal to or greater than `right`.
    static func compare(_ left: Value, _ right: Value) -> Int {
        switch (left, right) {
        case (.integer(let a), .integer(let b)): return order(a, b)
        case (.double(let a), .double(let b)):
            if a.isNaN || b.isNaN { return a.isNaN ? (b.isNaN ? 0 : 1) : -1 }
            return order(a, b)
        case (.numeric(let a), .numeric(let b)): return a.compare(b)
        case (.text(let a), .text(let b)):
            // By bytes: Swift's own order of strings is by normalised characters.
            if a.utf8.elementsEqual(b.utf8) { return 0 }
            return a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1
        case (.boolean(let a), .boolean(let b)): return order(a ? 1 : 0, b ? 1 : 0)
        case (.date(let a), .date(let b)): return order(a.days, b.days)
        case (.time(let a), .time(let b)): return order(a, b)
        case (.timestamp(let a), .timestamp(let b)), (.timestamptz(let a), .timestamptz(let b)):
            return order(a.microseconds, b.microseconds)
        case (.interval(let a), .interval(let b)):
            return order(a.comparableMicroseconds, b.comparableMicroseconds)
        case (.array(let a), .array(let b)):
            for (x, y) in zip(a, b) {
                // NULL is the greatest element.
                let order =
                    x.isNull || y.isNull
                    ? (x.isNull ? 1 : 0) - (y.isNull ? 1 : 0) : compare(x, y)
                if order != 0 { return order }
            }
            return order(a.count, b.count)
        default: return 0
        }
    }

    private static func order<Number: Comparable>(_ left: Number, _ right: Number) -> Int {
        left < right ? -1 : (left > right ? 1 : 0)
    }
}
