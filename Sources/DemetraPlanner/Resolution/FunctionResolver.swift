import DemetraFunctions
import DemetraTypes

/// Finds the overload of a function that fits the arguments.
///
/// As in PostgreSQL: an exact match wins; else, among those reachable by implicit casts, the one with
/// the most exact arguments, then the one whose parameters are the preferred types of their kind.
enum FunctionResolver {
    /// How well a signature fits; nil when it does not.
    static func score(_ signature: Signature, _ types: [LogicalType]) -> Int? {
        guard signature.accepts(argumentCount: types.count) else { return nil }
        var score = 0
        for (index, type) in types.enumerated() {
            guard let parameter = signature.parameter(at: index) else { return nil }
            switch parameter {
            case .any, .anyElement: score += type == .unknown ? 1 : 2
            case .arrayElement:
                if type.arrayElement != nil { return nil }
                score += type == .unknown ? 1 : 2
            case .anyArray:
                guard type == .unknown || type.arrayElement != nil else { return nil }
                score += type == .unknown ? 1 : 20
            case .type(let wanted):
                if wanted.unmodified == type.unmodified {
                    score += 100
                } else if type == .unknown {
                    score += wanted == .text ? 12 : (isPreferred(wanted) ? 10 : 8)
                } else if TypeCoercion.isImplicit(type, wanted) {
                    // The nearest step of a ladder is better than a far one.
                    let distance =
                        (TypeCoercion.rank(wanted) ?? 0) - (TypeCoercion.rank(type) ?? 0)
                    score += (isPreferred(wanted) ? 20 : 10) - max(0, min(distance, 8))
                } else {
                    return nil
                }
            }
        }
        return score
    }

    private static func isPreferred(_ type: LogicalType) -> Bool {
        switch type {
        case .double, .text, .timestamptz, .interval, .boolean: true
        default: false
        }
    }

    /// The best of several overloads.
    static func best<Function>(
        _ functions: [Function], _ types: [LogicalType], signature: (Function) -> Signature
    ) -> Function? {
        var best: (score: Int, function: Function)?
        for function in functions {
            guard let score = score(signature(function), types) else { continue }
            if best == nil || score > best?.score ?? 0 { best = (score, function) }
        }
        return best?.function
    }
}
