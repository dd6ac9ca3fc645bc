public import DemetraCatalog

/// How the evaluation of one alert rule went.
public struct AlertCheck: Sendable, Hashable {
    /// The rule's name.
    public let rule: String
    /// The rule's severity.
    public let severity: AlertSeverity
    /// Alerts that are open now.
    public let firing: Int
    /// Of those, the ones that were not open before.
    public let fired: Int
    /// Alerts that were open before and are not now.
    public let resolved: Int
    /// Why the rule could not be evaluated; its alerts are then as they were.
    public let error: String?
}

extension Database {
    /// Evaluates the alert rules, or one of them, as CHECK ALERTS does; the gravest come first.
    ///
    /// ```swift
    /// for check in try await db.checkAlerts() where check.fired > 0 {
    ///     print(check.rule, check.fired)
    /// }
    /// ```
    ///
    /// - Throws: 42704 when there is no rule of that name. A rule that fails throws nothing: it says so in its
    ///   `error`.
    @discardableResult
    public func checkAlerts(_ rule: String? = nil) async throws -> [AlertCheck] {
        let statement = rule.map { "CHECK ALERT \(Self.quoted($0))" } ?? "CHECK ALERTS"
        return try await query(SQL(statement)).map { row in
            AlertCheck(
                rule: try row["alert", as: String.self],
                severity: AlertSeverity(rawValue: try row["severity", as: String.self]) ?? .low,
                firing: try row["firing", as: Int.self], fired: try row["fired", as: Int.self],
                resolved: try row["resolved", as: Int.self],
                error: try row["error", as: String?.self])
        }
    }

    /// A name as an identifier of SQL.
    private static func quoted(_ name: String) -> String {
        let parts = name.split(separator: "\"", omittingEmptySubsequences: false)
        return "\"" + parts.joined(separator: "\"\"") + "\""
    }
}
