import DemetraFunctions
import DemetraTypes
import DemetraVectors
import Testing

/// Laws that every scalar function keeps, found in the registry by itself: a new function is tested too.
@Suite struct `Scalar functions` {
    static let names = BuiltInFunctions.registry.scalars.filter { _, overloads in
        overloads.contains { $0.volatility != .volatile }
    }.keys.sorted()

    private static let context = EvaluationContext(
        statementTime: Timestamp(microseconds: 1_700_000_000_000_000))

    @Test(arguments: names)
    func `give each row what it would get alone, and never fail on NULL`(name: String) throws {
        let overloads = BuiltInFunctions.registry.scalars[name] ?? []
        for function in overloads where function.volatility != .volatile {
            var random = RandomArguments(seed: 17)
            for _ in 0..<12 { check(function, &random) }
        }
    }

    private func check(_ function: ScalarFunction, _ random: inout RandomArguments) {
        let count = 70
        let types = random.types(function.signature)
        var columns = types.map { random.column($0, count: count) }
        let comment: Comment = "seed \(random.seed), \(function.name)(\(types))"
        let alone = (0..<count).map { row in evaluate(function, types, columns.map { [$0[row]] }) }
        // Rows that fail by their values are made NULL in all arguments: what is left must not fail.
        for row in 0..<count where alone[row] == nil {
            if !function.isStrict { return }
            for index in columns.indices { columns[index][row] = .null }
        }
        guard let whole = evaluate(function, types, columns) else {
            let hasNull = function.isStrict || !columns.isEmpty
            #expect(!hasNull, "\(comment) fails as a whole, though no row fails alone")
            return
        }
        #expect(whole.count == count, comment)
        for row in 0..<count {
            guard let one = alone[row]?.first else { continue }
            #expect(isClose(whole[row], one), "\(comment), row \(row): \(columns.map { $0[row] })")
        }
    }

    /// The values, masked as the engine masks them; nil when the evaluation fails.
    private func evaluate(
        _ function: ScalarFunction, _ types: [LogicalType], _ columns: [[Value]]
    ) -> [Value]? {
        let count = columns.first?.count ?? 1
        let vectors = zip(columns, types).map { Vector($0, type: $1) }
        do throws(DemetraError) {
            let result = try function.evaluate(vectors, count, Self.context)
            guard function.isStrict else { return result.values }
            return (0..<count).map { row in
                columns.contains { $0[row].isNull } ? .null : result.value(at: row)
            }
        } catch {
            return nil
        }
    }
}
