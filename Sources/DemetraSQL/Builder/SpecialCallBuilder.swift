import DemetraTypes

/// Calls with a syntax of their own, as the ordinary functions they stand for.
enum SpecialCallBuilder {
    static func build(_ node: SyntaxNode) throws(DemetraError) -> FunctionCall {
        if let inner = node[.extract] { return try extract(inner) }
        if let inner = node[.substring] { return try substring(inner) }
        if let inner = node[.trim] { return try trim(inner) }
        if let inner = node[.overlay] {
            return call(
                "overlay", inner,
                try list(inner, [.operand, .with, .from, .`for`]))
        }
        if let inner = node[.position] {
            return call("strpos", inner, try list(inner, [.operand, .needle]))
        }
        if let inner = node[.plain] {
            return call(
                inner[.name]?.name ?? "", inner, try ExpressionBuilder.build(inner.all(.items)))
        }
        let names: [(SyntaxLabel, String)] = [
            (.currentDate, "current_date"), (.currentTimestamp, "now"),
            (.localTimestamp, "localtimestamp"), (.currentUser, "current_user"),
            (.currentRole, "current_user"), (.currentCatalog, "current_database"),
            (.currentSchema, "current_schema"), (.sessionUser, "session_user"),
            (.user, "current_user"),
        ]
        for (label, name) in names where node.has(label) { return call(name, node, []) }
        throw DemetraError(.internalError, "an unknown call")
    }

    private static func call(
        _ name: String, _ node: SyntaxNode, _ arguments: [Expression]
    ) -> FunctionCall {
        FunctionCall(
            name: ObjectName([Identifier(name, range: node.range)]),
            arguments: arguments.map { FunctionArgument(value: .expression($0)) })
    }

    /// The children of these labels that are there, in this order.
    private static func list(
        _ node: SyntaxNode, _ labels: [SyntaxLabel]
    ) throws(DemetraError) -> [Expression] {
        var result: [Expression] = []
        for label in labels {
            if let child = node[label] { result.append(try ExpressionBuilder.build(child)) }
        }
        return result
    }

    private static func extract(_ node: SyntaxNode) throws(DemetraError) -> FunctionCall {
        let field: Expression
        if let word = node[.field] {
            field = Expression(.string(word.name), range: word.range)
        } else {
            field = Expression(
                .string(try node[.text]?.string() ?? ""), range: node[.text]?.range ?? node.range)
        }
        return call("extract", node, [field] + (try list(node, [.operand])))
    }

    private static func substring(_ node: SyntaxNode) throws(DemetraError) -> FunctionCall {
        let operand = try list(node, [.operand])
        let items = try ExpressionBuilder.build(node.all(.items))
        if !items.isEmpty { return call("substring", node, operand + items) }
        if !node.has(.from) {
            let one = Expression(.number("1"), range: node.range)
            return call("substring", node, operand + [one] + (try list(node, [.`for`])))
        }
        return call("substring", node, operand + (try list(node, [.from, .`for`])))
    }

    private static func trim(_ node: SyntaxNode) throws(DemetraError) -> FunctionCall {
        let name = node.has(.leading) ? "ltrim" : (node.has(.trailing) ? "rtrim" : "btrim")
        let items = try ExpressionBuilder.build(node.all(.items))
        if !items.isEmpty { return call(name, node, items) }
        return call(name, node, try list(node, [.operand, .characters]))
    }
}
