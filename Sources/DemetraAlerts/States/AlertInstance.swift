package import DemetraTypes

/// The open alert of one label set: it fired and has not resolved yet.
package struct AlertInstance: Sendable, Hashable {
    /// Rule and labels as one text; see `AlertFingerprint`.
    package let fingerprint: String
    /// When the condition was first found true.
    package let firstSeen: Timestamp
    /// When it was last found true.
    package var lastSeen: Timestamp

    /// Makes an instance.
    package init(fingerprint: String, firstSeen: Timestamp, lastSeen: Timestamp) {
        self.fingerprint = fingerprint
        self.firstSeen = firstSeen
        self.lastSeen = lastSeen
    }
}

/// What an observation did to an instance.
package enum AlertTransition: Sendable, Hashable {
    /// The condition has become true.
    case fired(AlertInstance)
    /// It is still true.
    case continued(AlertInstance)
    /// It is true no longer, or its label set is gone.
    case resolved(AlertInstance, at: Timestamp)
}
