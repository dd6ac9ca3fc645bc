import DemetraCatalog
import DemetraFunctions
import DemetraSQL
import DemetraTypes

// Expressions: literals, columns, operators.

extension Binder {
    /// Resolves an expression.
    func bind(
        _ expression: Expression, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth < 1_500 else {
            throw DemetraError(.statementTooComplex, "statement too complex").at(expression.range)
        }
        do throws(DemetraError) {
            return try bindNode(expression, context)
        } catch {
            throw error.at(expression.range)
        }
    }

    func bind(
        _ expressions: [Expression], _ context: ExpressionContext
    ) throws(DemetraError) -> [BoundExpression] {
        var result: [BoundExpression] = []
        result.reserveCapacity(expressions.count)
        for expression in expressions { result.append(try bind(expression, context)) }
        return result
    }

    private func bindNode(
        _ expression: Expression, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let range = expression.range
        switch expression.node {
        case .null: return BoundExpression(.literal(.null), type: .unknown, range: range)
        case .boolean(let value):
            return BoundExpression(.literal(.boolean(value)), type: .boolean, range: range)
        case .number(let text): return try number(text, range)
        case .string(let text):
            return BoundExpression(.literal(.text(text)), type: .unknown, range: range)
        case .typedLiteral(let name, let text, let fields):
            return try typedLiteral(name, text, fields, range)
        case .parameter(let number): return try parameter(number, range)
        case .column(let path): return try column(path, range, context)
        case .unary(let symbol, let operand): return try unary(symbol, operand, range, context)
        case .binary(let symbol, let left, let right):
            return try binary(symbol, left, right, range, context)
        case .and(let operands): return try connect(operands, range, context, isAnd: true)
        case .or(let operands): return try connect(operands, range, context, isAnd: false)
        case .not(let operand):
            let bound = try condition(try bind(operand, context), "NOT")
            return BoundExpression(.not(bound), type: .boolean, range: range)
        case .isNull(let operand, let negated): return try isNull(operand, negated, range, context)
        case .isBoolean(let operand, let value, let negated):
            let bound = try condition(try bind(operand, context), "IS")
            return negate(
                BoundExpression(.isBoolean(bound, value), type: .boolean, range: range), negated)
        case .isDistinct(let left, let right, let negated):
            return negate(try distinction(left, right, range, context), negated)
        case .between, .inList, .like, .quantifiedArray:
            return try predicate(expression, context)
        case .array, .arrayQuery, .element, .slice, .field:
            return try arrayExpression(expression, context)
        case .inQuery, .quantifiedQuery, .exists, .scalarQuery:
            return try subquery(expression, context)
        case .caseWhen(let operand, let branches, let otherwise):
            return try caseWhen(operand, branches, otherwise, range, context)
        case .cast(let operand, let name):
            let type = try TypeNames.resolve(name)
            if let empty = emptyArray(operand, type, range) { return empty }
            return try coerce(try bind(operand, context), to: type, .explicit).over(range)
        case .call(let call): return try bindCall(call, range, context)
        case .collate(let operand, let name):
            guard ["C", "POSIX", "default", "c", "ucs_basic"].contains(name.last.name) else {
                throw DemetraError(
                    .undefinedObject, "collation \"\(name.text)\" does not exist",
                    hint: "Text is compared by bytes, as with COLLATE \"C\".")
            }
            return try bind(operand, context)
        case .defaultValue:
            throw DemetraError(.syntaxError, "DEFAULT is not allowed in this context")
        case .row:
            throw DemetraError(
                .featureNotSupported, "a row is only allowed in comparisons and IN")
        }
    }

    func negate(_ expression: BoundExpression, _ negated: Bool) -> BoundExpression {
        negated
            ? BoundExpression(.not(expression), type: .boolean, range: expression.range)
            : expression
    }

    // MARK: Literals

