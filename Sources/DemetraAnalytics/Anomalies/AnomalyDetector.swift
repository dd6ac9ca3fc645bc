package import DemetraTypes
import Glibc

/// Verdicts on the rows of one series: a detector that fits its steps, and one alarm an episode.
package enum AnomalyDetector {
    /// A verdict per row.
    ///
    /// - Parameters:
    ///   - sensitivity: 0...1; 0.5 alarms at 5.5 deviations by day, each 0.5 more halves the limits.
    ///   - isOnline: true when a verdict uses earlier rows only. Otherwise a row must depart from the rows
    ///     before it and from those behind it, as far as there are enough of either.
    /// - Throws: 57014 when cancelled.
    package static func verdicts(
        _ series: AnomalySeries, sensitivity: Double, isOnline: Bool,
        cancellation: CancellationFlag
    ) throws(DemetraError) -> [AnomalyVerdict] {
        let threshold = pow(2, 1 - 2 * sensitivity)
        let isIntraday = series.step <= Civil.microsecondsPerDay / 2
        func departures(_ series: AnomalySeries) throws(DemetraError) -> [Departure] {
            isIntraday
                ? try IntradayDetector.departures(
                    series, threshold: threshold, cancellation: cancellation)
                : try DailyDetector.departures(
                    series, threshold: threshold, cancellation: cancellation)
        }
        var found = try departures(series)
        if !isOnline {
            let backward = try departures(series.reversed)
            found = zip(found, backward.reversed()).map { agreed($0, $1) }
        }
        // An episode ends when nothing was odd for a week, or a day of finer data.
        let quiet = (isIntraday ? 1 : 7) * Civil.microsecondsPerDay
        return episodes(found, series.instants, quiet: quiet)
    }

    /// What both directions say: the weaker departure, around the mean of both expectations.
    private static func agreed(_ before: Departure, _ after: Departure) -> Departure {
        if after.score.isNaN { return before }
        if before.score.isNaN { return after }
        var both = after.strength < before.strength ? after : before
        both.expected = (before.expected + after.expected) / 2
        both.lower = (before.lower + after.lower) / 2
        both.upper = (before.upper + after.upper) / 2
        return both
    }

    private static func episodes(
        _ departures: [Departure], _ instants: [Int64], quiet: Int64
    ) -> [AnomalyVerdict] {
        var episode: Int64 = 0
        var last: Int64?
        return departures.indices.map { row in
            var verdict = AnomalyVerdict(departure: departures[row])
            guard departures[row].kind != nil else { return verdict }
            let isNew = last.map { instants[row] - $0 > quiet } ?? true
            if isNew { episode += 1 }
            last = instants[row]
            verdict.isAnomaly = isNew
            verdict.episode = episode
            return verdict
        }
    }
}
