import DemetraFunctions
import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

/// What holds for every aggregate: how rows are cut into batches, spread over workers and told to belong to one
/// group must not show in the result.
@Suite struct `Aggregates` {
    /// Names with argument types of which one overload each is tried.
    private static let calls: [(name: String, types: [LogicalType])] = [
        ("count", [.bigint]), ("sum", [.integer]), ("sum", [.bigint]), ("sum", [.double]),
        ("sum", [.numeric(NumericModifier(precision: 10, scale: 2))]), ("avg", [.bigint]),
        ("avg", [.double]), ("min", [.integer]), ("max", [.bigint]), ("min", [.double]),
        ("max", [.timestamp]), ("min", [.text]), ("first", [.bigint, .timestamp]),
        ("last", [.text, .timestamp]), ("first", [.double, .date]), ("last", [.bigint, .text]),
        ("bool_or", [.boolean]), ("median", [.double]),
    ]

    @Test(arguments: calls.indices)
    func `give the same in one batch, in many, and joined from two workers`(call: Int) throws {
        let (name, types) = Self.calls[call]
        var random = SeededGenerator(seed: 4_100 + UInt64(call))
        let function = try #require(Self.function(name, types))
        let result = function.signature.result.resolve(types)
        for groupCount in [1, 2, 17] {
            let count = 500
            let columns = types.map { Self.column($0, count, &random) }
            let groups = Buffer(
                (0..<count).map { _ in Int32.random(in: 0..<Int32(groupCount), using: &random) })
            let whole = function.makeAccumulator(types, result)
            whole.resize(groupCount: groupCount)
            try whole.update(columns, groups: .rows(groups), count: count)
            let expected = try whole.finish(groupCount: groupCount)

            let parts = [
                function.makeAccumulator(types, result), function.makeAccumulator(types, result),
            ]
            let cut = Int.random(in: 1..<count, using: &random)
            for (part, range) in zip(parts, [0..<cut, cut..<count]) {
                part.resize(groupCount: groupCount)
                // Each worker takes its rows in batches of seven.
                var start = range.lowerBound
                while start < range.upperBound {
                    let length = min(7, range.upperBound - start)
                    try part.update(
                        columns.map { $0.slice(from: start, count: length) },
                        groups: .of(groups.part(from: start, count: length)), count: length)
                    start += length
                }
            }
            let sameGroups = Buffer((0..<groupCount).map { Int32($0) })
            try parts[0].merge(parts[1], groupMap: sameGroups)
            let joined = try parts[0].finish(groupCount: groupCount)
            for group in 0..<groupCount {
                #expect(
                    Self.isClose(joined.value(at: group), expected.value(at: group)),
                    "\(name)\(types) group \(group) of \(groupCount), seed \(random.seed)")
            }
        }
    }

    @Test(arguments: calls.indices)
    func `take rows of one group as rows that all name it`(call: Int) throws {
        let (name, types) = Self.calls[call]
        var random = SeededGenerator(seed: 4_200 + UInt64(call))
        let function = try #require(Self.function(name, types))
        let result = function.signature.result.resolve(types)
        for count in [0, 1, 63, 64, 65, 2_048] {
            let columns = types.map { Self.column($0, count, &random) }
            let one = function.makeAccumulator(types, result)
            let rows = function.makeAccumulator(types, result)
            for accumulator in [one, rows] { accumulator.resize(groupCount: 3) }
            try one.update(columns, groups: .one(1), count: count)
            try rows.update(
                columns, groups: .rows(Buffer(repeating: 1, count: count)), count: count)
            let (a, b) = (try one.finish(groupCount: 3), try rows.finish(groupCount: 3))
            for group in 0..<3 {
                #expect(
                    Self.isClose(a.value(at: group), b.value(at: group)),
                    "\(name)\(types) group \(group), \(count) rows, seed \(random.seed)")
            }
        }
    }

    private static func function(_ name: String, _ types: [LogicalType]) -> AggregateFunction? {
        BuiltInFunctions.registry.aggregates[name]?.first { function in
            function.signature.parameters.count == types.count
                && zip(function.signature.parameters, types).allSatisfy { parameter, type in
                    switch parameter {
                    case .type(let wanted): wanted == type.unmodified
                    default: true
                    }
                }
        }
    }

    /// Values of a type, a fifth of them NULL over fillers that must not be seen.
    private static func column(
        _ type: LogicalType, _ count: Int, _ random: inout SeededGenerator
    ) -> Vector {
        var values: [Value] = []
        for _ in 0..<count {
            let number = Int64.random(in: -50...50, using: &random)
            switch type {
            case .boolean: values.append(.boolean(number > 0))
            case .double: values.append(.double(Double(number) / 4))
            case .text: values.append(.text("t\(number)"))
            case .date: values.append(.date(CalendarDate(days: Int32(number))))
            case .timestamp: values.append(.timestamp(Timestamp(microseconds: number)))
            case .numeric: values.append(.numeric(Decimal(unscaled: Int128(number), scale: 2)))
            default: values.append(.integer(number))
            }
        }
        let vector = Vector(values, type: type)
        let valid = (0..<count).map { _ in Int.random(in: 0..<5, using: &random) > 0 }
        return Vector(
            type: type, count: count, validity: ValidityMask(valid), storage: vector.storage)
    }

    private static func isClose(_ left: Value, _ right: Value) -> Bool {
        if case .double(let a) = left, case .double(let b) = right {
            return a == b || abs(a - b) <= 1e-9 * max(abs(a), abs(b))
        }
        return left == right
    }
}