    private func number(_ text: String, _ range: SourceRange) throws(DemetraError)
        -> BoundExpression
    {
        if text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), let value = Int64(text) {
            let type: LogicalType = value <= Int64(Int32.max) ? .integer : .bigint
            return BoundExpression(.literal(.integer(value)), type: type, range: range)
        }
        return try decimalLiteral(text, isNegative: false, range)
    }

    /// An exact number, or a double where its exponent leaves the range of exact ones: `1e308`, `1e-300`.
    func decimalLiteral(
        _ text: String, isNegative: Bool, _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        let hasExponent = text.utf8.contains { $0 | 0x20 == UInt8(ascii: "e") }
        let parsed = hasExponent ? try? Decimal.parse(text) : try Decimal.parse(text)
        if let value = parsed, !value.unscaled.isZero || Double(text) == 0 {
            let signed = isNegative ? value.negated : value
            return BoundExpression(.literal(.numeric(signed)), type: .numeric(nil), range: range)
        }
        guard let value = Double(text), value.isFinite else {
            throw DemetraError(
                .numericValueOutOfRange, "\"\(text)\" is out of range for type double precision"
            ).at(range)
        }
        return BoundExpression(
            .literal(.double(isNegative ? -value : value)), type: .double, range: range)
    }

    private func typedLiteral(
        _ name: TypeName, _ text: String, _ fields: String?, _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        let type = try TypeNames.resolve(name)
        if type == .interval {
            let value = try IntervalText.parse(text, fields: fields)
            return BoundExpression(.literal(.interval(value)), type: .interval, range: range)
        }
        let literal = BoundExpression(.literal(.text(text)), type: .unknown, range: range)
        return try coerce(literal, to: type, .explicit)
    }

    // MARK: Columns

    private func column(
        _ path: [Identifier], _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let name = path[path.count - 1].name
        let relation = path.count > 1 ? path[path.count - 2].name : nil
        let schema = try schemaName(ObjectName(path.dropLast()))
        var scope: Scope? = context.scope
        var passed: [Scope] = []
        while let current = scope {
            switch current.lookUp(name, relation: relation, schema: schema) {
            case .found(let column):
                if passed.isEmpty {
                    return BoundExpression(.column(column.id), type: column.type, range: range)
                }
                for inner in passed { inner.noteCorrelation(column) }
                return BoundExpression(.outerColumn(column.id), type: column.type, range: range)
            case .ambiguous:
                throw DemetraError(
                    .ambiguousColumn, "column reference \"\(name)\" is ambiguous",
                    hint: "Write the table's name before it.")
            case .missing:
                passed.append(current)
                scope = current.parent
            }
        }
        if relation == nil, let alias = context.outputAliases[name] { return alias.over(range) }
        let isReachable =
            relation == nil || context.scope.relations.contains { $0.name == relation }
        if isReachable, !metricDefinitions(name).isEmpty {
            return try bindMetric(MetricReference(path: path, range: range), context)
        }
        if path.count == 1, context.laterNames.contains(name) {
            throw DemetraError(
                .undefinedColumn, "column \"\(name)\" does not exist",
                hint:
                    "\"\(name)\" is an output name; \(context.clause) is applied before there are any. "
                    + "Repeat its expression, or filter by it in QUALIFY.")
        }
        throw undefinedColumn(path, context.scope)
    }

    private func undefinedColumn(_ path: [Identifier], _ scope: Scope) -> DemetraError {
        let name = path[path.count - 1].name
        if path.count > 1 {
            let relation = path[path.count - 2].name
            var known: Scope? = scope
            while let current = known {
                let schema = path.count > 2 ? path[path.count - 3].name : nil
                if current.relations.contains(where: { $0.isKnown(as: relation, in: schema) }) {
                    break
                }
                known = current.parent
            }
            if known == nil {
                return DemetraError(
                    .undefinedTable, "missing FROM-clause entry for table \"\(relation)\"",
                    hint: NearestName.find(relation, among: scope.relations.compactMap(\.name))
                        .map { "Perhaps you meant \"\($0)\"." })
            }
            return DemetraError(
                .undefinedColumn, "column \(relation).\(name) does not exist",
                hint: suggestion(name, scope))
        }
        return DemetraError(
            .undefinedColumn, "column \"\(name)\" does not exist",
            hint: suggestion(name, scope) ?? literalHint(path[path.count - 1]))
    }

    /// Other dialects take a text in double quotes, and units as bare words.
    private func literalHint(_ identifier: Identifier) -> String? {
        let name = identifier.name
        let isQuoted = Int(identifier.range.upper) - Int(identifier.range.lower) > name.utf8.count
        if isQuoted { return "A text stands in single quotes: '\(name)'." }
        guard name.utf8.count > 2, DateTimeUnit(name: name) != nil else { return nil }
        return "A unit is a text: date_trunc('\(name)', ts)."
    }

    private func suggestion(_ name: String, _ scope: Scope) -> String? {
        suggestion(name, scope, orOneOf: metricNames)
    }

    /// A hint to the column, or the metric among some, whose name is nearest; nil when none is near.
    func suggestion(_ name: String, _ scope: Scope, orOneOf metrics: [String]) -> String? {
        let columns = scope.relations.flatMap { $0.columns.map(\.name) }
        guard let nearest = NearestName.find(name, among: columns + metrics) else { return nil }
        guard columns.contains(nearest) else {
            return "Perhaps you meant the metric \"\(nearest)\"."
        }
        let full = scope.columnNames.first { $0 == nearest || $0.hasSuffix("." + nearest) }
        return "Perhaps you meant to reference the column \"\(full ?? nearest)\"."
    }

    // MARK: Logic

    private func connect(
        _ operands: [Expression], _ range: SourceRange, _ context: ExpressionContext, isAnd: Bool
    ) throws(DemetraError) -> BoundExpression {
        var bound: [BoundExpression] = []
        for operand in operands {
            bound.append(try condition(try bind(operand, context), isAnd ? "AND" : "OR"))
        }
        return BoundExpression(isAnd ? .and(bound) : .or(bound), type: .boolean, range: range)
    }

    private func isNull(
        _ operand: Expression, _ negated: Bool, _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        if case .row(let members) = operand.node {
            // A row is NULL when all of it is, and NOT NULL when none of it is.
            var parts: [BoundExpression] = []
            for member in members {
                let test = BoundExpression(
                    .isNull(try bind(member, context)), type: .boolean, range: range)
                parts.append(negate(test, negated))
            }
            return BoundExpression(.and(parts), type: .boolean, range: range)
        }
        let test = BoundExpression(
            .isNull(try bind(operand, context)), type: .boolean, range: range)
        return negate(test, negated)
    }

    private func caseWhen(
        _ operand: Expression?, _ branches: [CaseBranch], _ otherwise: Expression?,
        _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let sets = context.sets
        context.sets = nil
        defer { context.sets = sets }
        var conditions: [BoundExpression] = []
        var results: [BoundExpression] = []
        var subject: BoundExpression?
        if let operand { subject = try bind(operand, context) }
        for branch in branches {
            let bound = try bind(branch.condition, context)
            if let subject {
                conditions.append(try compare(.equal, subject, bound, branch.condition.range))
            } else {
                conditions.append(try condition(bound, "CASE/WHEN"))
            }
            results.append(try bind(branch.result, context))
        }
        if let otherwise { results.append(try bind(otherwise, context)) }
        let (unified, type) = try unify(results, what: "CASE")
        let bound = conditions.indices.map {
            BoundBranch(condition: conditions[$0], result: unified[$0])
        }
        return BoundExpression(
            .caseWhen(bound, otherwise: otherwise == nil ? nil : unified.last), type: type,
            range: range)
    }
}

extension BoundExpression {
    /// The same expression with the place of what it came from.
    func over(_ range: SourceRange) -> BoundExpression {
        BoundExpression(node, type: type, range: range)
    }

    /// The same expression under another type of the same values.
    func retyped(_ type: LogicalType) -> BoundExpression {
        BoundExpression(node, type: type, range: range)
    }
}
