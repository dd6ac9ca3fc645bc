import DemetraTypes

/// Calls of functions, aggregates and window functions.
enum CallBuilder {
    static func build(_ node: SyntaxNode) throws(DemetraError) -> FunctionCall {
        guard let path = node[.name], let word = path[.name] else {
            throw DemetraError(.internalError, "a call without a name")
        }
        var parts: [Identifier] = []
        if let schema = path[.schema] { parts.append(schema.identifier) }
        parts.append(word.identifier)
        var call = FunctionCall(
            name: ObjectName(parts), arguments: try arguments(node.all(.arguments)))
        call.isStar = node.has(.star)
        call.isDistinct = node.has(.distinct)
        call.orderBy = try ExpressionBuilder.orderItems(node[.order])
        call.withinGroup = try ExpressionBuilder.orderItems(node[.within]?[.order])
        try addSuffixes(node, to: &call)
        return call
    }

    /// `roas FILTER (...) OVER (...)`: a metric with what only aggregates take, as a call of `metric`.
    static func metric(
        _ path: [Identifier], _ node: SyntaxNode
    ) throws(DemetraError) -> FunctionCall {
        let name = ObjectName(path)
        var call = FunctionCall(
            name: ObjectName([Identifier(FunctionCall.metricName, range: name.range)]),
            arguments: [
                FunctionArgument(value: .expression(Expression(.column(path), range: name.range)))
            ])
        try addSuffixes(node, to: &call)
        return call
    }

    /// FILTER and OVER.
    private static func addSuffixes(
        _ node: SyntaxNode, to call: inout FunctionCall
    ) throws(DemetraError) {
        call.filter = try ExpressionBuilder.build(node[.filter]?[.condition])
        if let over = node[.over] {
            if let window = over[.window] {
                call.over = .inline(try window_(window))
            } else if let name = over[.name] {
                call.over = .named(name.identifier)
            }
        }
    }

    private static func arguments(
        _ nodes: [SyntaxNode]
    ) throws(DemetraError) -> [FunctionArgument] {
        var result: [FunctionArgument] = []
        for node in nodes {
            guard let value = node[.value] else { continue }
            result.append(
                FunctionArgument(name: node[.name]?.identifier, value: try argument(value)))
        }
        return result
    }

    private static func argument(
        _ node: SyntaxNode
    ) throws(DemetraError) -> FunctionArgumentValue {
        if let table = node[.table] { return .table(ExpressionBuilder.objectName(table)) }
        if let query = node[.query] {
            let range = query.range
            return .expression(
                Expression(.scalarQuery(try QueryBuilder.build(query)), range: range))
        }
        if let star = node[.star] {
            return .star(star[.name].map { ObjectName([$0.identifier]) }, star.range)
        }
        guard let expression = node[.expression] else {
            throw DemetraError(.internalError, "an empty argument")
        }
        return .expression(try ExpressionBuilder.build(expression))
    }

    /// `(base PARTITION BY ... ORDER BY ... frame)`.
    static func window_(_ node: SyntaxNode) throws(DemetraError) -> WindowSpecification {
        var window = WindowSpecification(range: node.range)
        window.base = node[.base]?.identifier
        window.partitionBy = try ExpressionBuilder.build(node.all(.partition))
        window.orderBy = try ExpressionBuilder.orderItems(node[.order])
        if let frame = node[.frame] { window.frame = try self.frame(frame) }
        return window
    }

    private static func frame(_ node: SyntaxNode) throws(DemetraError) -> WindowFrame {
        let unit: WindowFrame.Unit =
            node.has(.rows) ? .rows : (node.has(.groups) ? .groups : .range)
        var exclusion = WindowFrame.Exclusion.none
        if let given = node[.exclusion] {
            if given.has(.currentRow) { exclusion = .currentRow }
            if given.has(.group) { exclusion = .group }
            if given.has(.ties) { exclusion = .ties }
        }
        return WindowFrame(
            unit: unit, start: try bound(node[.start]), end: try bound(node[.end]),
            exclusion: exclusion, range: node.range)
    }

    private static func bound(_ node: SyntaxNode?) throws(DemetraError) -> WindowFrame.Bound {
        guard let node else { return .currentRow }
        if node.has(.unboundedPreceding) { return .unboundedPreceding }
        if node.has(.unboundedFollowing) { return .unboundedFollowing }
        guard let offset = node[.offset] else { return .currentRow }
        let expression = try ExpressionBuilder.build(offset)
        return node.has(.preceding) ? .preceding(expression) : .following(expression)
    }
}
