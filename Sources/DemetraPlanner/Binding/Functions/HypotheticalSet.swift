import DemetraSQL
import DemetraTypes

/// `rank(x) WITHIN GROUP (ORDER BY k)` and its kin: the place that a row would have among those of the group.
///
/// They are written as counts of the rows that would come before it:
///
///     rank           rows before + 1
///     dense_rank     distinct keys before + 1
///     percent_rank   rows before / rows, 0 without rows
///     cume_dist      (rows before or beside + 1) / (rows + 1)
struct HypotheticalSet {
    private static let names: Set<String> = ["rank", "dense_rank", "percent_rank", "cume_dist"]

    private let call: FunctionCall
    private let range: SourceRange
    private let values: [Expression]

    /// Nil for any other call.
    ///
    /// - Throws: 42883 unless there is a value for each key.
    init?(_ call: FunctionCall, _ range: SourceRange) throws(DemetraError) {
        guard !call.withinGroup.isEmpty, Self.names.contains(call.name.last.name) else {
            return nil
        }
        self.call = call
        self.range = range
        values = call.arguments.compactMap { argument in
            if case .expression(let expression) = argument.value { expression } else { nil }
        }
        guard values.count == call.withinGroup.count else {
            throw DemetraError(
                .undefinedFunction,
                "\(call.name.text) has \(values.count) arguments and \(call.withinGroup.count) keys",
                hint: "Give one value for each expression of WITHIN GROUP (ORDER BY ...)."
            ).at(range)
        }
    }

    /// The expression that the call stands for.
    var expression: Expression {
        switch call.name.last.name {
        case "rank": return sum(count(before), number("1"))
        case "dense_rank": return sum(count(before, distinct: true), number("1"))
        case "percent_rank":
            let isEmpty = node(.binary(operator: "=", count(nil), number("0")))
            let share = node(.binary(operator: "/", double(count(before)), count(nil)))
            return node(
                .caseWhen(
                    operand: nil, [CaseBranch(condition: isEmpty, result: double(number("0")))],
                    otherwise: share))
        default:
            let upTo = sum(count(node(.or([before, beside(values.count)]))), number("1"))
            return node(
                .binary(operator: "/", double(upTo), sum(count(nil), number("1"))))
        }
    }

    private func node(_ node: ExpressionNode) -> Expression { Expression(node, range: range) }

    private func number(_ digits: String) -> Expression { node(.number(digits)) }

    private func sum(_ left: Expression, _ right: Expression) -> Expression {
        node(.binary(operator: "+", left, right))
    }

    private func double(_ operand: Expression) -> Expression {
        node(.cast(operand, TypeName(name: "float8", range: range)))
    }

    /// The rows of the group that pass FILTER and a condition, or their distinct keys.
    private func count(_ condition: Expression?, distinct: Bool = false) -> Expression {
        var count = FunctionCall(
            name: ObjectName([Identifier("count", range: range)]), arguments: [])
        count.isStar = !distinct
        if distinct {
            // Of rows those that are NULL count too.
            let keys = call.withinGroup.map(\.expression)
            let isNull = node(.isNull(keys[0], negated: false))
            count.isDistinct = true
            count.arguments = [FunctionArgument(value: .expression(node(.row(keys + [isNull]))))]
        }
        let conditions = [call.filter, condition].compactMap { $0 }
        count.filter = conditions.count > 1 ? node(.and(conditions)) : conditions.first
        return node(.call(count))
    }

    // MARK: Order

    /// Whether a row of the group comes before the values.
    private var before: Expression {
        var parts: [Expression] = []
        for (index, key) in call.withinGroup.enumerated() {
            let value = values[index]
            let nullsFirst = key.nullsFirst ?? key.descending
            let (null, other) = nullsFirst ? (key.expression, value) : (value, key.expression)
            let isNullBefore = node(
                .and([node(.isNull(null, negated: false)), node(.isNull(other, negated: true))]))
            let isBefore = node(
                .binary(operator: key.descending ? ">" : "<", key.expression, value))
            let either = node(.or([isBefore, isNullBefore]))
            parts.append(index == 0 ? either : node(.and([beside(index), either])))
        }
        return parts.count == 1 ? parts[0] : node(.or(parts))
    }

    /// Whether the first keys of a row are the values.
    private func beside(_ count: Int) -> Expression {
        let parts = (0..<count).map { index in
            node(.isDistinct(call.withinGroup[index].expression, values[index], negated: true))
        }
        return parts.count == 1 ? parts[0] : node(.and(parts))
    }
}
