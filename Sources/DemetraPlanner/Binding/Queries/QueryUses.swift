import DemetraFunctions
import DemetraSQL

extension Query {
    /// How often a FROM clause of this query, at any depth, names a table.
    func countUses(of name: String) -> Int {
        // The tree has many shapes; its text names tables in one: this looks at the references alone.
        var count = 0
        var pending: [Query] = [self]
        while let query = pending.popLast() {
            pending += query.with.compactMap(\.query)
            switch query.body {
            case .setOperation(_, _, let left, let right): pending += [left, right]
            case .table(let table): count += table.last.name == name ? 1 : 0
            case .values: break
            case .select(let core):
                for reference in core.from { Self.count(reference, name, &count, &pending) }
                for expression in core.expressions {
                    expression.collectQueries(&pending)
                }
                for item in query.orderBy { item.expression.collectQueries(&pending) }
            }
        }
        return count
    }

    private static func count(
        _ reference: TableReference, _ name: String, _ count: inout Int, _ pending: inout [Query]
    ) {
        switch reference {
        case .table(let table, _):
            if table.parts.count == 1, table.last.name == name { count += 1 }
        case .pastTable: break
        case .sample(let table, _): self.count(table, name, &count, &pending)
        case .query(let query, _, _, _): pending.append(query)
        case .function(let call, _, _, _, _):
            for argument in call.arguments {
                switch argument.value {
                case .table(let table): if table.last.name == name { count += 1 }
                case .expression(let expression): expression.collectQueries(&pending)
                case .star: break
                }
            }
        case .join(_, let left, let right, let condition, _):
            self.count(left, name, &count, &pending)
            self.count(right, name, &count, &pending)
            if case .on(let expression) = condition { expression.collectQueries(&pending) }
        }
    }
}

extension SelectCore {
    /// Every expression of the clauses.
    fileprivate var expressions: [Expression] {
        var result: [Expression] = []
        for item in items {
            if case .expression(let expression, _) = item { result.append(expression) }
        }
        result += [whereCondition, having, qualify].compactMap { $0 }
        result += distinctOn ?? []
        result += latest?.keys ?? []
        for element in groupBy ?? [] {
            if case .expression(let expression) = element { result.append(expression) }
        }
        return result
    }
}

extension Expression {
    /// Adds the subqueries of the expression.
    fileprivate func collectQueries(_ queries: inout [Query]) {
        switch node {
        case .scalarQuery(let query), .exists(let query), .arrayQuery(let query):
            queries.append(query)
        case .inQuery(let operand, let query, _), .quantifiedQuery(let operand, _, _, let query):
            queries.append(query)
            operand.collectQueries(&queries)
        default: for child in children { child.collectQueries(&queries) }
        }
    }
}
