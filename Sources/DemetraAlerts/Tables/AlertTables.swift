import DemetraCatalog
import DemetraEngine
import DemetraTypes

/// The two stored tables of alerts: `alerts`, a row for each alert that fired, and `alert_rules`, a readable
/// copy of the rules with how their last evaluation went.
///
/// The first CREATE ALERT makes them. They are found again by the name of their primary key, so they may be
/// renamed; and a table of the user's that happens to be called `alerts` is left alone: ours then has its
/// system name, `demetra_alerts`, which else is a view of it.
struct AlertTables {
    /// Fired alerts. An open one is the state of its instance: there is no other.
    let alerts: TableDefinition
    /// Rules. What counts is the catalog; changing a row here changes no rule.
    let rules: TableDefinition

    private static let alertsKey = "demetra_alerts_pkey"
    private static let rulesKey = "demetra_alert_rules_pkey"

    /// The tables, if there are any.
    ///
    /// - Throws: 55000 when a column was taken from one of them.
    static func find(in catalog: Catalog) throws(DemetraError) -> AlertTables? {
        guard let alerts = try table(alertsKey, alertColumns, catalog),
            let rules = try table(rulesKey, ruleColumns, catalog)
        else { return nil }
        return AlertTables(alerts: alerts, rules: rules)
    }

    /// The tables; `changes` makes those that are missing.
    static func make(
        in catalog: Catalog, _ changes: inout StatementChanges
    ) throws(DemetraError) -> AlertTables {
        var number = catalog.nextTableNumber
        func made(
            _ name: String, _ key: String, _ columns: [ColumnDefinition]
        ) throws(DemetraError) -> TableDefinition {
            if let found = try table(key, columns, catalog) { return found }
            let system = "demetra_" + name
            let free = [name, system].first { !isTaken($0, catalog) }
            guard let free else {
                throw DemetraError(
                    .duplicateTable, "relations \"\(name)\" and \"\(system)\" already exist",
                    hint: "Rename one of them: alerts need a table for themselves.")
            }
            let table = TableDefinition(
                id: TableID(number), name: free, columns: columns,
                keys: [KeyDefinition(name: key, columns: [0], isPrimary: true)])
            number += 1
            changes.catalog.append(.putTable(table))
            if free == name, !isTaken(system, catalog) {
                changes.catalog.append(
                    .putView(
                        ViewDefinition(
                            name: system, columnNames: [], query: "SELECT * FROM \(name)")))
            }
            return table
        }
        let alerts = try made("alerts", alertsKey, alertColumns)
        return AlertTables(alerts: alerts, rules: try made("alert_rules", rulesKey, ruleColumns))
    }

    private static func isTaken(_ name: String, _ catalog: Catalog) -> Bool {
        catalog.hasRelation(RelationName(name))
    }

    private static func table(
        _ key: String, _ columns: [ColumnDefinition], _ catalog: Catalog
    ) throws(DemetraError) -> TableDefinition? {
        guard let table = catalog.tables.values.first(where: { $0.primaryKey?.name == key }) else {
            return nil
        }
        for column in columns {
            guard let index = table.columnIndex(column.name),
                table.columns[index].type == column.type
            else {
                throw DemetraError(
                    .objectNotInPrerequisiteState,
                    "table \"\(table.name)\" has no column \"\(column.name)\" of type \(column.type)",
                    hint: "Use DROP TABLE ... CASCADE: the next CHECK ALERTS makes it anew.")
            }
        }
        return table
    }

    // MARK: Columns

    private static let alertColumns = columns([
        ("id", .bigint, "NOT NULL"), ("alert_type", .text, "NOT NULL"),
        ("severity", .text, "NOT NULL"), ("channel", .text, nil), ("message", .text, "NOT NULL"),
        ("metric_value", .double, nil), ("threshold_value", .double, nil),
        ("is_read", .boolean, "false"), ("created_at", .timestamptz, "now()"),
        ("action", .text, nil), ("rule", .text, nil), ("state", .text, nil),
        ("labels", .json, nil), ("fingerprint", .text, nil), ("first_seen", .timestamptz, nil),
        ("last_seen", .timestamptz, nil), ("resolved_at", .timestamptz, nil),
    ])

    private static let ruleColumns = columns([
        ("name", .text, "NOT NULL"), ("alert_type", .text, "NOT NULL"),
        ("severity", .text, "NOT NULL"), ("condition", .text, "NOT NULL"),
        ("source", .text, "NOT NULL"), ("message", .text, "NOT NULL"), ("action", .text, nil),
        ("created_at", .timestamptz, "now()"), ("last_evaluation", .timestamptz, nil),
        ("last_error", .text, nil), ("last_alert_id", .bigint, nil),
    ])

    /// Columns by name and type; the third says NOT NULL, or gives the default of a NOT NULL column.
    private static func columns(
        _ columns: [(name: String, type: LogicalType, rule: String?)]
    ) -> [ColumnDefinition] {
        columns.enumerated().map { index, column in
            ColumnDefinition(
                id: Int32(index), name: column.name, type: column.type,
                isNullable: column.rule == nil,
                defaultExpression: column.rule == "NOT NULL" ? nil : column.rule)
        }
    }
}
