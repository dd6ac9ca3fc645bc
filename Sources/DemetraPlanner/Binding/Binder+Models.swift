package import DemetraCatalog
package import DemetraFunctions
import DemetraSQL
import DemetraTypes

// Models: the only place that looks them up. Functions get what the catalog holds and never its names.

extension Binder {
    /// The model of that name.
    ///
    /// - Throws: 42704 with the nearest name or the statement that makes one.
    func storedModel(_ name: String, _ range: SourceRange) throws(DemetraError) -> StoredModel {
        if let model = catalog.models[name] {
            try require(.select, on: model.access, .model, name, range)
            return StoredModel(model)
        }
        let nearest = NearestName.find(name, among: catalog.models.keys)
        throw DemetraError(
            .undefinedObject, "model \"\(name)\" does not exist",
            hint: nearest.map { "Perhaps you meant \"\($0)\"." }
                ?? "Create it with CREATE MODEL \(name) FROM TABLE ... TARGET column."
        ).at(range)
    }

    /// A call of a function over a model: `PREDICT_ROI(campaigns.*)`, `PREDICT_ROI(spend => 500)`.
    func bindModelCall(
        _ function: ModelFunction, _ call: FunctionCall, _ range: SourceRange,
        _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        guard !call.isDistinct, call.orderBy.isEmpty, call.filter == nil, call.withinGroup.isEmpty
        else {
            throw DemetraError(
                .wrongObjectType, "\(function.name) is not an aggregate function",
                hint: "DISTINCT, ORDER BY and FILTER belong to aggregates.")
        }
        let model = try model(for: function, range)
        var values: [BoundExpression] = []
        var arguments: [ModelFunction.Argument] = []
        func add(_ name: String?, isOptional: Bool, _ value: BoundExpression) {
            values.append(value)
            arguments.append(
                ModelFunction.Argument(name: name, isOptional: isOptional, range: value.range))
        }
        if call.isStar {
            for column in try starColumns(nil, range, context.scope) {
                add(column.name, isOptional: true, BoundExpression(column, range))
            }
        }
        for argument in call.arguments {
            switch argument.value {
            case .table(let table):
                throw DemetraError(
                    .syntaxError, "a relation is not allowed as an argument of \(function.name)",
                    hint: "Write it in FROM: SELECT * FROM \(function.name)(TABLE ...)."
                ).at(table.range)
            case .star(let qualifier, let starRange):
                for column in try starColumns(qualifier, starRange, context.scope) {
                    add(column.name, isOptional: true, BoundExpression(column, starRange))
                }
            case .expression(let expression):
                var value = try bind(expression, context)
                if value.type == .unknown { value = try coerce(value, to: .text) }
                add(argument.name?.name, isOptional: false, value)
            }
        }
        let scalar: ScalarFunction
        do throws(DemetraError) {
            scalar = try function.bind(model, arguments)
        } catch {
            throw error.at(range)
        }
        return BoundExpression(
            .call(scalar, values), type: scalar.signature.result.resolve(values.map(\.type)),
            range: range)
    }

    /// The model of the function's name, else the only one it can ask.
    private func model(
        for function: ModelFunction, _ range: SourceRange
    ) throws(DemetraError) -> StoredModel {
        let candidates = catalog.models.values.filter { $0.kind == function.modelKind }
        let named = candidates.first { $0.name == function.modelName }
        if let chosen = named ?? (candidates.count == 1 ? candidates.first : nil) {
            try require(.select, on: chosen.access, .model, chosen.name, range)
            return StoredModel(chosen)
        }
        let name = function.modelName
        throw DemetraError(
            .undefinedObject, "model \"\(name)\" does not exist",
            detail: candidates.isEmpty
                ? nil
                : "There are \(candidates.count) other models; \(function.name) asks the one named "
                    + "\"\(name)\", or the only one there is.",
            hint: candidates.isEmpty
                ? "CREATE MODEL \(name) FROM ... TARGET \(name)"
                : "Name one: SELECT * FROM PREDICT('\(candidates.map(\.name).sorted()[0])', TABLE ...)."
        ).at(range)
    }

