import DemetraFunctions
import DemetraSQL
import DemetraTypes

// Functions in FROM.

extension Binder {
    func bindTableFunction(
        _ call: FunctionCall, _ ordinality: Bool, _ alias: TableAlias?, _ range: SourceRange,
        _ scope: Scope
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        let name = call.name.last.name
        if functions.sets[name] != nil {
            return try bindSetFunction(call, ordinality, alias, range, scope)
        }
        if name == "changes", !ordinality { return try bindChanges(call, alias, range) }
        if functions.tables[name] == nil, functions.scalars[name] != nil, !ordinality {
            return try bindScalarInFrom(call, alias, range, scope)
        }
        guard let function = functions.tables[name] else {
            throw noFunction(name, [], call.name.range)
        }
        var arguments: [TableFunctionArgument] = []
        var inputs: [LogicalPlan] = []
        for argument in call.arguments {
            let isFirst = arguments.isEmpty
            arguments.append(
                try self.argument(argument, of: function, isFirst: isFirst, &inputs))
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

    /// One argument; the plan of a relation is added to `inputs`.
    private func argument(
        _ argument: FunctionArgument, of function: TableFunction, isFirst: Bool,
        _ inputs: inout [LogicalPlan]
    ) throws(DemetraError) -> TableFunctionArgument {
        let label = argument.name?.name
        func relation(_ plan: LogicalPlan, _ range: SourceRange) -> TableFunctionArgument {
            inputs.append(plan)
            return relationArgument(label, plan, range)
        }
        switch argument.value {
        case .table(let table):
            let star = SelectItem.star(
                qualifier: nil, exclude: [], replace: [], range: table.range)
            var core = SelectCore(range: table.range)
            core.items = [star]
            core.from = [.table(table, alias: nil)]
            let query = Query(body: .select(core), range: table.range)
            return relation(try bindQuery(query, outer: nil).plan, table.range)
        case .expression(let expression):
            if case .scalarQuery(let query) = expression.node {
                return relation(try bindQuery(query, outer: nil).plan, expression.range)
            }
            if function.changesArguments.contains(label ?? (isFirst ? "table_name" : "")) {
                let changes = try allChanges(expression, function.name.uppercased())
                return relation(changes, expression.range)
            }
            let value = try valueArgument(label, expression)
            let isModel = label == "model" || (label == nil && isFirst)
            return function.modelInput == .named && isModel
                ? try modelArgument(label, value) : value
        case .star(_, let range):
            throw DemetraError(.syntaxError, "* is not allowed here").at(range)
        }
    }

    /// A function of one value in FROM: a row of one column.
    private func bindScalarInFrom(
        _ call: FunctionCall, _ alias: TableAlias?, _ range: SourceRange, _ scope: Scope
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        let name = alias?.name ?? call.name.last
        var core = SelectCore(range: range)
        core.items = [.expression(Expression(.call(call), range: range), alias: name)]
        let query = Query(body: .select(core), range: range)
        let named = TableAlias(name: name, columns: alias?.columns ?? [])
        return try bindReference(
            .query(query, lateral: true, alias: named, range: range), scope)
    }

    private func relationArgument(
        _ label: String?, _ plan: LogicalPlan, _ range: SourceRange
    ) -> TableFunctionArgument {
        let fields = plan.columns.map { Field(name: $0.name, type: $0.type) }
        return TableFunctionArgument(
            name: label, content: .relation(Schema(fields)), range: range,
            text: range.lower >= 0 ? sourceText(range) : "")
    }

    /// The argument with the model it names; what is no name is left to the function to refuse.
    private func modelArgument(
        _ label: String?, _ argument: TableFunctionArgument
    ) throws(DemetraError) -> TableFunctionArgument {
        guard case .value(.text(let name), _) = argument.content else { return argument }
        return TableFunctionArgument(
            name: label, content: .models([try storedModel(name, argument.range)]),
            range: argument.range)
    }

    private func valueArgument(
        _ label: String?, _ expression: Expression
    ) throws(DemetraError) -> TableFunctionArgument {
        let context = ExpressionContext(
            scope: Scope(parent: nil), clause: "an argument of a table function")
        let bound = try bind(expression, context)
        guard let value = constant(bound) else {
            throw DemetraError(
                .featureNotSupported, "an argument of a table function must be a constant",
                hint: "Compute it in a query of its own."
            ).at(expression.range)
        }
        return TableFunctionArgument(
            name: label, content: .value(value, bound.type), range: expression.range)
    }
}
