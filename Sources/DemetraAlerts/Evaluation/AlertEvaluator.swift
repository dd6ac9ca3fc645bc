import DemetraCatalog
import DemetraEngine
import DemetraPlanner
import DemetraTypes

/// Evaluates rules on one snapshot and writes what changed in one commit.
///
/// For each rule: its query gives the label sets for which the condition is true, the state machine turns
/// them into transitions, the ledger turns those into rows. A rule that fails keeps its alerts as they are,
/// notes its error, and does not stop the others.
struct AlertEvaluator {
    /// Alerts that one rule may hold open: beyond that it groups by something that is no dimension.
    static let mostInstances = 100_000

    let context: StatementContext

    /// Evaluates the rules and commits.
    ///
    /// - Throws: 57014 when cancelled, 40001 when a concurrent commit changed an alert.
    func check(_ rules: [AlertDefinition]) throws(DemetraError) -> [RuleCheck] {
        guard !rules.isEmpty else { return [] }
        var ledger = try AlertLedger(context)
        var checks: [RuleCheck] = []
        for rule in rules { checks.append(try check(rule, &ledger)) }
        try context.commit(ledger.changes)
        return checks
    }

    private func check(
        _ rule: AlertDefinition, _ ledger: inout AlertLedger
    ) throws(DemetraError) -> RuleCheck {
        var check = RuleCheck(rule: rule.name, severity: rule.severity.rawValue)
        let samples: [AlertSample]
        do throws(DemetraError) {
            samples = try self.samples(of: rule)
        } catch  where error.sqlState != .queryCanceled {
            check.firing = ledger.instances(of: rule.name).count
            check.error = "\(error.sqlState): \(error.message)"
            ledger.note(rule, error: check.error, lastAlertID: nil)
            return check
        }
        var machine = AlertStateMachine(firing: ledger.instances(of: rule.name))
        var lastID: Int64?
        // In one order whatever order the query's workers gave them: ids follow it.
        let ordered = samples.map { ($0.labels.fingerprint(rule: rule.name), $0) }
            .sorted { $0.0 < $1.0 }
        for (fingerprint, sample) in ordered {
            switch machine.observe(fingerprint, isBreached: true, at: context.now) {
            case .fired(let instance):
                lastID = ledger.fire(sample, of: rule, as: instance)
                check.fired += 1
            case .continued(let instance): ledger.keepOpen(instance, of: rule.name)
            case .resolved, nil: break
            }
        }
        for case .resolved(let instance, let time) in machine.endRound(at: context.now) {
            ledger.close(instance, of: rule.name, at: time)
            check.resolved += 1
        }
        check.firing = machine.instances.count
        ledger.note(rule, error: nil, lastAlertID: lastID)
        return check
    }

    /// The label sets for which a rule's condition is true.
    private func samples(of rule: AlertDefinition) throws(DemetraError) -> [AlertSample] {
        let query = try context.makeBinder().bindAlert(rule)
        let rows = try context.rows(of: query.limited(to: Self.mostInstances + 1))
        guard rows.count <= Self.mostInstances else {
            throw DemetraError(
                .programLimitExceeded,
                "alert \"\(rule.name)\" is true for more than \(Self.mostInstances) label sets",
                hint: "Group by fewer columns, or narrow WHERE.")
        }
        let (types, zone) = (query.types, context.timeZone)
        return rows.map { AlertSample($0, of: query, types: types, zone: zone) }
    }
}
