import DemetraTypes

/// `greatest` and `least`, which leave NULLs out, and `num_nulls`, which counts them.
enum ChoiceFunctions {
    static let all = extremes + counts

    private static let counts: [ScalarFunction] = [("num_nulls", true), ("num_nonnulls", false)].map
    {
        name, countsNulls in
        ScalarBuilder.general(
            name, Signature([.any], variadic: .any, result: .fixed(.integer)), isStrict: false
        ) { values, _ in
            .integer(Int64(values.count { $0.isNull == countsNulls }))
        }
    }

    private static let extremes: [ScalarFunction] = [("greatest", true), ("least", false)].map {
        name, isGreatest in
        ScalarBuilder.general(
            name, Signature([.anyElement], variadic: .anyElement, result: .argument(0)),
            isStrict: false
        ) { values, _ in
            var best = Value.null
            for value in values {
                if case .null = value { continue }
                if case .null = best {
                    best = value
                    continue
                }
                let order = ValueComparison.compare(value, best)
                if isGreatest ? order > 0 : order < 0 { best = value }
            }
            return best
        }
    }
}
