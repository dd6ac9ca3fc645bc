import DemetraFunctions
import DemetraSQL
import DemetraTypes

// Arrays: their constructors, subscripts, and ANY and ALL over them.

extension Binder {
    /// `ARRAY[a, b]`, `ARRAY(SELECT ...)`, `a[i]`, `a[i:j]`.
    func arrayExpression(
        _ expression: Expression, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let range = expression.range
        switch expression.node {
        case .array(let items): return try arrayConstructor(items, range, context)
        case .arrayQuery(let query): return try arrayQuery(query, range, context)
        case .element(let array, let index):
            let container = try bind(array, context)
            if container.type == .jsonb {
                // A subscript of jsonb is `->`.
                return try scalarCall("->", [container, try bind(index, context)], range)
            }
            let subject = try subscripted(container, range)
            var position = try coerce(try bind(index, context), to: .integer, .assignment)
            if container.type.systemType?.countsFromZero == true {
                let one = BoundExpression(.literal(.integer(1)), type: .integer)
                position = try arithmetic(.add, position, one, range)
            }
            return try scalarCall("array_element", [subject, position], range)
        case .slice(let array, let lower, let upper):
            let subject = try subscripted(try bind(array, context), range)
            let from = try bound(lower, orElse: Int64(Int32.min), context)
            let to = try bound(upper, orElse: Int64(Int32.max), context)
            return try scalarCall("array_slice", [subject, from, to], range)
        case .field(let record, let name): return try field(name, of: record, range, context)
        default: throw DemetraError(.internalError, "an unknown expression over arrays")
        }
    }

    /// `(record).field`.
    private func field(
        _ name: Identifier, of record: Expression, _ range: SourceRange,
        _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let subject = try bind(record, context)
        guard subject.type == .system(.record) else {
            throw DemetraError(
                .wrongObjectType,
                "column notation .\(name.name) applied to type \(subject.type), which is not a "
                    + "composite type"
            ).at(range)
        }
        guard let index = SystemType.recordFields.firstIndex(of: name.name) else {
            throw DemetraError(
                .undefinedColumn, "column \"\(name.name)\" not found in data type record",
                hint: "Its columns are \(SystemType.recordFields.joined(separator: " and "))."
            ).at(name.range)
        }
        let place = BoundExpression(.literal(.integer(Int64(index + 1))), type: .integer)
        return try scalarCall("array_element", [subject, place], range)
    }

    private func bound(
        _ expression: Expression?, orElse missing: Int64, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        guard let expression else {
            return BoundExpression(.literal(.integer(missing)), type: .integer)
        }
        return try coerce(try bind(expression, context), to: .integer, .assignment)
    }

    private func subscripted(
        _ subject: BoundExpression, _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        guard subject.type.arrayElement != nil else {
            throw DemetraError(
                .datatypeMismatch,
                "cannot subscript type \(subject.type) because it does not support subscripting"
            ).at(range)
        }
        return subject
    }

    private func arrayConstructor(
        _ items: [Expression], _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        guard !items.isEmpty else {
            throw DemetraError(
                .indeterminateDatatype, "cannot determine type of empty array",
                hint: "Explicitly cast to the desired type, for example ARRAY[]::integer[]."
            ).at(range)
        }
        let elements = try unify(try bind(items, context), what: "ARRAY").0
        let type = LogicalType.array(elements[0].type)
        try checkDimensions(type, range)
        var values: [Value] = []
        for element in elements {
            guard case .literal(let value) = element.node else {
                return try scalarCall("array", elements, range)
            }
            values.append(value)
        }
        return BoundExpression(.literal(.array(values)), type: type, range: range)
    }

    /// `ARRAY[]::type[]`, which alone says what it is empty of.
    func emptyArray(
        _ operand: Expression, _ type: LogicalType, _ range: SourceRange
    ) -> BoundExpression? {
        guard case .array(let items) = operand.node, items.isEmpty, type.arrayElement != nil
        else { return nil }
        return BoundExpression(.literal(.array([])), type: type, range: range)
    }

    /// The column of a subquery as an array: empty, not NULL, without rows.
    private func arrayQuery(
        _ query: Query, _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let bound = try bindQuery(query, outer: context.scope).typed(self)
        guard bound.plan.columns.count == 1 else {
            throw DemetraError(.syntaxError, "subquery must return only one column").at(range)
        }
        let column = bound.plan.columns[0]
        let collector = AggregateCollector()
        let value = BoundExpression(.column(column.id), type: column.type, range: range)
        try checkDimensions(.array(column.type), range)
        let array = try aggregateCall("array_agg", [value], range, collector)
        attach(
            PendingSubquery(
                kind: .single,
                plan: .aggregate(
                    Aggregation(input: bound.plan, groups: [], calls: collector.calls)),
                correlated: bound.correlated, keys: []), context)
        let empty = BoundExpression(.literal(.array([])), type: array.type, range: range)
        return BoundExpression(.coalesce([array, empty]), type: array.type, range: range)
    }

    // MARK: ANY and ALL

