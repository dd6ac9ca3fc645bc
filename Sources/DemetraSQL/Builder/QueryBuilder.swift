import DemetraTypes

/// Turns the nodes of queries into `Query`s.
enum QueryBuilder {
    static func build(_ node: SyntaxNode) throws(DemetraError) -> Query {
        guard let body = node[.body] else {
            throw DemetraError(.internalError, "a query without a body")
        }
        var query = try setExpression(body)
        let isWrapped = node.has(.with) || node.has(.order) || node.has(.limit)
        if isWrapped, query.hasOwnClauses {
            // `(SELECT ... LIMIT 1) ORDER BY ...`: the outer clauses apply to the whole inner query.
            query = Query(body: .select(Self.everything(of: query)), range: node.range)
        }
        query.range = node.range
        if let with = node[.with] {
            let clause = try self.with(with)
            (query.with, query.isRecursive) = (clause.tables, clause.isRecursive)
        }
        if let all = node[.order]?[.all] {
            query.orderAll = OrderAll(
                descending: all.has(.desc),
                nullsFirst: all.has(.first) ? true : all.has(.last) ? false : nil,
                range: all.range)
        } else if let order = node[.order] {
            query.orderBy = try ExpressionBuilder.orderItems(order)
        }
        for limit in node.all(.limit) { try apply(limit, &query) }
        return query
    }

    /// `SELECT * FROM (query)`.
    private static func everything(of query: Query) -> SelectCore {
        var core = SelectCore(range: query.range)
        core.items = [.star(qualifier: nil, exclude: [], replace: [], range: query.range)]
        core.from = [.query(query, lateral: false, alias: nil, range: query.range)]
        return core
    }

    /// WITH.
    static func with(_ node: SyntaxNode) throws(DemetraError) -> WithClause {
        WithClause(
            tables: try node.all(.tables).mapThrowing { table throws(DemetraError) in
                try commonTable(table)
            }, isRecursive: node.has(.recursive))
    }

    private static func commonTable(
        _ node: SyntaxNode
    ) throws(DemetraError) -> CommonTableExpression {
        guard let name = node[.name] else { throw StatementBuilder.missing() }
        let content: CommonTableExpression.Content
        if let query = node[.query] {
            content = .query(try build(query))
        } else if let change = try StatementBuilder.change(node) {
            content = .change(change)
        } else {
            throw StatementBuilder.missing()
        }
        var materialized: Bool?
        if node.has(.materialized) { materialized = true }
        if node.has(.notMaterialized) { materialized = false }
        return CommonTableExpression(
            name: name.identifier, columns: node.all(.columns).map(\.identifier),
            materialized: materialized, content: content)
    }

    private static func apply(_ node: SyntaxNode, _ query: inout Query) throws(DemetraError) {
        if let limit = node[.limit] { query.limit = try ExpressionBuilder.build(limit) }
        if let offset = node[.offset] { query.offset = try ExpressionBuilder.build(offset) }
        if let fetch = node[.fetch] {
            if let number = fetch[.number] {
                query.limit = Expression(
                    .number(number.source.filter { $0 != "_" }), range: number.range)
            } else if let expression = fetch[.expression] {
                query.limit = try ExpressionBuilder.build(expression)
            }
        } else if !node.has(.limit), !node.has(.offset), !node.has(.all) {
            query.limit = Expression(.number("1"), range: node.range)
        }
        if node.has(.ties) { query.withTies = true }
    }

    private static func setExpression(_ node: SyntaxNode) throws(DemetraError) -> Query {
        guard let first = node[.first] else { throw DemetraError(.internalError, "an empty query") }
        var query =
            node.rule == .setExpression ? try setExpression(first) : try primary(first)
        for part in node.all(.rest) {
            guard let operand = part[.operand] else { continue }
            let right =
                node.rule == .setExpression ? try setExpression(operand) : try primary(operand)
            let operation: SetOperator =
                part.rule == .intersectPart ? .intersect : (part.has(.except) ? .except : .union)
            query = Query(
                body: .setOperation(operation, all: part.has(.all), query, right),
                range: query.range.union(right.range))
        }
        return query
    }

    private static func primary(_ node: SyntaxNode) throws(DemetraError) -> Query {
        if let select = node[.select] {
            return Query(body: .select(try SelectBuilder.build(select)), range: node.range)
        }
        if let values = node[.values] {
            var rows: [[Expression]] = []
            for row in values.all(.rows) {
                rows.append(try ExpressionBuilder.build(row.all(.items)))
            }
            return Query(body: .values(rows, range: values.range), range: node.range)
        }
        if let table = node[.table] {
            return Query(body: .table(ExpressionBuilder.objectName(table)), range: node.range)
        }
        guard let query = node[.query] else { throw DemetraError(.internalError, "an empty query") }
        return try build(query)
    }
}

extension Query {
    /// WITH, ORDER BY or LIMIT of its own.
    fileprivate var hasOwnClauses: Bool {
        !with.isEmpty || isOrdered || limit != nil || offset != nil
    }
}

extension Array {
    /// `map` for a closure that throws the project's error.
    func mapThrowing<Result>(
        _ body: (Element) throws(DemetraError) -> Result
    ) throws(DemetraError) -> [Result] {
        var result: [Result] = []
        result.reserveCapacity(count)
        for element in self { result.append(try body(element)) }
        return result
    }
}
