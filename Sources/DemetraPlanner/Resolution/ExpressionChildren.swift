import DemetraSQL

extension Expression {
    /// The direct operands, those of clauses of calls too; subqueries are no operands.
    var children: [Expression] {
        switch node {
        case .unary(_, let operand), .not(let operand), .isNull(let operand, _),
            .isBoolean(let operand, _, _), .cast(let operand, _), .collate(let operand, _),
            .field(let operand, _),
            .inQuery(let operand, _, _), .quantifiedQuery(let operand, _, _, _):
            [operand]
        case .binary(_, let left, let right), .isDistinct(let left, let right, _),
            .element(let left, let right), .quantifiedArray(let left, _, _, let right):
            [left, right]
        case .slice(let operand, let lower, let upper):
            [operand] + [lower, upper].compactMap { $0 }
        case .and(let operands), .or(let operands), .row(let operands), .array(let operands):
            operands
        case .between(let a, let b, let c, _, _): [a, b, c]
        case .inList(let operand, let items, _): [operand] + items
        case .like(let operand, let pattern, let escape, _, _):
            [operand, pattern] + (escape.map { [$0] } ?? [])
        case .caseWhen(let operand, let branches, let otherwise):
            (operand.map { [$0] } ?? []) + branches.flatMap { [$0.condition, $0.result] }
                + (otherwise.map { [$0] } ?? [])
        case .call(let call): call.children
        default: []
        }
    }
}

extension FunctionCall {
    /// Arguments that are expressions, and the expressions of its clauses.
    var children: [Expression] {
        var result = arguments.compactMap { argument -> Expression? in
            if case .expression(let expression) = argument.value { expression } else { nil }
        }
        result += orderBy.map(\.expression) + withinGroup.map(\.expression)
        if let filter { result.append(filter) }
        if case .inline(let window)? = over {
            result += window.partitionBy + window.orderBy.map(\.expression)
        }
        return result
    }
}
