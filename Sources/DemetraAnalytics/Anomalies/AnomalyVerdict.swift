/// A row of DETECT_ANOMALIES.
package struct AnomalyVerdict: Sendable {
    /// What the detector says.
    package var departure: Departure
    /// True on the row that raises the alarm, which is the first one of an episode.
    package var isAnomaly = false
    /// Number of the episode, from 1 in each series, on every row that takes part in one.
    package var episode: Int64?

    /// How bad it is: `low` up to 1.5 times the limit, `medium` up to 3 times, else `high`.
    package var severity: String? {
        guard departure.kind != nil else { return nil }
        return departure.strength > 3 ? "high" : departure.strength > 1.5 ? "medium" : "low"
    }
}
