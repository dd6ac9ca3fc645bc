package import DemetraTypes

/// The states of one rule's instances, as a value: samples in, transitions out.
///
///     inactive --true--> firing --true--> firing          (continued: no second alert)
///     firing --false, NULL or no sample in the round--> resolved
///     resolved --true--> firing                           (a new alert)
///
/// One evaluation of the rule is a round: `observe` for each of its samples, then `endRound`. Several samples
/// of one label set count as one that is true when any of them is.
///
/// - Invariant: at most one open instance for a fingerprint.
/// - Invariant: `firstSeen <= lastSeen`, also when the clock runs backwards.
package struct AlertStateMachine: Sendable {
    private var firing: [String: AlertInstance]
    /// Fingerprints found true in this round.
    private var breached: Set<String> = []

    /// The machine of a rule whose open instances are `firing`.
    package init(firing: [AlertInstance] = []) {
        self.firing = Dictionary(firing.map { ($0.fingerprint, $0) }) { first, _ in first }
    }

    /// The open instances, in the order of their fingerprints.
    package var instances: [AlertInstance] {
        firing.values.sorted { $0.fingerprint < $1.fingerprint }
    }

    /// Takes one sample of the round.
    ///
    /// - Parameter isBreached: whether the condition is true; nil, its NULL, counts as false.
    /// - Returns: nil when the sample changes nothing before the round ends.
    package mutating func observe(
        _ fingerprint: String, isBreached: Bool?, at time: Timestamp
    ) -> AlertTransition? {
        guard isBreached == true, breached.insert(fingerprint).inserted else { return nil }
        guard var instance = firing[fingerprint] else {
            let instance = AlertInstance(
                fingerprint: fingerprint, firstSeen: time, lastSeen: time)
            firing[fingerprint] = instance
            return .fired(instance)
        }
        instance.lastSeen = max(instance.lastSeen, time)
        firing[fingerprint] = instance
        return .continued(instance)
    }

    /// Ends the round: instances that were not found true resolve, in the order of their fingerprints.
    package mutating func endRound(at time: Timestamp) -> [AlertTransition] {
        let over = instances.filter { !breached.contains($0.fingerprint) }
        for instance in over { firing[instance.fingerprint] = nil }
        breached = []
        return over.map { .resolved($0, at: max($0.lastSeen, time)) }
    }
}
