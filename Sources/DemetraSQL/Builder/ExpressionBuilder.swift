import DemetraTypes

/// Turns the nodes of expressions into `Expression`s.
///
/// Bounded by the parser's nesting limit, so its own recursion is too.
enum ExpressionBuilder {
    static func build(_ node: SyntaxNode) throws(DemetraError) -> Expression {
        switch node.rule {
        case .binaryOperation:
            let parts = node.children
            let symbol = parts[1].source
            return Expression(
                .binary(
                    operator: symbol == "!=" ? "<>" : symbol, try build(parts[0]),
                    try build(parts[2])), range: node.range)
        case .chainOperation: return try chain(node)
        case .prefixOperation:
            let parts = node.children
            let operand = try build(parts[1])
            if parts[0].token.keyword == .not {
                return Expression(.not(operand), range: node.range)
            }
            return Expression(.unary(operator: parts[0].source, operand), range: node.range)
        case .suffixOperation: return try SuffixBuilder.build(node)
        case .primary: return try PrimaryBuilder.build(node)
        default:
            throw DemetraError(
                .internalError, "the syntax tree has no expression here",
                position: Int(node.range.lower))
        }
    }

    static func build(_ nodes: [SyntaxNode]) throws(DemetraError) -> [Expression] {
        var result: [Expression] = []
        result.reserveCapacity(nodes.count)
        for node in nodes { result.append(try build(node)) }
        return result
    }

    static func build(_ node: SyntaxNode?) throws(DemetraError) -> Expression? {
        guard let node else { return nil }
        let expression: Expression = try build(node)
        return expression
    }

    private static func chain(_ node: SyntaxNode) throws(DemetraError) -> Expression {
        var operands: [Expression] = []
        var isAnd = true
        for child in node.children {
            if child.rule == .leaf {
                isAnd = child.token.keyword == .and
            } else {
                operands.append(try build(child))
            }
        }
        return Expression(isAnd ? .and(operands) : .or(operands), range: node.range)
    }

    // MARK: Names and types

    static func objectName(_ node: SyntaxNode) -> ObjectName {
        ObjectName(node.all(.parts).map(\.identifier))
    }

    static func typeName(_ node: SyntaxNode) throws(DemetraError) -> TypeName {
        guard let base = node[.base] else {
            throw DemetraError(.internalError, "a type without a name")
        }
        var name = "text"
        if let word = base[.name] {
            // In quotes it is the type of one byte, without them a text of one character.
            name = word.source == TypeName.oneByte ? TypeName.oneByte : word.name
        }
        if base.has(.`double`) { name = "float8" }
        if base.has(.characterVarying) { name = "varchar" }
        if base.has(.timestamptz) { name = "timestamptz" }
        if base.has(.timestamp) { name = "timestamp" }
        if base.has(.timetz) { name = "timetz" }
        if base.has(.time) { name = "time" }
        var modifiers: [Int] = []
        for value in base[.modifiers]?.all(.values) ?? [] {
            modifiers.append(Int(value.source) ?? -1)
        }
        return TypeName(
            name: name, modifiers: modifiers, arrayDepth: node.all(.brackets).count,
            range: node.range)
    }

    // MARK: Lists

    static func orderItems(_ node: SyntaxNode?) throws(DemetraError) -> [OrderItem] {
        var result: [OrderItem] = []
        for item in node?.all(.items) ?? [] {
            guard let expression = item[.expression] else { continue }
            var nullsFirst: Bool?
            if item.has(.first) { nullsFirst = true }
            if item.has(.last) { nullsFirst = false }
            result.append(
                OrderItem(
                    expression: try build(expression), descending: item.has(.desc),
                    nullsFirst: nullsFirst))
        }
        return result
    }
}
