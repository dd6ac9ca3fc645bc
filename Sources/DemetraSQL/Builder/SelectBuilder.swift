import DemetraTypes

/// SELECT and the tables of FROM.
enum SelectBuilder {
    static func build(_ node: SyntaxNode) throws(DemetraError) -> SelectCore {
        var core = SelectCore(range: node.range)
        if let distinctOn = node[.distinctOn] {
            core.distinctOn = try ExpressionBuilder.build(distinctOn.all(.items))
        } else if node.has(.distinct) {
            core.distinctOn = []
        }
        core.items = try items(node.all(.items))
        if node.rule == .fromFirst, core.items.isEmpty, core.distinctOn == nil {
            core.items = [.star(qualifier: nil, exclude: [], replace: [], range: node.range)]
        }
        core.from = try tables(node[.from])
        core.whereCondition = try ExpressionBuilder.build(node[.`where`]?[.condition])
        if let latest = node[.latest] {
            core.latest = LatestClause(
                keys: try ExpressionBuilder.build(latest.all(.keys)),
                time: try ExpressionBuilder.build(latest[.time]), range: latest.range)
        }
        if let group = node[.group] {
            core.groupsByAll = group.has(.all)
            if !core.groupsByAll {
                core.groupBy = try group.all(.items).mapThrowing { item throws(DemetraError) in
                    try grouping(item)
                }
            }
        }
        core.having = try ExpressionBuilder.build(node[.having]?[.condition])
        for window in node[.window]?.all(.windows) ?? [] {
            guard let name = window[.name], let specification = window[.window] else { continue }
            core.windows.append(
                NamedWindow(
                    name: name.identifier,
                    specification: try CallBuilder.window_(specification)))
        }
        core.qualify = try ExpressionBuilder.build(node[.qualify]?[.condition])
        return core
    }

    static func items(_ nodes: [SyntaxNode]) throws(DemetraError) -> [SelectItem] {
        var result: [SelectItem] = []
        for node in nodes {
            if let star = node[.star] {
                result.append(try self.star(star))
            } else if let expression = node[.expression] {
                result.append(
                    .expression(
                        try ExpressionBuilder.build(expression), alias: node[.alias]?.identifier))
            }
        }
        return result
    }

    private static func star(_ node: SyntaxNode) throws(DemetraError) -> SelectItem {
        let parts = node.all(.parts).map(\.identifier)
        var replace: [(Expression, Identifier)] = []
        for item in node.all(.replace) {
            guard let expression = item[.expression], let alias = item[.alias] else { continue }
            replace.append((try ExpressionBuilder.build(expression), alias.identifier))
        }
        return .star(
            qualifier: parts.isEmpty ? nil : ObjectName(parts),
            exclude: node.all(.exclude).map(\.identifier), replace: replace, range: node.range)
    }

    private static func grouping(_ node: SyntaxNode) throws(DemetraError) -> GroupingElement {
        if let item = node[.rollup] { return .rollup(try sets(item), item.range) }
        if let item = node[.cube] { return .cube(try sets(item), item.range) }
        if let item = node[.sets] {
            return .sets(
                try item.all(.items).mapThrowing { child throws(DemetraError) in try grouping(child)
                }, item.range)
        }
        if let item = node[.empty] { return .set([], item.range) }
        guard let item = node[.expression] else {
            throw DemetraError(.internalError, "an empty group")
        }
        let expression = try ExpressionBuilder.build(item)
        if case .row(let members) = expression.node { return .set(members, expression.range) }
        return .expression(expression)
    }

    private static func sets(_ node: SyntaxNode) throws(DemetraError) -> [[Expression]] {
        var result: [[Expression]] = []
        for item in node.all(.items) {
            guard let inner = item[.expression] else { continue }
            let expression = try ExpressionBuilder.build(inner)
            if case .row(let members) = expression.node {
                result.append(members)
            } else {
                result.append([expression])
            }
        }
        return result
    }

    // MARK: FROM

    static func tables(_ node: SyntaxNode?) throws(DemetraError) -> [TableReference] {
        try (node?.all(.tables) ?? []).mapThrowing { table throws(DemetraError) in
            try reference(table)
        }
    }

