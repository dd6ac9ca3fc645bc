package import DemetraTypes
import Glibc

/// Finds rows that depart from the level and weekday profile of the rows before them: for data by day,
/// or in longer steps.
///
///     profile    of each weekday: median of 8 values - their centred week     (what Sundays are like)
///     level      median of the last 21 rows without their profile             (three weeks)
///     departure  value - profile - level, known before the row is learned from
///     scale      1.4826 median |departure| of the last 56 + a percent         (eight weeks)
///     z          departure / scale
///
/// |z| above 5.5 is a spike or a drop; four rows whose median is above 4 are a shift of the level. Medians
/// throughout, so that one anomaly does not hide the next.
///
/// - Invariant: a departure depends on earlier rows alone.
/// - Complexity: O(1) per row, about a microsecond.
package struct DailyDetector: Sendable {
    /// Rows before the first verdict.
    package static let warmUp = 28
    private static let cycles = 8
    private static let levelRows = 21
    private static let scaleRows = 56
    /// Standard deviations in a median of absolute normal numbers.
    private static let deviations = 1.4826

    private let scale: ValueScale
    private let season: Int
    private let rowLimit: Double
    private let shiftLimit: Double
    /// The last centred values by phase, oldest first.
    private var phases: [[Double]]
    private var profile: [Double]
    private var positions: [Double] = []
    private var places: [Int] = []
    private var sizes = SortedWindow(capacity: scaleRows)
    private var lastScores: [Double] = []
    private var scratch: [Double] = []

    /// - Parameter threshold: multiplies the limits.
    private init(scale: ValueScale, season: Int, threshold: Double) {
        self.scale = scale
        self.season = season
        rowLimit = 5.5 * threshold
        shiftLimit = 4 * threshold
        phases = Array(repeating: [], count: season)
        profile = Array(repeating: 0, count: season)
    }

    /// A departure per row.
    ///
    /// - Throws: 57014 when cancelled.
    package static func departures(
        _ series: AnomalySeries, threshold: Double, cancellation: CancellationFlag
    ) throws(DemetraError) -> [Departure] {
        let step = series.step
        let isDaily = step < 2 * Civil.microsecondsPerDay
        let scale = ValueScale(series.values.prefix(warmUp), share: 0.02)
        var detector = DailyDetector(
            scale: scale, season: series.season ?? (isDaily ? 7 : 1), threshold: threshold)
        let weights = series.weights()
        var found = [Departure](repeating: Departure(), count: series.values.count)
        guard let start = series.instants.first else { return found }
        for row in series.values.indices {
            if row % 4_096 == 0 { try cancellation.check() }
            let cycle = ((series.instants[row] - start) + step / 2) / step
            let phase = Int(cycle % Int64(detector.season))
            found[row] = detector.departure(
                series.values[row], phase: phase, weight: weights.isEmpty ? 1 : weights[row],
                isRatio: !weights.isEmpty)
        }
        return found
    }

    private mutating func departure(
        _ value: Double, phase: Int, weight: Double, isRatio: Bool
    ) -> Departure {
        var found = Departure()
        let count = positions.count
        guard count >= 2 else {
            if !value.isNaN { learn(scale.position(value), phase, departure: nil) }
            return found
        }
        let center = level() + profile[phase]
        let width = self.width / weight
        let isWarm = count >= Self.warmUp && sizes.count >= 14
        if isWarm {
            found.expected = scale.value(center)
            found.lower = scale.value(center - rowLimit * width)
            found.upper = scale.value(center + rowLimit * width)
        }
        guard !value.isNaN else {
            // A ratio without volume is undefined, not missing.
            if isWarm, !isRatio, let zero = scale.zero {
                judgeMissing(&found, (center - zero) / width)
            }
            return found
        }
        let position = scale.position(value)
        let departure = position - center
        if isWarm { judge(&found, departure / width, value: value) }
        learn(position, phase, departure: count >= Self.cycles ? departure * weight : nil)
        return found
    }

    /// Missing values count when even zero would have been an alarm.
    private func judgeMissing(_ found: inout Departure, _ score: Double) {
        found.strength = score / rowLimit
        found.score = probability(score)
        if found.strength > 1 { found.kind = .missing }
    }

    private mutating func judge(_ found: inout Departure, _ score: Double, value: Double) {
        lastScores.append(score)
        if lastScores.count > 4 { lastScores.removeFirst() }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: lastScores)
        let shift = lastScores.count == 4 ? abs(Median.of(&scratch)) : 0
        found.score = probability(abs(score))
        found.strength = max(abs(score) / rowLimit, shift / shiftLimit)
        guard found.strength > 1 else { return }
        if abs(score) > rowLimit {
            found.kind = score > 0 ? .spike : (value == 0 ? .zero : .drop)
        } else {
            found.kind = .levelShift
        }
    }

    /// The share of recent departures that were smaller, beyond the largest one with an exponential tail.
    private func probability(_ score: Double) -> Double {
        let unit = Self.deviations * sizes.median
        let size = score * width
        let larger = sizes.count - sizes.rank(size)
        let share = Double(larger + 1) / Double(sizes.count + 1)
        guard larger == 0, unit > 0 else { return 1 - share }
        return 1 - share * exp(-(size - sizes.largest) / unit)
    }

    /// One deviation.
    private var width: Double {
        sizes.count == 0 ? scale.floor : Self.deviations * sizes.median + scale.floor
    }

    private mutating func level() -> Double {
        scratch.removeAll(keepingCapacity: true)
        for index in max(positions.count - Self.levelRows, 0)..<positions.count {
            scratch.append(positions[index] - profile[places[index]])
        }
        return Median.of(&scratch)
    }

    private mutating func learn(_ position: Double, _ phase: Int, departure: Double?) {
        positions.append(position)
        places.append(phase)
        if let departure {
            sizes.append(abs(departure))
        }
        // Of a week's rows only the middle one has its centred median now.
        let half = season / 2
        guard season > 1, positions.count >= season else { return }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: positions[(positions.count - season)...])
        let middle = positions.count - 1 - half
        let centred = positions[middle] - Median.of(&scratch)
        let place = places[middle]
        phases[place].append(centred)
        if phases[place].count > Self.cycles { phases[place].removeFirst() }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: phases[place])
        profile[place] = Median.of(&scratch)
    }
}