    /// The relation that a table function makes of all models, such as `demetra_models`; nil when
    /// there is none of that name.
    func bindModelRelation(
        _ name: String, _ alias: TableAlias?, _ range: SourceRange
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation])? {
        guard let function = functions.tables[name], function.modelInput == .all else { return nil }
        if name == Self.auditRelation { try requireSuperuser("read \(name)") }
        let models = catalog.models.values.sorted { $0.name < $1.name }.map { StoredModel($0) }
        let bound = try function.bind([
            TableFunctionArgument(name: nil, content: .models(models), range: range)
        ])
        let columns = bound.schema.fields.map { newColumn($0.name, $0.type) }
        let plan = LogicalPlan.tableFunction(
            TableFunctionPlan(
                name: name, function: bound, inputs: [], columns: columns, withOrdinality: false))
        return (
            BoundQuery(plan: plan, correlated: []), [try relation(columns, alias, name, range)]
        )
    }

    // MARK: CREATE MODEL, ALTER MODEL

    func bindCreateModel(
        _ statement: CreateModelStatement
    ) throws(DemetraError) -> BoundStatement {
        let name = statement.name
        if catalog.models[name.name] != nil, !statement.orReplace {
            if statement.ifNotExists { return skipped("model", name.name, "CREATE MODEL") }
            throw exists("model", name, .duplicateObject)
        }
        return .createModel(
            try modelTraining(
                statement, text: nil,
                replacing: statement.orReplace ? .anything : .nothing))
    }

    /// ALTER MODEL name RETRAIN: the statement that made the model, on today's rows.
    ///
    /// - Throws: 55000 naming what is gone of the tables it was trained on.
    func bindRetrainModel(_ name: Identifier) throws(DemetraError) -> BoundStatement {
        guard let model = catalog.models[name.name] else {
            _ = try storedModel(name.name, name.range)
            throw DemetraError(.internalError, "a model is both there and not")
        }
        let saved = (text, path)
        (text, path) = (model.statement, path.stored)
        defer { (text, path) = saved }
        guard case .createModel(let create)? = try SQLParser.parse(model.statement).first?.statement
        else {
            throw DemetraError(
                .dataCorrupted, "the statement of model \"\(name.name)\" is no CREATE MODEL")
        }
        do throws(DemetraError) {
            return .createModel(
                try modelTraining(create, text: model.statement, replacing: .existing))
        } catch {
            throw DemetraError(
                .objectNotInPrerequisiteState,
                "model \"\(name.name)\" cannot be trained again: \(error.message)",
                hint: "Create it anew with CREATE OR REPLACE MODEL.",
                position: Int(name.range.lower))
        }
    }

    private func modelTraining(
        _ statement: CreateModelStatement, text: String?,
        replacing: BoundCreateModel.Replacement
    ) throws(DemetraError) -> BoundCreateModel {
        let bound = try bindQuery(statement.source, outer: nil).typed(self)
        let columns = bound.plan.columns
        for name in [statement.target, statement.id, statement.time, statement.group] {
            guard let name, !columns.contains(where: { $0.name == name.name }) else { continue }
            throw DemetraError(
                .undefinedColumn, "column \"\(name.name)\" does not exist",
                hint: NearestName.find(name.name, among: columns.map(\.name))
                    .map { "Perhaps you meant to reference the column \"\($0)\"." }
            ).at(name.range)
        }
        guard let trainer = functions.modelTrainer else {
            throw DemetraError(.featureNotSupported, "CREATE MODEL is not supported here")
        }
        let request = ModelRequest(
            name: statement.name.name, target: statement.target.name, id: statement.id?.name,
            time: statement.time?.name, group: statement.group?.name,
            options: statement.options.map {
                ModelRequest.Option(name: $0.name.name, value: $0.value, range: $0.name.range)
            })
        do throws(DemetraError) {
            try trainer.check(
                request, schema: Schema(columns.map { Field(name: $0.name, type: $0.type) }))
        } catch {
            throw error.at(statement.target.range)
        }
        return BoundCreateModel(
            request: request, plan: bound.plan, text: text ?? qualifiedText(statementRange),
            replacing: replacing)
    }
}

extension StoredModel {
    /// A model of the catalog.
    package init(_ definition: ModelDefinition) {
        self.init(
            name: definition.name, kind: definition.kind, payload: definition.payload)
    }
}

extension BoundExpression {
    /// A column as `*` gives it.
    fileprivate init(_ column: ScopeColumn, _ range: SourceRange) {
        self.init(.column(column.column.id), type: column.column.type, range: range)
    }
}
