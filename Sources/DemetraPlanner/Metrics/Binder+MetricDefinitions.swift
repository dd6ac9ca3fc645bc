import DemetraCatalog
import DemetraFunctions
import DemetraSQL
import DemetraTypes

// CREATE METRIC and ALTER METRIC.

extension Binder {
    func bindCreateMetric(
        _ statement: CreateMetricStatement
    ) throws(DemetraError) -> BoundStatement {
        let name = statement.name
        if catalog.metrics[name.name] != nil, !statement.orReplace {
            if statement.ifNotExists { return skipped("metric", name.name, "CREATE METRIC") }
            throw exists("metric", name, .duplicateObject)
        }
        var metric = MetricDefinition(
            name: name.name, expression: sourceText(statement.expression.range))
        if let relation = statement.relation {
            let scope = Scope(parent: nil)
            let relations = try bindTable(relation, nil, scope).1
            guard let source = relations.first?.source else {
                throw DemetraError(
                    .wrongObjectType, "\"\(relation.text)\" is neither a table nor a view"
                ).at(relation.range)
            }
            metric.relation = source
        }
        for clause in statement.clauses { try set(clause, of: &metric) }
        metric.access = catalog.metrics[name.name]?.access ?? ObjectAccess()
        try MetricChecker(binder: self, metric: metric, written: statement.expression).check()
        try checkReaders(of: metric, name.range)
        return .define([.putMetric(metric)], tag: "CREATE METRIC", notice: nil)
    }

    /// - Throws: 2BP01 when a view, metric or alert can be bound with the metric as it is and not with the new one.
    private func checkReaders(
        of metric: MetricDefinition, _ range: SourceRange
    ) throws(DemetraError) {
        let dependents = DependentObjects(
            binder: self, title: "metric \"\(metric.name)\"",
            after: catalog.applying(.putMetric(metric)), cascades: false)
        guard !metricDefinitions(metric.name).isEmpty,
            let (reader, failure) = dependents.firstBroken()
        else { return }
        throw DemetraError(
            .dependentObjectsStillExist,
            "metric \"\(metric.name)\" cannot be replaced so because \(reader.text) depends on it",
            detail: "\(reader.text): \(failure.message).",
            hint: "Drop the \(reader.kind) first, and create it anew afterwards."
        ).at(range)
    }

    func bindAlterMetric(
        _ statement: AlterMetricStatement
    ) throws(DemetraError) -> BoundStatement {
        let name = statement.name
        guard let metric = catalog.metrics[name.name] else {
            if statement.ifExists {
                return .define(
                    [], tag: "ALTER METRIC",
                    notice: "metric \"\(name.name)\" does not exist, skipping")
            }
            guard metricDefinitions(name.name).isEmpty else {
                throw DemetraError(
                    .wrongObjectType, "metric \"\(name.name)\" is built in and cannot be altered",
                    hint: "Define your own of that name with CREATE METRIC."
                ).at(name.range)
            }
            throw undefinedMetric(name.name, name.range)
        }
        if let target = statement.newName { return try rename(metric, target, name.range) }
        var altered = metric
        for action in statement.actions {
            switch action {
            case .set(let clause): try set(clause, of: &altered)
            case .reset(.format): altered.format = nil
            case .reset(.unit): altered.unit = nil
            case .reset(.better): altered.better = nil
            case .reset(.comment): altered.comment = nil
            }
        }
        try MetricChecker(binder: self, metric: altered).check()
        return .define([.putMetric(altered)], tag: "ALTER METRIC", notice: nil)
    }

    private func rename(
        _ metric: MetricDefinition, _ target: Identifier, _ range: SourceRange
    ) throws(DemetraError) -> BoundStatement {
        guard catalog.metrics[target.name] == nil else {
            throw exists("metric", target, .duplicateObject)
        }
        let readers = readers(of: [.metric(metric.name)])
        if !readers.isEmpty {
            throw DemetraError(
                .dependentObjectsStillExist,
                "cannot rename metric \"\(metric.name)\" because other objects depend on it",
                detail: readers.map { "\($0.text) depends on it" }.joined(separator: "\n"),
                hint: "Create a metric of the new name, and change what uses the old one."
            ).at(range)
        }
        var renamed = metric
        renamed.name = target.name
        return .define(
            [.dropMetric(metric.name), .putMetric(renamed)], tag: "ALTER METRIC", notice: nil)
    }

    // MARK: Clauses

    private func set(
        _ clause: MetricClause, of metric: inout MetricDefinition
    ) throws(DemetraError) {
        switch clause.content {
        case .format(let text):
            do throws(DemetraError) {
                _ = try MetricFormat(text)
            } catch {
                throw error.at(clause.range)
            }
            metric.format = text
        case .unit(let text): metric.unit = text
        case .comment(let text): metric.comment = text
        case .better(let word):
            guard let better = MetricDirection(rawValue: word.name) else {
                throw DemetraError(
                    .syntaxError, "\"\(word.name)\" is no direction",
                    hint: "Write BETTER HIGHER, BETTER LOWER or BETTER NEUTRAL."
                ).at(word.range)
            }
            metric.better = better
        case .additivity(let isAdditive, let columns):
            try setAdditivity(isAdditive, columns, clause.range, of: &metric)
        }
    }

    /// NON ADDITIVE OVER names what must be fixed; ADDITIVE OVER what need not be: all other columns of the
    /// relation's primary key must.
    private func setAdditivity(
        _ isAdditive: Bool, _ columns: [Identifier]?, _ range: SourceRange,
        of metric: inout MetricDefinition
    ) throws(DemetraError) {
        guard isAdditive else {
            if let columns {
                for column in columns where !metric.fixedColumns.contains(column.name) {
                    metric.fixedColumns.append(column.name)
                }
            } else {
                metric.isFixedInTime = true
            }
            return
        }
        guard let table = metric.relation.flatMap({ table(ofMetricRelation: $0) }),
            let key = table.primaryKey
        else {
            throw DemetraError(
                .invalidTableDefinition,
                "ADDITIVE OVER needs a metric ON a table with a primary key: what is not named is fixed",
                hint: "Name what must not be added up over: NON ADDITIVE OVER (day)."
            ).at(range)
        }
        let time = table.timeColumn.map { [table.columns[$0].name] } ?? []
        let names = columns?.map(\.name) ?? time
        for column in columns ?? [] { _ = try position(of: column, table) }
        metric.isFixedInTime = false
        metric.fixedColumns = key.columns.map { table.columns[$0].name }
            .filter { !names.contains($0) }
    }

    private func table(ofMetricRelation name: String) -> TableDefinition? {
        catalog.tables.values.first { $0.qualifiedName.text == name }
    }
}
