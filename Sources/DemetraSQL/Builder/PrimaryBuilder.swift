import DemetraTypes

/// The operands of expressions.
enum PrimaryBuilder {
    static func build(_ node: SyntaxNode) throws(DemetraError) -> Expression {
        if let parenthesised = node[.parenthesised] { return try self.parenthesised(parenthesised) }
        return Expression(try make(node), range: node.range)
    }

    private static func make(_ node: SyntaxNode) throws(DemetraError) -> ExpressionNode {
        if let number = node[.number] {
            return .number(number.source.filter { $0 != "_" })
        }
        if let text = node[.string] { return .string(try text.string()) }
        if let parameter = node[.parameter] {
            guard let number = Int(parameter.source.dropFirst()), number > 0, number <= 65_535
            else {
                throw DemetraError(
                    .undefinedParameter, "there is no parameter \(parameter.source)",
                    position: Int(node.range.lower))
            }
            return .parameter(number)
        }
        if node.has(.null) { return .null }
        if node.has(.`true`) { return .boolean(true) }
        if node.has(.`false`) { return .boolean(false) }
        if node.has(.`default`) { return .defaultValue }
        if let inner = node[.`case`] { return try caseWhen(inner) }
        if let inner = node[.cast], let operand = inner[.operand], let type = inner[.type] {
            return .cast(
                try ExpressionBuilder.build(operand), try ExpressionBuilder.typeName(type))
        }
        if let query = node[.exists]?[.query] { return .exists(try QueryBuilder.build(query)) }
        if let inner = node[.array] {
            if let query = inner[.query] { return .arrayQuery(try QueryBuilder.build(query)) }
            return .array(try ExpressionBuilder.build(inner.all(.items)))
        }
        if let inner = node[.row] { return .row(try ExpressionBuilder.build(inner.all(.items))) }
        if let inner = node[.special] { return .call(try SpecialCallBuilder.build(inner)) }
        if let inner = node[.typed] { return try typedLiteral(inner) }
        if let inner = node[.call] { return .call(try CallBuilder.build(inner)) }
        if let inner = node[.column] {
            let path = (inner[.path] ?? inner).all(.parts).map(\.identifier)
            guard inner.has(.filter) || inner.has(.over) else { return .column(path) }
            return .call(try CallBuilder.metric(path, inner))
        }
        throw DemetraError(.internalError, "an unknown operand")
    }

    /// A subquery, a row, or just parentheses, which leave no trace but their range.
    private static func parenthesised(_ node: SyntaxNode) throws(DemetraError) -> Expression {
        if let query = node[.query] {
            return Expression(.scalarQuery(try QueryBuilder.build(query)), range: node.range)
        }
        guard let first = node[.first] else {
            throw DemetraError(.internalError, "empty parentheses")
        }
        let expression = try ExpressionBuilder.build(first)
        let rest = try ExpressionBuilder.build(node.all(.rest))
        if rest.isEmpty { return Expression(expression.node, range: node.range) }
        return Expression(.row([expression] + rest), range: node.range)
    }

    private static func caseWhen(_ node: SyntaxNode) throws(DemetraError) -> ExpressionNode {
        var branches: [CaseBranch] = []
        for branch in node.all(.branches) {
            guard let condition = branch[.condition], let result = branch[.result] else { continue }
            branches.append(
                CaseBranch(
                    condition: try ExpressionBuilder.build(condition),
                    result: try ExpressionBuilder.build(result)))
        }
        return .caseWhen(
            operand: try ExpressionBuilder.build(node[.operand]), branches,
            otherwise: try ExpressionBuilder.build(node[.otherwise]))
    }

    private static func typedLiteral(_ node: SyntaxNode) throws(DemetraError) -> ExpressionNode {
        let text = try node[.text]?.string() ?? ""
        guard let type = node[.type] else {
            let range = node.range
            let fields = node[.fields].map { fields in
                fields.children.map { $0.source.lowercased() }.joined(separator: " to ")
            }
            return .typedLiteral(
                TypeName(name: "interval", range: range), text, intervalFields: fields)
        }
        var name = type[.name]?.name ?? "text"
        if name == "precision" { name = "float8" }
        if type.has(.with) { name = "timestamptz" }
        if type.has(.without) { name = "timestamp" }
        return .typedLiteral(TypeName(name: name, range: type.range), text, intervalFields: nil)
    }
}
