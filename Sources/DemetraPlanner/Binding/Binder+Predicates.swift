import DemetraSQL
import DemetraTypes

// BETWEEN, IN, LIKE, and ANY / ALL over lists.

extension Binder {
    func predicate(
        _ expression: Expression, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let range = expression.range
        switch expression.node {
        case .between(let operand, let low, let high, let symmetric, let negated):
            let subject = try bind(operand, context)
            let (a, b) = (try bind(low, context), try bind(high, context))
            let inside = try between(subject, a, b, range)
            guard symmetric else { return negate(inside, negated) }
            let swapped = try between(subject, b, a, range)
            return negate(
                BoundExpression(.or([inside, swapped]), type: .boolean, range: range), negated)
        case .inList(let operand, let items, let negated):
            if case .row(let members) = operand.node {
                return try rowIn(members, items, negated, range, context)
            }
            return try inList(
                try bind(operand, context), try bind(items, context), negated, range)
        case .like(let operand, let pattern, let escape, let kind, let negated):
            let name =
                switch kind {
                case .like: "like"
                case .ilike: "ilike"
                case .similar: "similar_to"
                }
            var arguments = [try bind(operand, context), try bind(pattern, context)]
            if let escape { arguments.append(try bind(escape, context)) }
            let symbol = kind == .like ? "~~" : (kind == .ilike ? "~~*" : "similar to")
            guard arguments.allSatisfy({ $0.type.isText }) else {
                throw noOperator(symbol, arguments.prefix(2).map(\.type), range)
            }
            return negate(try scalarCall(name, arguments, range), negated)
        case .quantifiedArray(let operand, let symbol, let all, let array):
            return try quantified(operand, symbol, all, array, range, context)
        default: throw DemetraError(.internalError, "an unknown predicate")
        }
    }

    private func between(
        _ subject: BoundExpression, _ low: BoundExpression, _ high: BoundExpression,
        _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        BoundExpression(
            .and([
                try compare(.greaterOrEqual, subject, low, range),
                try compare(.lessOrEqual, subject, high, range),
            ]), type: .boolean, range: range)
    }

    func inList(
        _ subject: BoundExpression, _ items: [BoundExpression], _ negated: Bool,
        _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        let types = [subject.type] + items.map(\.type)
        guard TypeCoercion.common(types) != nil else {
            let other = items.first { TypeCoercion.common([subject.type, $0.type]) == nil }
            throw noOperator("=", [subject.type, other?.type ?? .unknown], range)
        }
        let unified = try membersOfOneType(subject, items)
        var values: [Value] = []
        for item in unified.dropFirst() {
            guard case .literal(let value) = item.node else {
                return try anyOf(unified[0], Array(unified.dropFirst()), negated, range)
            }
            values.append(value)
        }
        let hasNull = values.contains { $0.isNull }
        let test = BoundExpression(
            .inList(unified[0], values.filter { !$0.isNull }, hasNull: hasNull), type: .boolean,
            range: range)
        return negate(test, negated)
    }

    /// The subject and the list in one type: the subject's own when every item is a literal it can hold.
    private func membersOfOneType(
        _ subject: BoundExpression, _ items: [BoundExpression]
    ) throws(DemetraError) -> [BoundExpression] {
        var fitted = [subject]
        for item in items {
            guard case .literal(let value) = item.node, subject.type != .unknown,
                let exact = value.isNull
                    ? value : LiteralCast.exact(value, from: item.type, to: subject.type)
            else { break }
            fitted.append(
                BoundExpression(.literal(exact), type: subject.type, range: item.range))
        }
        if fitted.count == items.count + 1 { return fitted }
        return try unify([subject] + items, what: "IN").0
    }

    private func anyOf(
        _ subject: BoundExpression, _ items: [BoundExpression], _ negated: Bool,
        _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        var parts: [BoundExpression] = []
        for item in items { parts.append(try compare(.equal, subject, item, range)) }
        let test =
            parts.count == 1
            ? parts[0] : BoundExpression(.or(parts), type: .boolean, range: range)
        return negate(test, negated)
    }

    private func rowIn(
        _ members: [Expression], _ items: [Expression], _ negated: Bool, _ range: SourceRange,
        _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let left = try bind(members, context)
        var parts: [BoundExpression] = []
        for item in items {
            guard case .row(let fields) = item.node, fields.count == left.count else {
                throw DemetraError(
                    .syntaxError, "unequal number of entries in row expressions"
                ).at(item.range)
            }
            parts.append(try compareRows(.equal, left, try bind(fields, context), range))
        }
        let test =
            parts.count == 1
            ? parts[0] : BoundExpression(.or(parts), type: .boolean, range: range)
        return negate(test, negated)
    }
}
