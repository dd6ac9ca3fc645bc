/// How the evaluation of one rule went.
struct RuleCheck {
    let rule: String
    let severity: String
    /// Alerts that are open now.
    var firing = 0
    /// Of those, the ones that were not open before.
    var fired = 0
    /// Alerts that were open before and are not now.
    var resolved = 0
    /// Why the rule could not be evaluated; its alerts are then as they were.
    var error: String?
}
