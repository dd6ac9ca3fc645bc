import DemetraCatalog
import DemetraEngine
import DemetraTypes

/// Reads the alert tables as they are and collects what one statement changes in them.
///
/// Everything goes into one `StatementChanges`: states, history and rules are committed together or not at
/// all.
struct AlertLedger {
    private(set) var changes = StatementChanges()
    private let tables: AlertTables
    private let now: Timestamp
    /// Open alerts by rule, then fingerprint.
    private var open: [String: [String: StoredRow]] = [:]
    private var rules: [String: StoredRow] = [:]
    private var nextID: Int64

    /// The tables of the snapshot, made when they are missing.
    init(_ context: StatementContext) throws(DemetraError) {
        now = context.now
        let found = try AlertTables.find(in: context.catalog)
        nextID = 1
        guard let found else {
            tables = try AlertTables.make(in: context.catalog, &changes)
            // One of the two may be left from before.
            if context.catalog.table(id: tables.alerts.id) != nil { try readAlerts(context) }
            if context.catalog.table(id: tables.rules.id) != nil { try readRules(context) }
            return
        }
        tables = found
        try readAlerts(context)
        try readRules(context)
    }

    private mutating func readAlerts(_ context: StatementContext) throws(DemetraError) {
        let table = tables.alerts
        for values in try context.storedRows(of: table, where: "state = 'firing'") {
            let row = StoredRow(table, values)
            guard let rule = row.text("rule"), let fingerprint = row.text("fingerprint") else {
                continue
            }
            open[rule, default: [:]][fingerprint] = row
        }
        nextID = max(nextID, try context.greatest("id", of: table) + 1)
    }

    private mutating func readRules(_ context: StatementContext) throws(DemetraError) {
        for values in try context.storedRows(of: tables.rules) {
            let row = StoredRow(tables.rules, values)
            guard let name = row.text("name") else { continue }
            rules[name] = row
            // An id is not given twice, even when its alert was deleted.
            nextID = max(nextID, (row.integer("last_alert_id") ?? 0) + 1)
        }
    }

    // MARK: Alerts

    /// The open instances of a rule.
    func instances(of rule: String) -> [AlertInstance] {
        (open[rule] ?? [:]).map { fingerprint, row in
            let first = row.time("first_seen") ?? now
            return AlertInstance(
                fingerprint: fingerprint, firstSeen: first, lastSeen: row.time("last_seen") ?? first
            )
        }
    }

    /// Writes an alert that fired; gives its id.
    mutating func fire(
        _ sample: AlertSample, of rule: AlertDefinition, as instance: AlertInstance
    ) -> Int64 {
        defer { nextID += 1 }
        var row = StoredRow(new: tables.alerts)
        row["id"] = .integer(nextID)
        row["alert_type"] = .text(sample.alertType)
        row["severity"] = .text(rule.severity.rawValue)
        row["channel"] = sample.channel
        row["message"] = .text(sample.message)
        row["metric_value"] = sample.metric
        row["threshold_value"] = sample.threshold
        row["is_read"] = .boolean(false)
        row["created_at"] = .timestamptz(now)
        row["action"] = rule.action.map { .text($0) } ?? .null
        row["rule"] = .text(rule.name)
        row["state"] = .text("firing")
        row["labels"] = .text(sample.labels.json)
        row["fingerprint"] = .text(instance.fingerprint)
        row["first_seen"] = .timestamptz(instance.firstSeen)
        row["last_seen"] = .timestamptz(instance.lastSeen)
        changes.add(row.values, to: tables.alerts)
        return nextID
    }

    /// Moves `last_seen` of an open alert.
    mutating func keepOpen(_ instance: AlertInstance, of rule: String) {
        guard let row = open[rule]?[instance.fingerprint] else { return }
        replace(row) { $0["last_seen"] = .timestamptz(instance.lastSeen) }
    }

    /// Closes an open alert.
    mutating func close(_ instance: AlertInstance, of rule: String, at time: Timestamp) {
        guard let row = open[rule]?[instance.fingerprint] else { return }
        replace(row) {
            $0["state"] = .text("resolved")
            $0["resolved_at"] = .timestamptz(time)
        }
    }

    /// Marks an alert as read.
    mutating func acknowledge(_ values: [Value]) {
        replace(StoredRow(tables.alerts, values)) { $0["is_read"] = .boolean(true) }
    }

    // MARK: Rules

    /// Writes what a rule says, keeping when it was created and how its last evaluation went.
    mutating func put(_ rule: AlertDefinition, alertType: String) {
        write(rule) { $0["alert_type"] = .text(alertType) }
    }

    /// Writes how the evaluation of a rule went.
    mutating func note(_ rule: AlertDefinition, error: String?, lastAlertID: Int64?) {
        let now = now
        write(rule) { row in
            if row["alert_type"].isNull { row["alert_type"] = .text(rule.name) }
            row["last_evaluation"] = .timestamptz(now)
            row["last_error"] = error.map { .text($0) } ?? .null
            if let lastAlertID { row["last_alert_id"] = .integer(lastAlertID) }
        }
    }

    private mutating func write(_ rule: AlertDefinition, _ change: (inout StoredRow) -> Void) {
        let old = rules[rule.name]
        var row = old ?? StoredRow(new: tables.rules)
        row["name"] = .text(rule.name)
        row["severity"] = .text(rule.severity.rawValue)
        row["condition"] = .text(rule.condition)
        row["source"] = .text(rule.source)
        row["message"] = .text(rule.message)
        row["action"] = rule.action.map { .text($0) } ?? .null
        if row["created_at"].isNull { row["created_at"] = .timestamptz(now) }
        change(&row)
        if let rowID = old?.rowID { changes.remove(rowID, from: tables.rules) }
        changes.add(row.values, to: tables.rules)
    }

    /// Removes a rule; its open alerts are over.
    mutating func drop(_ rule: String) {
        changes.catalog.append(.dropAlert(rule))
        if let rowID = rules[rule]?.rowID { changes.remove(rowID, from: tables.rules) }
        for instance in instances(of: rule) { close(instance, of: rule, at: now) }
    }

    /// Adds another change of the catalog.
    mutating func change(_ change: CatalogChange) { changes.catalog.append(change) }

    /// Adds a rule, or replaces `old`.
    ///
    /// A rule that watches something else is another one: what the old one left open is over.
    mutating func define(
        _ rule: AlertDefinition, alertType: String, replacing old: AlertDefinition?
    ) {
        changes.catalog.append(.putAlert(rule))
        put(rule, alertType: alertType)
        guard let old, old.condition != rule.condition || old.source != rule.source else { return }
        for instance in instances(of: rule.name) { close(instance, of: rule.name, at: now) }
    }

    private mutating func replace(_ row: StoredRow, _ change: (inout StoredRow) -> Void) {
        guard let rowID = row.rowID else { return }
        var changed = row
        change(&changed)
        changes.remove(rowID, from: row.table)
        changes.add(changed.values, to: row.table)
    }
}
