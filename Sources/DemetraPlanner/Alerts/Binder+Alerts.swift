package import DemetraCatalog
import DemetraSQL
package import DemetraTypes

// Rules: CREATE ALERT, CHECK ALERTS, ACKNOWLEDGE ALERT.

extension Binder {
    func bindCreateAlert(
        _ statement: CreateAlertStatement
    ) throws(DemetraError) -> BoundStatement {
        let name = statement.name
        if catalog.alerts[name.name] != nil, !statement.orReplace {
            if statement.ifNotExists { return skipped("alert", name.name, "CREATE ALERT") }
            throw exists("alert", name, .duplicateObject)
        }
        guard let severity = AlertSeverity(rawValue: statement.severity.name) else {
            let names = AlertSeverity.allCases.map(\.rawValue)
            let nearest = NearestName.find(statement.severity.name, among: names)
            throw DemetraError(
                .invalidParameterValue, "severity \"\(statement.severity.name)\" does not exist",
                hint: (nearest.map { "Perhaps you meant \"\($0)\". " } ?? "")
                    + "It is one of low, medium, high and critical."
            ).at(statement.severity.range)
        }
        // A rule outlives the statement, so there are no parameters it could read later.
        let saved = parameterTypes
        parameterTypes = []
        defer { parameterTypes = saved }
        _ = try AlertQueryBinder(binder: self, statement: statement).bind()
        if let temporary = namedRelations.first(where: { $0.name.isTemporary }) {
            throw DemetraError(
                .invalidTableDefinition,
                "an alert cannot read the temporary table \"\(temporary.name.name)\"",
                hint: "It would go with the session."
            ).at(temporary.range)
        }
        var rule =
            AlertDefinition(
                name: name.name, condition: sourceText(statement.condition.range),
                source: qualifiedText(statement.sourceRange),
                groups: statement.groupBy.map { sourceText($0.range) }, severity: severity,
                message: statement.message, action: statement.action,
                statement: qualifiedText(statementRange))
        rule.access = catalog.alerts[name.name]?.access ?? ObjectAccess()
        return .createAlert(rule)
    }

    /// The query of a stored rule.
    ///
    /// - Throws: 42P01, 42703 and their kin when what the rule names is gone; the context names the rule.
    package func bindAlert(_ alert: AlertDefinition) throws(DemetraError) -> AlertQuery {
        let saved = (text, path)
        (text, path) = (alert.statement, path.stored)
        defer { (text, path) = saved }
        do throws(DemetraError) {
            guard case .createAlert(let statement)? = try SQLParser.parse(text).first?.statement
            else { throw DemetraError(.dataCorrupted, "the stored text is no CREATE ALERT") }
            return try withRights(ofOwner: alert.access.owner) { () throws(DemetraError) in
                try AlertQueryBinder(binder: self, statement: statement).bind()
            }
        } catch {
            // The place is one in the rule's text, not in the statement's.
            var named = error
            named.position = nil
            named.context = "alert \"\(alert.name)\""
            throw named
        }
    }

    func bindCheckAlerts(_ name: Identifier?) throws(DemetraError) -> BoundStatement {
        if let name, catalog.alerts[name.name] == nil {
            let nearest = NearestName.find(name.name, among: catalog.alerts.keys)
            throw DemetraError(
                .undefinedObject, "alert \"\(name.name)\" does not exist",
                hint: nearest.map { "Perhaps you meant \"\($0)\"." }
            ).at(name.range)
        }
        return .checkAlerts(name?.name)
    }

    func bindAcknowledgeAlert(_ id: Expression) throws(DemetraError) -> BoundStatement {
        let context = ExpressionContext(scope: Scope(parent: nil), clause: "ACKNOWLEDGE ALERT")
        let bound = try coerce(
            try bind(id, context), to: .bigint, .assignment, what: "the alert's id")
        let row = joining(.oneRow, context.subqueries)
        return .acknowledgeAlert(
            .project(row, [ProjectedColumn(column: newColumn("id", .bigint), expression: bound)]))
    }

    /// The rows of a stored table for which a condition is true: their ids, then their columns in order.
    package func storedRows(
        of table: TableDefinition, where condition: String?
    ) throws(DemetraError) -> LogicalPlan {
        var scan = scan(table)
        let rowID = newColumn("", .bigint)
        scan.rowID = rowID
        var plan = LogicalPlan.scan(scan)
        if let condition {
            let scope = Scope(parent: nil)
            scope.relations = [
                ScopeRelation(
                    name: table.name,
                    columns: scan.columns.map {
                        ScopeColumn(name: $0.column.name, column: $0.column)
                    })
            ]
            let context = ExpressionContext(scope: scope, clause: "WHERE")
            let test = try bind(try SQLParser.parseExpression(condition), context)
            plan = .filter(plan, try self.condition(test, "WHERE"))
        }
        let columns = [rowID] + scan.columns.map(\.column)
        return .project(
            plan,
            columns.map {
                ProjectedColumn(
                    column: $0, expression: BoundExpression(.column($0.id), type: $0.type))
            })
    }
}
