import DemetraTypes

/// Conditions of paths, in three values: nil is unknown, which an error inside of a condition is, too.
struct JSONPathPredicate {
    let evaluator: JSONPathEvaluator

    func test(
        _ node: JSONPathNode, _ place: JSONPathEvaluator.Place
    ) throws(DemetraError) -> Bool? {
        switch node {
        case .and(let left, let right):
            let first = try test(left, place)
            if first == false { return false }
            let second = try test(right, place)
            return second == true ? first : second
        case .or(let left, let right):
            let first = try test(left, place)
            if first == true { return true }
            let second = try test(right, place)
            return second == false ? first : second
        case .not(let inner): return try test(inner, place).map { !$0 }
        case .isUnknown(let inner): return try test(inner, place) == nil
        case .exists(let inner):
            return try items(inner, place, opens: false).map { !$0.isEmpty }
        case .comparison(let comparison, let left, let right):
            guard let left = try items(left, place), let right = try items(right, place) else {
                return nil
            }
            return try any(left, right) { Self.compare(comparison, $0, $1) }
        case .startsWith(let left, let right):
            guard let left = try items(left, place),
                let right = try items(right, place, opens: false)
            else { return nil }
            return try any(left, right) { whole, start in
                guard case .string(let whole) = whole, case .string(let start) = start else {
                    return nil
                }
                return whole.utf8.starts(with: start.utf8)
            }
        case .likeRegex(let left, let regex):
            guard let left = try items(left, place) else { return nil }
            let matcher = RegexMatcher(regex, capturing: false)
            return try any(left, [.null]) { item, _ in
                guard case .string(var text) = item else { return nil }
                return text.withUTF8 { matcher.matches($0) }
            }
        default: return nil
        }
    }

    /// The items of an operand; nil for what a path makes an error of.
    private func items(
        _ node: JSONPathNode, _ place: JSONPathEvaluator.Place, opens: Bool = true
    ) throws(DemetraError) -> [JSONValue]? {
        do throws(DemetraError) {
            return try evaluator.operands(node, place, opens: opens)
        } catch {
            guard error.isOfPath else { throw error }
            return nil
        }
    }

    /// Whether any pair passes. A pair that cannot be told leaves it unknown: in strict mode at once, in lax mode unless
    /// another one passes.
    private func any(
        _ left: [JSONValue], _ right: [JSONValue], _ passes: (JSONValue, JSONValue) -> Bool?
    ) throws(DemetraError) -> Bool? {
        var (isFound, isUnknown) = (false, false)
        for a in left {
            try evaluator.cancellation.check()
            for b in right {
                switch passes(a, b) {
                case true?:
                    if !evaluator.isStrict { return true }
                    isFound = true
                case false?: break
                case nil:
                    if evaluator.isStrict { return nil }
                    isUnknown = true
                }
            }
        }
        return isFound ? true : isUnknown ? nil : false
    }

    private static func compare(
        _ comparison: JSONPathComparison, _ left: JSONValue, _ right: JSONValue
    ) -> Bool? {
        switch (left, right) {
        case (.null, .null): return comparison.holds(0)
        case (.null, _), (_, .null): return comparison == .notEqual
        case (.boolean(let a), .boolean(let b)):
            return comparison.holds(a == b ? 0 : a ? 1 : -1)
        case (.number, .number):
            guard let a = left.decimal, let b = right.decimal else { return nil }
            return comparison.holds(a.compare(b))
        case (.string(let a), .string(let b)):
            // By bytes of UTF-8, which is the order of code points.
            if a == b { return comparison.holds(0) }
            return comparison.holds(a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : 1)
        default: return nil
        }
    }
}

extension DemetraError {
    /// Whether a condition or `silent` makes nothing of it: errors of values, not of the statement.
    var isOfPath: Bool {
        sqlState.code.hasPrefix("22") && sqlState != .invalidParameterValue
    }
}
