import DemetraCatalog
package import DemetraEngine
package import DemetraPlanner
package import DemetraTypes

/// CREATE ALERT, DROP ALERT, CHECK ALERTS and ACKNOWLEDGE ALERT.
///
/// Alert statements of a database take turns, so that two checks never fire one alert twice; against other
/// statements a commit that no longer fits is decided again on a fresh snapshot.
package final class AlertStatements: StatementExtension {
    /// Times a statement is decided again before its conflict is shown.
    private static let mostAttempts = 10
    /// How often a statement that waits looks whether it was cancelled.
    private static let waitMilliseconds = 50

    private let turn = Monitor(false)

    /// The alerts of one database.
    package init() {}

    package func handles(_ statement: BoundStatement) -> Bool {
        switch statement {
        case .createAlert, .checkAlerts, .acknowledgeAlert: true
        case .define(let changes, _, _): changes.contains { Self.droppedRule($0) != nil }
        default: false
        }
    }

    private static let checkFields = [
        Field(name: "alert", type: .text), Field(name: "severity", type: .text),
        Field(name: "firing", type: .bigint), Field(name: "fired", type: .bigint),
        Field(name: "resolved", type: .bigint), Field(name: "error", type: .text),
    ]

    package func fields(of statement: BoundStatement) -> [Field]? {
        if case .checkAlerts = statement { Self.checkFields } else { nil }
    }

    package func run(
        _ statement: BoundStatement, _ context: StatementContext
    ) throws(DemetraError) {
        try takeTurn(context)
        defer { turn.withLock(notify: true) { $0 = false } }
        switch statement {
        case .createAlert(let rule): try create(rule, context)
        case .define(let changes, let tag, let notice):
            try drop(changes, context)
            try context.answer(tag: tag, notice: notice)
        case .checkAlerts(let name): try check(name, context)
        case .acknowledgeAlert(let plan): try acknowledge(plan, context)
        default: throw DemetraError(.internalError, "not a statement about alerts")
        }
    }

    private func takeTurn(_ context: StatementContext) throws(DemetraError) {
        while true {
            let hasTurn = turn.wait(milliseconds: Self.waitMilliseconds) { isTaken -> Bool? in
                guard !isTaken else { return nil }
                isTaken = true
                return true
            }
            if hasTurn == true { return }
            try context.checkCancellation()
        }
    }

    /// Decides on a snapshot of its own, again when another commit came between.
    private func deciding<Result>(
        _ context: StatementContext,
        _ body: (StatementContext) throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        var attempt = 1
        while true {
            do throws(DemetraError) {
                return try body(context.refreshed())
            } catch
                where attempt < Self.mostAttempts
                && (error.sqlState == .serializationFailure || error.sqlState == .uniqueViolation)
            {
                attempt += 1
            }
        }
    }

    // MARK: Statements

    private func create(
        _ rule: AlertDefinition, _ context: StatementContext
    ) throws(DemetraError) {
        try deciding(context) { current throws(DemetraError) in
            // It was bound before its turn came.
            guard current.catalog.alerts[rule.name] == context.catalog.alerts[rule.name] else {
                throw DemetraError(
                    .duplicateObject, "alert \"\(rule.name)\" was created concurrently")
            }
            let query = try current.makeBinder().bindAlert(rule)
            var ledger = try AlertLedger(current)
            ledger.define(
                rule, alertType: query.alertType, replacing: current.catalog.alerts[rule.name])
            try current.commit(ledger.changes)
        }
        try context.answer(tag: "CREATE ALERT")
    }

    private static func droppedRule(_ change: CatalogChange) -> String? {
        if case .dropAlert(let name) = change { name } else { nil }
    }

    /// DROP ALERT, or the DROP ... CASCADE of something rules read: their open alerts are over.
    private func drop(
        _ changes: [CatalogChange], _ context: StatementContext
    ) throws(DemetraError) {
        try deciding(context) { current throws(DemetraError) in
            var ledger = try AlertLedger(current)
            for change in changes {
                if let rule = Self.droppedRule(change) {
                    ledger.drop(rule)
                } else {
                    ledger.change(change)
                }
            }
            try current.commit(ledger.changes)
        }
    }

    /// A row for each rule, the gravest first.
    private func check(_ name: String?, _ context: StatementContext) throws(DemetraError) {
        let checks = try deciding(context) { current throws(DemetraError) in
            let rules = current.catalog.alerts.values
                .filter { name == nil || $0.name == name }
                .sorted { ($1.severity, $0.name) < ($0.severity, $1.name) }
            return try AlertEvaluator(context: current).check(rules)
        }
        let rows = checks.map { check -> [Value] in
            [
                .text(check.rule), .text(check.severity), .integer(Int64(check.firing)),
                .integer(Int64(check.fired)), .integer(Int64(check.resolved)),
                check.error.map { .text($0) } ?? .null,
            ]
        }
        try context.answer(Schema(Self.checkFields), rows, tag: "CHECK ALERTS")
    }

    private func acknowledge(
        _ plan: LogicalPlan, _ context: StatementContext
    ) throws(DemetraError) {
        guard case .integer(let id)? = try context.rows(of: plan).first?.first else {
            throw DemetraError(.invalidParameterValue, "the alert's id is NULL")
        }
        try deciding(context) { current throws(DemetraError) in
            let missing = DemetraError(
                .undefinedObject, "alert \(id) does not exist",
                hint: "The ids are in the column id of the table alerts.")
            guard let tables = try AlertTables.find(in: current.catalog),
                let row = try current.storedRows(of: tables.alerts, where: "id = \(id)").first
            else { throw missing }
            if let position = tables.alerts.columnIndex("rule"),
                case .text(let rule) = row[position + 1]
            {
                try current.require(.update, onAlert: rule)
            }
            var ledger = try AlertLedger(current)
            ledger.acknowledge(row)
            try current.commit(ledger.changes)
        }
        try context.answer(tag: "ACKNOWLEDGE ALERT")
    }
}
