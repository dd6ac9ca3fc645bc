import DemetraTypes

/// What stands behind an operand: IS, IN, BETWEEN, LIKE, `::` and their kin.
enum SuffixBuilder {
    static func build(_ node: SyntaxNode) throws(DemetraError) -> Expression {
        let parts = node.children
        let operand = try ExpressionBuilder.build(parts[0])
        let suffix = parts[1]
        return Expression(try make(operand, suffix), range: node.range)
    }

    private static func required(
        _ node: SyntaxNode, _ label: SyntaxLabel
    ) throws(DemetraError) -> Expression {
        guard let child = node[label] else {
            throw DemetraError(.internalError, "a part of the syntax tree is missing")
        }
        return try ExpressionBuilder.build(child)
    }

    private static func make(
        _ operand: Expression, _ suffix: SyntaxNode
    ) throws(DemetraError) -> ExpressionNode {
        let negated = suffix.has(.negated)
        switch suffix.rule {
        case .elementSuffix:
            guard suffix.has(.slice) else {
                guard let index = suffix[.index] else { return operand.node }
                return .element(operand, try ExpressionBuilder.build(index))
            }
            return .slice(
                operand, lower: try ExpressionBuilder.build(suffix[.index]),
                upper: try ExpressionBuilder.build(suffix[.upper]))
        case .fieldSuffix:
            guard let name = suffix[.name] else { return operand.node }
            return .field(operand, name.identifier)
        case .castSuffix:
            guard let type = suffix[.type] else { return operand.node }
            return .cast(operand, try ExpressionBuilder.typeName(type))
        case .collateSuffix:
            guard let name = suffix[.name] else { return operand.node }
            return .collate(operand, ExpressionBuilder.objectName(name))
        case .timeZoneSuffix:
            let name = Identifier("timezone", range: suffix.range)
            return .call(
                FunctionCall(
                    name: ObjectName([name]),
                    arguments: [try required(suffix, .zone), operand].map {
                        FunctionArgument(value: .expression($0))
                    }))
        case .operatorSuffix:
            return .binary(
                operator: suffix[.op]?.source ?? "", operand, try required(suffix, .operand))
        case .betweenSuffix:
            return .between(
                operand, try required(suffix, .low), try required(suffix, .high),
                symmetric: suffix.has(.symmetric), negated: negated)
        case .inSuffix:
            if let query = suffix[.query] {
                return .inQuery(operand, try QueryBuilder.build(query), negated: negated)
            }
            return .inList(
                operand, try ExpressionBuilder.build(suffix.all(.items)), negated: negated)
        case .likeSuffix: return try like(operand, suffix, negated)
        case .quantifiedSuffix:
            let symbol = suffix[.op]?.source ?? "="
            return try quantified(operand, suffix, symbol == "!=" ? "<>" : symbol)
        case .isSuffix: return try isTest(operand, suffix, negated)
        default: throw DemetraError(.internalError, "an unknown part of an expression")
        }
    }

    private static func like(
        _ operand: Expression, _ suffix: SyntaxNode, _ negated: Bool
    ) throws(DemetraError) -> ExpressionNode {
        let kind: LikeKind =
            suffix.has(.ilike) ? .ilike : (suffix.has(.similar) ? .similar : .like)
        if suffix.has(.quantifier) {
            let name = kind == .ilike ? "ILIKE" : "LIKE"
            return try quantified(operand, suffix, negated ? "NOT " + name : name)
        }
        return .like(
            operand, try required(suffix, .pattern),
            escape: try ExpressionBuilder.build(suffix[.escape]), kind, negated: negated)
    }

    private static func quantified(
        _ operand: Expression, _ suffix: SyntaxNode, _ symbol: String
    ) throws(DemetraError) -> ExpressionNode {
        let all = suffix[.quantifier]?.has(.all) ?? false
        if let query = suffix[.query] {
            return .quantifiedQuery(
                operand, operator: symbol, all: all, try QueryBuilder.build(query))
        }
        return .quantifiedArray(
            operand, operator: symbol, all: all, try required(suffix, .array))
    }

    private static func isTest(
        _ operand: Expression, _ suffix: SyntaxNode, _ negated: Bool
    ) throws(DemetraError) -> ExpressionNode {
        if suffix.has(.notNull) { return .isNull(operand, negated: true) }
        if suffix.has(.null) { return .isNull(operand, negated: negated) }
        if suffix.has(.`true`) { return .isBoolean(operand, true, negated: negated) }
        if suffix.has(.`false`) { return .isBoolean(operand, false, negated: negated) }
        if suffix.has(.unknown) { return .isBoolean(operand, nil, negated: negated) }
        return .isDistinct(operand, try required(suffix, .distinct), negated: negated)
    }
}
