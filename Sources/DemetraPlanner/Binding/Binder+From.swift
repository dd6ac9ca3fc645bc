import DemetraCatalog
import DemetraFunctions
import DemetraSQL
import DemetraTypes

// FROM: tables, subqueries, functions and joins.

extension Binder {
    /// The plan of a FROM clause; its relations are added to `scope`.
    func bindFrom(
        _ references: [TableReference], _ scope: Scope
    ) throws(DemetraError) -> LogicalPlan {
        var plan: LogicalPlan?
        for reference in references {
            let (next, relations) = try bindReference(reference, scope)
            try checkAliases(scope.relations + relations, reference)
            scope.relations += relations
            let available = Set(plan?.columns.map(\.id) ?? [])
            // What a derived table takes from further out, this query takes from there too.
            for column in next.correlated where !available.contains(column.id) {
                scope.noteCorrelation(column)
            }
            plan = plan.map { combine($0, next) } ?? next.plan
        }
        return plan ?? .oneRow
    }

    /// A cross join, or an apply when the right side looks at the left.
    private func combine(
        _ left: LogicalPlan, _ right: BoundQuery
    ) -> LogicalPlan {
        let available = Set(left.columns.map(\.id))
        let used = right.correlated.filter { available.contains($0.id) }
        if used.isEmpty {
            return .join(JoinPlan(kind: .inner, left: left, right: right.plan))
        }
        return .apply(
            ApplyPlan(kind: .inner, left: left, right: right.plan, correlated: right.correlated))
    }

    func checkAliases(
        _ relations: [ScopeRelation], _ reference: TableReference
    ) throws(DemetraError) {
        var seen: Set<String> = []
        for relation in relations {
            guard let name = relation.name,
                !seen.insert((relation.schema.map { $0 + "." } ?? "") + name).inserted
            else { continue }
            throw DemetraError(
                .duplicateAlias, "table name \"\(name)\" specified more than once",
                hint: "Give one of them an alias.")
        }
    }

    func bindReference(
        _ reference: TableReference, _ scope: Scope
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        switch reference {
        case .table(let name, let alias): return try bindTable(name, alias, scope)
        case .pastTable(let name, let time, let alias):
            return try bindPastTable(name, time, alias, scope)
        case .sample(let table, let sample): return try bindSample(table, sample, scope)
        case .query(let query, let lateral, let alias, let range):
            let outer = lateral ? scope : scope.parent
            let bound = try bindQuery(query, outer: outer).typed(self)
            return (bound, [try relation(bound.plan.columns, alias, nil, range)])
        case .function(let call, _, let ordinality, let alias, let range):
            if let records = try populatedRecords(call, alias, range) {
                return try bindReference(records, scope)
            }
            return try bindTableFunction(call, ordinality, alias, range, scope)
        case .join(let kind, let left, let right, let condition, let range):
            return try bindJoin(kind, left, right, condition, range, scope)
        }
    }

    /// The columns that `*` or `t.*` stands for.
    func starColumns(
        _ qualifier: ObjectName?, _ range: SourceRange, _ scope: Scope
    ) throws(DemetraError) -> [ScopeColumn] {
        if let qualifier {
            let name = qualifier.last.name
            let schema = try schemaName(qualifier)
            if let relation = scope.relations.first(where: { $0.isKnown(as: name, in: schema) }) {
                return relation.columns
            }
            throw DemetraError(
                .undefinedTable, "missing FROM-clause entry for table \"\(name)\"",
                hint: NearestName.find(name, among: scope.relations.compactMap(\.name))
                    .map { "Perhaps you meant \"\($0)\"." }
            ).at(range)
        }
        guard !scope.relations.isEmpty else {
            throw DemetraError(
                .syntaxError, "SELECT * with no tables specified is not valid"
            ).at(range)
        }
        return scope.visibleColumns
    }

    /// What a relation's columns are called, with the names of its alias.
    func relation(
        _ columns: [PlanColumn], _ alias: TableAlias?, _ name: String?, _ range: SourceRange
    ) throws(DemetraError) -> ScopeRelation {
        let given = alias?.columns ?? []
        guard given.count <= columns.count else {
            throw DemetraError(
                .invalidColumnReference,
                "table \"\(alias?.name.name ?? "")\" has \(columns.count) columns available but "
                    + "\(given.count) columns specified"
            ).at(range)
        }
        let scoped = columns.enumerated().map { index, column in
            ScopeColumn(
                name: index < given.count ? given[index].name : column.name, column: column)
        }
        return ScopeRelation(name: alias?.name.name ?? name, columns: scoped)
    }

