import DemetraSQL
import DemetraTypes

// Comparisons of values and of rows.

extension Binder {
    /// Both sides in one physical type.
    ///
    /// - Throws: 42883 when the types cannot be compared.
    func comparable(
        _ left: BoundExpression, _ right: BoundExpression, _ symbol: String, _ range: SourceRange
    ) throws(DemetraError) -> ((BoundExpression, BoundExpression), LogicalType) {
        if let exact = exactNumericSides(left, right) { return (exact, exact.0.type) }
        if meetsAsItIs(left.type, right.type) { return ((left, right), left.type) }
        guard let type = comparedType(left.type, right.type) else {
            throw noOperator(symbol, [left.type, right.type], range)
        }
        return ((try coerce(left, to: type), try coerce(right, to: type)), type)
    }

    /// Values of two types that lie in memory in the same way and mean the same need no cast, which would
    /// hide a column from zone maps and dictionaries.
    private func meetsAsItIs(_ left: LogicalType, _ right: LogicalType) -> Bool {
        switch (left, right) {
        case (.text, .varchar), (.varchar, .text), (.varchar, .varchar), (.smallint, .integer),
            (.integer, .smallint):
            true
        case (.system(.name), _), (_, .system(.name)), (.system(.char), _), (_, .system(.char)):
            left.isText && right.isText && left != .unknown && right != .unknown
        case (.numeric, .numeric):
            left.physicalType == right.physicalType && left.numericScale == right.numericScale
                && (left == .numeric(nil)) == (right == .numeric(nil))
        default: false
        }
    }

    /// The common type; two decimals of fixed scale meet in one that holds both exactly.
    private func comparedType(_ left: LogicalType, _ right: LogicalType) -> LogicalType? {
        if case .numeric(let a?) = left, case .numeric(let b?) = right {
            let scale = max(a.scale, b.scale)
            let precision = max(a.precision - a.scale, b.precision - b.scale) + scale
            if precision <= 38 {
                return .numeric(NumericModifier(precision: precision, scale: scale))
            }
        }
        return TypeCoercion.common([left, right])
    }

    /// A numeric(p, s) against a literal that it can hold: compared as scaled integers.
    private func exactNumericSides(
        _ left: BoundExpression, _ right: BoundExpression
    ) -> (BoundExpression, BoundExpression)? {
        func scaled(_ literal: BoundExpression, _ type: LogicalType) -> BoundExpression? {
            guard case .numeric(.some) = type, case .literal(let value) = literal.node,
                literal.type.isInteger || literal.type.isNumeric,
                let exact = LiteralCast.exact(value, from: literal.type, to: type)
            else { return nil }
            return BoundExpression(.literal(exact), type: type, range: literal.range)
        }
        if let literal = scaled(right, left.type) { return (left, literal) }
        if let literal = scaled(left, right.type) { return (literal, right) }
        return nil
    }

    func compare(
        _ comparison: Comparison, _ left: BoundExpression, _ right: BoundExpression,
        _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        let (sides, _) = try comparable(left, right, comparison.rawValue, range)
        return BoundExpression(
            .comparison(comparison, sides.0, sides.1), type: .boolean, range: range)
    }

    /// `a IS DISTINCT FROM b`, of rows field by field.
    func distinction(
        _ left: Expression, _ right: Expression, _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        if let (a, b) = try rows(left, right, range, context) {
            var parts: [BoundExpression] = []
            for (x, y) in zip(a, b) { parts.append(try distinct(x, y, range)) }
            return connected(parts, isAnd: false, range)
        }
        return try distinct(try bind(left, context), try bind(right, context), range)
    }

    private func distinct(
        _ left: BoundExpression, _ right: BoundExpression, _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        let (sides, _) = try comparable(left, right, "IS DISTINCT FROM", range)
        return BoundExpression(.isDistinct(sides.0, sides.1), type: .boolean, range: range)
    }

    /// AND or OR of one or more parts.
    func connected(
        _ parts: [BoundExpression], isAnd: Bool, _ range: SourceRange
    ) -> BoundExpression {
        guard parts.count != 1 else { return parts[0] }
        if parts.isEmpty {
            return BoundExpression(.literal(.boolean(isAnd)), type: .boolean, range: range)
        }
        return BoundExpression(isAnd ? .and(parts) : .or(parts), type: .boolean, range: range)
    }

    // MARK: Rows

    /// `(a, b) = (c, d)` and its kin, field by field; nil when neither side is a row.
    func rowComparison(
        _ comparison: Comparison, _ left: Expression, _ right: Expression, _ range: SourceRange,
        _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression? {
        guard let (a, b) = try rows(left, right, range, context) else { return nil }
        return try compareRows(comparison, a, b, range)
    }

    /// The fields of both sides when one is a row; the other may be a subquery that gives one.
    private func rows(
        _ left: Expression, _ right: Expression, _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> ([BoundExpression], [BoundExpression])? {
        func isRow(_ expression: Expression) -> Bool {
            if case .row = expression.node { true } else { false }
        }
        guard isRow(left) || isRow(right) else { return nil }
        let sides = (try fields(left, context), try fields(right, context))
        guard let a = sides.0, let b = sides.1 else { return nil }
        guard a.count == b.count else {
            throw DemetraError(.syntaxError, "unequal number of entries in row expressions").at(
                range)
        }
        return (a, b)
    }

    private func fields(
        _ expression: Expression, _ context: ExpressionContext
    ) throws(DemetraError) -> [BoundExpression]? {
        switch expression.node {
        case .row(let members): return try bind(members, context)
        case .scalarQuery(let query): return try rowQuery(query, expression.range, context)
        default: return nil
        }
    }

    func compareRows(
        _ comparison: Comparison, _ left: [BoundExpression], _ right: [BoundExpression],
        _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        switch comparison {
        case .equal, .notEqual:
            var parts: [BoundExpression] = []
            for (a, b) in zip(left, right) { parts.append(try compare(comparison, a, b, range)) }
            return connected(parts, isAnd: comparison == .equal, range)
        default:
            // a < c OR (a = c AND the rest)
            guard left.count > 1 else { return try compare(comparison, left[0], right[0], range) }
            let strict: Comparison =
                comparison == .less || comparison == .lessOrEqual ? .less : .greater
            let rest = try compareRows(
                comparison, Array(left.dropFirst()), Array(right.dropFirst()), range)
            let tie = connected(
                [try compare(.equal, left[0], right[0], range), rest], isAnd: true, range)
            return connected(
                [try compare(strict, left[0], right[0], range), tie], isAnd: false, range)
        }
    }
}