    /// `x op ANY (array)`, `x op ALL (array)`.
    func quantified(
        _ operand: Expression, _ symbol: String, _ all: Bool, _ array: Expression,
        _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        let subject = try bind(operand, context)
        if case .array(let items) = array.node {
            return try quantified(subject, symbol, all, try bind(items, context), range)
        }
        var list = try bind(array, context)
        if list.type == .unknown {
            let element = subject.type == .unknown ? .text : subject.type
            list = try coerce(list, to: .array(element))
        }
        guard let element = list.type.arrayElement else {
            throw DemetraError(
                .wrongObjectType, "op ANY/ALL (array) requires array on right side",
                hint: "Write an array, such as ARRAY[1, 2], or a subquery."
            ).at(array.range)
        }
        if case .literal(.array(let values)) = list.node {
            let items = values.map {
                BoundExpression(.literal($0), type: element, range: array.range)
            }
            return try quantified(subject, symbol, all, items, range)
        }
        if Comparison(rawValue: symbol) != nil {
            guard TypeCoercion.common([subject.type, element]) != nil else {
                throw noOperator(symbol, [subject.type, element], range)
            }
            return try scalarCall(
                ArrayQuantifier.name(symbol, all: all), [subject, list], range, isOperator: true)
        }
        return try matching(subject, symbol, all, list, range)
    }

    /// LIKE, ILIKE and the regular expressions over an array of patterns.
    private func matching(
        _ subject: BoundExpression, _ symbol: String, _ all: Bool, _ patterns: BoundExpression,
        _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        let name =
            symbol.hasSuffix("ILIKE") ? "ilike" : (symbol.hasSuffix("LIKE") ? "like" : symbol)
        guard
            let inner = FunctionResolver.best(
                functions.scalars[name] ?? [], [.text, .text], signature: { $0.signature })
        else { throw noOperator(symbol, [subject.type, patterns.type], range) }
        let function = ArrayQuantifier.function(
            of: inner, symbol: symbol, negated: symbol.hasPrefix("NOT "), all: all)
        let arguments = try castArguments(
            [subject, patterns], function.signature, symbol, range)
        return BoundExpression(.call(function, arguments), type: .boolean, range: range)
    }

    /// A test for each element.
    private func quantified(
        _ subject: BoundExpression, _ symbol: String, _ all: Bool, _ elements: [BoundExpression],
        _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression {
        if symbol == "=", !all, !elements.isEmpty {
            return try inList(subject, elements, false, range)
        }
        var parts: [BoundExpression] = []
        for element in elements {
            if let comparison = Comparison(rawValue: symbol) {
                parts.append(try compare(comparison, subject, element, range))
                continue
            }
            let isNegated = symbol.hasPrefix("NOT ")
            let name =
                symbol.hasSuffix("ILIKE") ? "ilike" : (symbol.hasSuffix("LIKE") ? "like" : symbol)
            parts.append(negate(try scalarCall(name, [subject, element], range), isNegated))
        }
        return connected(parts, isAnd: all, range)
    }

    /// - Throws: 0A000 for an array of arrays.
    func checkDimensions(_ type: LogicalType, _ range: SourceRange) throws(DemetraError) {
        guard type.arrayElement?.arrayElement != nil else { return }
        throw DemetraError(
            .featureNotSupported, "arrays of more than one dimension are not supported",
            hint: "Keep inner lists as jsonb, or in rows of their own."
        ).at(range)
    }

    // MARK: Arguments

    /// The arguments of a call that has parameters for arrays, with elements and arrays of one type.
    ///
    /// - Throws: 42P18 when nothing says what the elements are.
    func castArrayArguments(
        _ arguments: [BoundExpression], _ signature: Signature, _ name: String,
        _ range: SourceRange
    ) throws(DemetraError) -> [BoundExpression] {
        var elements: [LogicalType] = []
        var hasArrays = false
        for (index, argument) in arguments.enumerated() {
            switch signature.parameter(at: index) {
            case .anyArray?:
                hasArrays = true
                if let element = argument.type.arrayElement { elements.append(element) }
            case .arrayElement?: elements.append(argument.type)
            default: continue
            }
        }
        guard hasArrays else { return arguments }
        let known = elements.filter { $0 != .unknown }
        guard let type = TypeCoercion.common(known.isEmpty ? elements : known) else {
            throw noFunction(name, arguments.map(\.type), range)
        }
        guard !elements.isEmpty else {
            throw DemetraError(
                .indeterminateDatatype,
                "could not determine polymorphic type because input has type unknown",
                hint: "Cast the array, as in '{1,2}'::integer[]."
            ).at(range)
        }
        var result = arguments
        for index in arguments.indices {
            switch signature.parameter(at: index) {
            case .anyArray?: result[index] = try coerce(result[index], to: .array(type))
            case .arrayElement?: result[index] = try coerce(result[index], to: type)
            default: continue
            }
        }
        return result
    }

    /// `array || array`, `array || element`, `element || array`.
    func arrayConcatenation(
        _ left: BoundExpression, _ right: BoundExpression, _ range: SourceRange
    ) throws(DemetraError) -> BoundExpression? {
        let (a, b) = (left.type.arrayElement, right.type.arrayElement)
        if a == nil, b == nil { return nil }
        let name: String
        if a != nil, b != nil || right.type == .unknown {
            name = "array_cat"
        } else if b != nil, left.type == .unknown {
            name = "array_cat"
        } else {
            name = a != nil ? "array_append" : "array_prepend"
        }
        guard TypeCoercion.common([a ?? left.type, b ?? right.type]) != nil else {
            throw noOperator("||", [left.type, right.type], range)
        }
        return try scalarCall(name, [left, right], range, isOperator: true)
    }
}