    // MARK: Tables

    func bindTable(
        _ name: ObjectName, _ alias: TableAlias?, _ scope: Scope
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        if name.parts.count == 1,
            let entry = commonTables.last(where: { $0.name == name.last.name })
        {
            return try bindCommonTable(entry, alias, name.range)
        }
        let meant = try relationName(name)
        usedObjects.insert(.relation(meant))
        if viewDepth == 0, expandingMetrics.isEmpty {
            namedRelations.append(
                NamedRelation(
                    range: name.range, name: meant, isQualified: name.parts.count > 1,
                    hasAlias: alias != nil))
        }
        if let table = catalog.tables[meant] {
            let scan = scan(table)
            let granted = try grantedRows(table, scan)
            if granted == nil { try require(.select, on: table.access, .table, meant, name.range) }
            var named = try relation(scan.columns.map(\.column), alias, table.name, name.range)
            named.table = table
            named.source = meant.text
            if alias == nil { named.schema = meant.schema }
            return (BoundQuery(plan: granted ?? .scan(scan), correlated: []), [named])
        }
        if let view = catalog.views[meant] {
            try require(.select, on: view.access, .view, meant, name.range)
            var (query, relations) = try withRights(ofOwner: view.access.owner) {
                () throws(DemetraError) in try bindView(view, alias, name.range)
            }
            relations[0].source = meant.text
            if alias == nil { relations[0].schema = meant.schema }
            return (query, relations)
        }
        if let models = try bindModelRelation(meant.name, alias, name.range) { return models }
        if let system = try bindSystemRelation(name, alias) { return system }
        throw undefinedTable(name)
    }

    /// A scan of all columns of a table.
    func scan(_ table: TableDefinition) -> TableScan {
        TableScan(
            table: table,
            columns: table.columns.enumerated().map { (newColumn($1.name, $1.type), $0) },
            asOf: pastTime)
    }

    private func bindCommonTable(
        _ entry: CommonTableEntry, _ alias: TableAlias?, _ range: SourceRange
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        let plan: LogicalPlan
        var correlated: [PlanColumn] = []
        switch entry.content {
        case .nothing:
            throw DemetraError(
                .featureNotSupported,
                "WITH query \"\(entry.name)\" does not have a RETURNING clause",
                hint: "Add RETURNING with the columns that are read."
            ).at(range)
        case .materialized(let id, let columns):
            let fresh = columns.map { newColumn($0.name, $0.type) }
            plan = .commonTable(id: id, columns: fresh)
        case .inlined(let query, let visible, let outer):
            let saved = commonTables
            commonTables = Array(commonTables.prefix(visible))
            defer { commonTables = saved }
            let bound = try bindQuery(query, outer: outer).typed(self)
            plan = bound.plan
            correlated = bound.correlated
        }
        let named = try relation(
            plan.columns, TableAlias(name: Identifier(entry.name), columns: entry.columnNames), nil,
            range)
        let columns = named.columns.map {
            PlanColumn(id: $0.column.id, name: $0.name, type: $0.column.type)
        }
        return (
            BoundQuery(plan: plan, correlated: correlated),
            [try relation(columns, alias, entry.name, range)]
        )
    }

    private func bindView(
        _ view: ViewDefinition, _ alias: TableAlias?, _ range: SourceRange
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        guard viewDepth < Self.deepestNesting else {
            throw DemetraError(.statementTooComplex, "view \"\(view.name)\" nests too deep")
        }
        viewDepth += 1
        let saved = (commonTables, path)
        commonTables = []
        path = path.stored
        defer {
            viewDepth -= 1
            (commonTables, path) = saved
        }
        do throws(DemetraError) {
            let bound = try bindQuery(try SQLParser.parseQuery(view.query), outer: nil).typed(self)
            let names = view.columnNames.map { Identifier($0) }
            let inner = try relation(
                bound.plan.columns, TableAlias(name: Identifier(view.name), columns: names), nil,
                range)
            let columns = inner.columns.map {
                PlanColumn(id: $0.column.id, name: $0.name, type: $0.column.type)
            }
            return (bound, [try relation(columns, alias, view.name, range)])
        } catch {
            var named = error
            named.position = nil
            named.context = "view \"\(view.name)\""
            throw named
        }
    }
}