    private static func reference(_ node: SyntaxNode) throws(DemetraError) -> TableReference {
        guard let first = node[.first] else { throw DemetraError(.internalError, "an empty FROM") }
        var result = try item(first)
        for join in node.all(.joins) { result = try self.join(result, join) }
        return result
    }

    private static func join(
        _ left: TableReference, _ node: SyntaxNode
    ) throws(DemetraError) -> TableReference {
        if let right = node[.cross] {
            return .join(.cross, left, try item(right), condition: .none, range: node.range)
        }
        if let right = node[.natural] {
            return .join(
                kind(node[.kind]), left, try item(right), condition: .natural, range: node.range)
        }
        if node.has(.asof), let right = node[.right] {
            return .join(
                node.has(.`left`) ? .asofLeft : .asof, left, try item(right),
                condition: try condition(node[.condition]), range: node.range)
        }
        guard let nested = node[.nested] else {
            throw DemetraError(.internalError, "a join without a right side")
        }
        let (right, on) = try self.nested(nested)
        return .join(kind(node[.kind]), left, right, condition: on, range: node.range)
    }

    /// `b JOIN c ON ... ON ...`: the inner joins belong to the right side.
    private static func nested(
        _ node: SyntaxNode
    ) throws(DemetraError) -> (TableReference, JoinCondition) {
        guard let first = node[.right] else {
            throw DemetraError(.internalError, "a join without a right side")
        }
        var right = try item(first)
        for inner in node.all(.joins) {
            guard let deeper = inner[.nested] else { continue }
            let (table, on) = try nested(deeper)
            right = .join(kind(inner[.kind]), right, table, condition: on, range: inner.range)
        }
        return (right, try condition(node[.condition]))
    }

    private static func kind(_ node: SyntaxNode?) -> JoinKind {
        guard let node else { return .inner }
        if node.has(.`left`) { return .left }
        if node.has(.`right`) { return .right }
        return node.has(.full) ? .full : .inner
    }

    private static func condition(_ node: SyntaxNode?) throws(DemetraError) -> JoinCondition {
        guard let node else { return .none }
        if let on = node[.on] { return .on(try ExpressionBuilder.build(on)) }
        return .using(node.all(.using).map(\.identifier))
    }

    static func item(_ node: SyntaxNode) throws(DemetraError) -> TableReference {
        let table = try unsampled(node)
        guard let sample = node[.sample], let method = sample[.method],
            let percent = sample[.percent]
        else { return table }
        return .sample(
            table,
            TableSample(
                method: method.identifier, percent: try ExpressionBuilder.build(percent),
                seed: try ExpressionBuilder.build(sample[.seed]), range: sample.range))
    }

    private static func unsampled(_ node: SyntaxNode) throws(DemetraError) -> TableReference {
        if let joined = node[.joined] {
            let inner = try reference(joined)
            guard let alias = alias(node[.joinedAlias]) else { return inner }
            // An aliased join is a relation of its own.
            var core = SelectCore(range: node.range)
            core.items = [.star(qualifier: nil, exclude: [], replace: [], range: node.range)]
            core.from = [inner]
            return .query(
                Query(body: .select(core), range: node.range), lateral: false, alias: alias,
                range: node.range)
        }
        let alias = alias(node[.alias])
        let lateral = node.has(.lateral)
        if let query = node[.subquery]?[.query] {
            return .query(
                try QueryBuilder.build(query), lateral: lateral, alias: alias, range: node.range)
        }
        if let function = node[.function], let call = function[.call] {
            if let record = node[.record] {
                return try RecordFunction.table(
                    try CallBuilder.build(call), record, range: node.range)
            }
            return .function(
                try CallBuilder.build(call), lateral: lateral,
                withOrdinality: function.has(.ordinality), alias: alias, range: node.range)
        }
        guard let name = node[.name] else {
            throw DemetraError(.internalError, "a table without a name")
        }
        if let time = node[.moment]?[.time] {
            return .pastTable(
                ExpressionBuilder.objectName(name), time: try ExpressionBuilder.build(time),
                alias: alias)
        }
        return .table(ExpressionBuilder.objectName(name), alias: alias)
    }

    private static func alias(_ node: SyntaxNode?) -> TableAlias? {
        guard let node, let name = node[.name] else { return nil }
        return TableAlias(name: name.identifier, columns: node.all(.columns).map(\.identifier))
    }
}
