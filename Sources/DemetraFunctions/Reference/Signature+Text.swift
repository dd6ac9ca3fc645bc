import DemetraTypes

extension ParameterType {
    /// The type as the reference shows it.
    fileprivate var shown: String {
        switch self {
        case .type(let type): type.description
        case .any: "any"
        case .anyElement, .arrayElement: "anyelement"
        case .anyArray: "anyarray"
        }
    }

    /// A type that this parameter takes, to see what a result makes of it: uuid, which no function gives,
    /// stands for any.
    fileprivate var sample: LogicalType {
        switch self {
        case .type(let type): type
        case .any, .anyElement, .arrayElement: .uuid
        case .anyArray: .array(.uuid)
        }
    }
}

extension Signature {
    /// The types of arguments and result: `text, integer [, text]` and `text`.
    ///
    /// As an operator: `text || text`. Of an ordered set: `double precision ORDER BY any`.
    func shown(
        asOperator symbol: String? = nil, asOrderedSet: Bool = false
    ) -> (arguments: String, result: String) {
        (arguments(symbol, asOrderedSet), resultShown)
    }

    private func arguments(_ symbol: String?, _ isOrderedSet: Bool) -> String {
        let types = parameters.map(\.shown)
        if let symbol {
            return types.count == 1
                ? "\(symbol) \(types[0])" : types.joined(separator: " \(symbol) ")
        }
        if isOrderedSet, let last = types.last {
            let direct = types.dropLast().joined(separator: ", ")
            return (direct.isEmpty ? "" : direct + " ") + "ORDER BY \(last)"
        }
        var text = types.prefix(requiredCount).joined(separator: ", ")
        let optional = types.dropFirst(requiredCount)
        for type in optional { text += text.isEmpty ? "[\(type)" : " [, \(type)" }
        text += String(repeating: "]", count: optional.count)
        if let variadic {
            // Where the parameters before it are of the same type, the dots are enough.
            text += variadic.shown == types.last ? " [, ...]" : " [, \(variadic.shown), ...]"
        }
        return text
    }

    /// What the result is for arguments that stand for any: uuid then stands for theirs.
    var sampledResult: LogicalType {
        result.resolve(parameters.map(\.sample) + (variadic.map { [$0.sample] } ?? []))
    }

    private var resultShown: String {
        if case .argument(let index) = result, parameters.indices.contains(index) {
            return parameters[index].shown
        }
        switch sampledResult {
        case .uuid: return "anyelement"
        case .array(.uuid): return "anyarray"
        case let type: return type.description
        }
    }
}
