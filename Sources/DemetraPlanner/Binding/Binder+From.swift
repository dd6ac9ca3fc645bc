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
            let (next, relations) = try bindReference(reference, scope, isLateral: plan != nil)
            try checkAliases(scope.relations + relations, reference)
            scope.relations += relations
            plan = plan.map { combine($0, next, scope) } ?? next.plan
        }
        return plan ?? .oneRow
    }

    /// A cross join, or an apply when the right side looks at the left.
    private func combine(
        _ left: LogicalPlan, _ right: BoundQuery, _ scope: Scope
    ) -> LogicalPlan {
        let available = Set(left.columns.map(\.id))
        let used = right.correlated.filter { available.contains($0.id) }
        if used.isEmpty {
            return .join(JoinPlan(kind: .inner, left: left, right: right.plan))
        }
        return .apply(
            ApplyPlan(kind: .inner, left: left, right: right.plan, correlated: right.correlated))
    }

    private func checkAliases(
        _ relations: [ScopeRelation], _ reference: TableReference
    ) throws(DemetraError) {
        var seen: Set<String> = []
        for name in relations.compactMap(\.name) where !seen.insert(name).inserted {
            throw DemetraError(
                .duplicateAlias, "table name \"\(name)\" specified more than once",
                hint: "Give one of them an alias.")
        }
    }

    private func bindReference(
        _ reference: TableReference, _ scope: Scope, isLateral: Bool
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        switch reference {
        case .table(let name, let alias): return try bindTable(name, alias, scope)
        case .query(let query, let lateral, let alias, let range):
            let outer = lateral ? scope : scope.parent
            let bound = try bindQuery(query, outer: outer)
            return (bound, [try relation(bound.plan.columns, alias, nil, range)])
        case .function(let call, let lateral, let ordinality, let alias, let range):
            _ = lateral
            return try bindTableFunction(call, ordinality, alias, range, scope)
        case .join(let kind, let left, let right, let condition, let range):
            return try bindJoin(kind, left, right, condition, range, scope)
        }
    }

    /// What a relation's columns are called, with the names of its alias.
    private func relation(
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

    private func bindTable(
        _ name: ObjectName, _ alias: TableAlias?, _ scope: Scope
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        if name.parts.count == 1,
            let entry = commonTables.last(where: { $0.name == name.last.name })
        {
            return try bindCommonTable(entry, alias, name.range)
        }
        let text = try relationName(name)
        if let table = catalog.tables[text] {
            let scan = scan(table)
            let plan = LogicalPlan.scan(scan)
            return (
                BoundQuery(plan: plan, correlated: []),
                [try relation(scan.columns.map(\.column), alias, table.name, name.range)]
            )
        }
        if let view = catalog.views[text] { return try bindView(view, alias, name.range) }
        throw undefinedTable(name)
    }

    /// A scan of all columns of a table.
    func scan(_ table: TableDefinition) -> TableScan {
        TableScan(
            table: table,
            columns: table.columns.enumerated().map { (newColumn($1.name, $1.type), $0) })
    }

    private func bindCommonTable(
        _ entry: CommonTableEntry, _ alias: TableAlias?, _ range: SourceRange
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        let plan: LogicalPlan
        var correlated: [PlanColumn] = []
        switch entry.content {
        case .materialized(let id, let columns):
            let fresh = columns.map { newColumn($0.name, $0.type) }
            plan = .commonTable(id: id, columns: fresh)
        case .inlined(let query, let visible):
            let saved = commonTables
            commonTables = Array(commonTables.prefix(visible))
            defer { commonTables = saved }
            let bound = try bindQuery(query, outer: nil)
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
        let savedTables = commonTables
        commonTables = []
        defer {
            viewDepth -= 1
            commonTables = savedTables
        }
        do throws(DemetraError) {
            let bound = try bindQuery(try SQLParser.parseQuery(view.query), outer: nil)
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

    // MARK: Table functions

    private func bindTableFunction(
        _ call: FunctionCall, _ ordinality: Bool, _ alias: TableAlias?, _ range: SourceRange,
        _ scope: Scope
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        let name = call.name.last.name
        guard let function = functions.tables[name] else {
            throw noFunction(name, [], call.name.range)
        }
        var arguments: [TableFunctionArgument] = []
        var inputs: [LogicalPlan] = []
        for argument in call.arguments {
            let label = argument.name?.name
            switch argument.value {
            case .table(let table):
                let star = SelectItem.star(
                    qualifier: nil, exclude: [], replace: [], range: table.range)
                var core = SelectCore(range: table.range)
                core.items = [star]
                core.from = [.table(table, alias: nil)]
                let bound = try bindQuery(Query(body: .select(core), range: table.range), outer: nil)
                inputs.append(bound.plan)
                arguments.append(relationArgument(label, bound.plan, table.range))
            case .expression(let expression):
                if case .scalarQuery(let query) = expression.node {
                    let bound = try bindQuery(query, outer: nil)
                    inputs.append(bound.plan)
                    arguments.append(relationArgument(label, bound.plan, expression.range))
                } else {
                    arguments.append(try valueArgument(label, expression))
                }
            case .star(_, let starRange):
                throw DemetraError(.syntaxError, "* is not allowed here").at(starRange)
            }
        }
        let bound: BoundTableFunction
        do throws(DemetraError) {
            bound = try function.bind(arguments)
        } catch {
            throw error.at(call.name.range)
        }
        var columns = bound.schema.fields.map { newColumn($0.name, $0.type) }
        // The only column of a function takes the name of the function's alias.
        if columns.count == 1, let alias, alias.columns.isEmpty {
            columns = [PlanColumn(id: columns[0].id, name: alias.name.name, type: columns[0].type)]
        }
        if ordinality { columns.append(newColumn("ordinality", .bigint)) }
        let plan = LogicalPlan.tableFunction(
            TableFunctionPlan(
                name: name, function: bound, inputs: inputs, columns: columns,
                withOrdinality: ordinality))
        return (
            BoundQuery(plan: plan, correlated: []), [try relation(columns, alias, name, range)]
        )
    }

    private func relationArgument(
        _ label: String?, _ plan: LogicalPlan, _ range: SourceRange
    ) -> TableFunctionArgument {
        let fields = plan.columns.map { Field(name: $0.name, type: $0.type) }
        return TableFunctionArgument(
            name: label, content: .relation(Schema(fields)), range: range)
    }

    private func valueArgument(
        _ label: String?, _ expression: Expression
    ) throws(DemetraError) -> TableFunctionArgument {
        let context = ExpressionContext(
            scope: Scope(parent: nil), clause: "an argument of a table function")
        let bound = try bind(expression, context)
        guard let value = constantValue(bound) else {
            throw DemetraError(
                .featureNotSupported, "an argument of a table function must be a constant",
                hint: "Compute it in a query of its own.").at(expression.range)
        }
        return TableFunctionArgument(
            name: label, content: .value(value, bound.type), range: expression.range)
    }

    // MARK: Joins

    private func bindJoin(
        _ kind: JoinKind, _ left: TableReference, _ right: TableReference,
        _ condition: JoinCondition, _ range: SourceRange, _ scope: Scope
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        let (leftQuery, leftRelations) = try bindReference(left, scope, isLateral: false)
        // LATERAL items on the right see the left side.
        let inner = Scope(parent: scope.parent)
        inner.relations = scope.relations + leftRelations
        let (rightQuery, rightRelations) = try bindReference(right, inner, isLateral: true)
        for column in inner.correlated { scope.noteCorrelation(column) }
        let joined = Scope(parent: scope.parent)
        joined.relations = leftRelations + rightRelations
        try checkAliases(joined.relations, right)
        var relations = joined.relations
        var conjuncts: [BoundExpression] = []
        var merged: [PlanColumn] = []
        var coalesced: [(PlanColumn, BoundExpression)] = []
        switch condition {
        case .none: break
        case .on(let expression):
            let context = ExpressionContext(scope: joined, clause: "JOIN conditions")
            conjuncts = [try self.condition(try bind(expression, context), "JOIN/ON")]
            guard context.subqueries.isEmpty else {
                throw DemetraError(
                    .featureNotSupported, "subqueries in JOIN conditions are not supported yet",
                    hint: "Move the subquery into WHERE or a common table expression."
                ).at(expression.range)
            }
        case .using, .natural:
            var names: [Identifier] = []
            if case .using(let given) = condition { names = given }
            if case .natural = condition {
                let other = Set(rightRelations.flatMap { $0.columns.filter { !$0.isHidden }.map(\.name) })
                names = leftRelations.flatMap { $0.columns.filter { !$0.isHidden } }
                    .filter { other.contains($0.name) }.map { Identifier($0.name, range: range) }
            }
            for name in names {
                let a = try usingColumn(name, leftRelations, "left")
                let b = try usingColumn(name, rightRelations, "right")
                let leftSide = BoundExpression(.column(a.id), type: a.type, range: name.range)
                let rightSide = BoundExpression(.column(b.id), type: b.type, range: name.range)
                conjuncts.append(try compare(.equal, leftSide, rightSide, name.range))
                if kind == .full {
                    let (sides, type) = try unify([leftSide, rightSide], what: "JOIN/USING")
                    let column = newColumn(name.name, type)
                    coalesced.append(
                        (column, BoundExpression(.coalesce(sides), type: type, range: name.range)))
                    merged.append(column)
                } else {
                    merged.append(kind == .right ? b : a)
                }
            }
            relations = withMerged(names, merged, leftRelations, rightRelations)
        }
        let plan = try joinPlan(kind, leftQuery, rightQuery, conjuncts, range)
        return (
            BoundQuery(
                plan: coalesced.isEmpty ? plan : extended(plan, coalesced),
                correlated: leftQuery.correlated + rightQuery.correlated), relations
        )
    }

    private func extended(
        _ plan: LogicalPlan, _ added: [(PlanColumn, BoundExpression)]
    ) -> LogicalPlan {
        let passed = plan.columns.map {
            ProjectedColumn(column: $0, expression: BoundExpression(.column($0.id), type: $0.type))
        }
        return .project(plan, passed + added.map { ProjectedColumn(column: $0.0, expression: $0.1) })
    }

    private func usingColumn(
        _ name: Identifier, _ relations: [ScopeRelation], _ side: String
    ) throws(DemetraError) -> PlanColumn {
        let scope = Scope(parent: nil)
        scope.relations = relations
        switch scope.lookUp(name.name, relation: nil) {
        case .found(let column): return column
        case .ambiguous:
            throw DemetraError(
                .ambiguousColumn,
                "common column name \"\(name.name)\" appears more than once in \(side) table"
            ).at(name.range)
        case .missing:
            throw DemetraError(
                .undefinedColumn,
                "column \"\(name.name)\" specified in USING clause does not exist in \(side) table"
            ).at(name.range)
        }
    }

    /// The merged columns come first and hide those they stand for.
    private func withMerged(
        _ names: [Identifier], _ merged: [PlanColumn], _ left: [ScopeRelation],
        _ right: [ScopeRelation]
    ) -> [ScopeRelation] {
        let hidden = Set(names.map(\.name))
        func hide(_ relation: ScopeRelation) -> ScopeRelation {
            var result = relation
            for index in result.columns.indices where hidden.contains(result.columns[index].name) {
                result.columns[index].isHidden = true
            }
            return result
        }
        let own = ScopeRelation(
            name: nil,
            columns: zip(names, merged).map { ScopeColumn(name: $0.name, column: $1) })
        return [own] + (left + right).map { hide($0) }
    }

    private func joinPlan(
        _ kind: JoinKind, _ left: BoundQuery, _ right: BoundQuery, _ conjuncts: [BoundExpression],
        _ range: SourceRange
    ) throws(DemetraError) -> LogicalPlan {
        let condition: BoundExpression? =
            conjuncts.isEmpty
            ? nil
            : (conjuncts.count == 1
                ? conjuncts[0] : BoundExpression(.and(conjuncts), type: .boolean, range: range))
        let leftIDs = Set(left.plan.columns.map(\.id))
        let isDependent = right.correlated.contains { leftIDs.contains($0.id) }
        if isDependent {
            guard kind == .inner || kind == .cross || kind == .left else {
                throw DemetraError(
                    .featureNotSupported, "LATERAL is only allowed in inner and left joins"
                ).at(range)
            }
            let inner = condition.map { condition in
                LogicalPlan.filter(right.plan, outerised(condition, leftIDs))
            }
            return .apply(
                ApplyPlan(
                    kind: kind == .left ? .left : .inner, left: left.plan,
                    right: inner ?? right.plan, correlated: left.plan.columns))
        }
        if kind == .asof || kind == .asofLeft {
            return try asofPlan(kind, left.plan, right.plan, conjuncts, range)
        }
        let planKind: PlanJoinKind =
            switch kind {
            case .left: .left
            case .right: .right
            case .full: .full
            default: .inner
            }
        return .join(
            JoinPlan(kind: planKind, left: left.plan, right: right.plan, condition: condition))
    }

    private func outerised(
        _ condition: BoundExpression, _ outer: Set<ColumnIdentifier>
    ) -> BoundExpression {
        condition.rewritten { part in
            guard case .column(let id) = part.node, outer.contains(id) else { return nil }
            return BoundExpression(.outerColumn(id), type: part.type, range: part.range)
        }
    }

    /// Equalities, and exactly one inequality, which comes last.
    private func asofPlan(
        _ kind: JoinKind, _ left: LogicalPlan, _ right: LogicalPlan,
        _ conjuncts: [BoundExpression], _ range: SourceRange
    ) throws(DemetraError) -> LogicalPlan {
        let leftIDs = Set(left.columns.map(\.id))
        var equalities: [JoinKey] = []
        var inequality: JoinKey?
        let parts = conjuncts.flatMap { part -> [BoundExpression] in
            if case .and(let operands) = part.node { return operands }
            return [part]
        }
        for part in parts {
            guard case .comparison(let comparison, let a, let b) = part.node,
                comparison != .notEqual
            else { throw asofError(part.range) }
            let isLeftFirst = a.usedColumns.isSubset(of: leftIDs)
            let key =
                isLeftFirst
                ? JoinKey(left: a, right: b, comparison: comparison)
                : JoinKey(left: b, right: a, comparison: comparison.swapped)
            if key.comparison == .equal {
                equalities.append(key)
            } else if inequality == nil {
                inequality = key
            } else {
                throw asofError(part.range)
            }
        }
        guard let inequality else { throw asofError(range) }
        return .join(
            JoinPlan(
                kind: kind == .asofLeft ? .asofLeft : .asof, left: left, right: right,
                keys: equalities + [inequality]))
    }

    private func asofError(_ range: SourceRange) -> DemetraError {
        DemetraError(
            .featureNotSupported, "ASOF JOIN needs exactly one inequality, and equalities beside it",
            hint: "Write ON a.key = b.key AND a.ts >= b.ts.").at(range)
    }
}
