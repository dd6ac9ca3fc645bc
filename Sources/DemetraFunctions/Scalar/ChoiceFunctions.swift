import DemetraTypes

/// `greatest` and `least`: NULLs are left out.
enum ChoiceFunctions {
    static let all: [ScalarFunction] = [("greatest", true), ("least", false)].map {
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
