package import DemetraTypes

/// Finds rows that depart from what is usual, judged by how rare such departures were: for data by the
/// hour and finer, whose noise has heavy tails.
///
/// Two predictions run side by side: the median of the last seven days, and the median of the same time
/// of day over fourteen. The second one counts while its errors are below 0.8 of the first one's; each
/// has a history of departures of its own. A row is judged by three statistics - its own departure, the
/// mean departure of the last hour, and of the last six - each against its own tail: an alarm is what
/// comes once in two weeks (`TailHistory`). So a series with bursts every day is not alarming for them.
///
/// - Invariant: a departure depends on earlier rows alone; predictions and tails are looked at anew once
///   a day.
package struct IntradayDetector: Sendable {
    /// Days before the first verdict.
    package static let warmUpDays = 3
    private static let profileDays = 14
    private static let levelDays = 7
    private static let tailDays = 28
    private static let alarmDays = 14.0
    private static let hours = [0.0, 1, 6]
    /// Where noise is mild, once in two weeks is nothing special: then as many deviations are as by day.
    private static let rowDeviations = 5.5
    private static let meanDeviations = 4.0

    private let scale: ValueScale
    private let day: Int
    private let threshold: Double
    private var positions: [Double] = []
    private var slots: [[Double]]
    private var level = Double.nan
    private var predictions: [Prediction]
    private var hasProfile = false
    private var errors = (level: 0.0, profile: 0.0, count: 0)
    private var scratch: [Double] = []

    /// The departures from one prediction and their statistics.
    private struct Prediction: Sendable {
        var means: [RunningMean]
        var tails: [TailHistory]
        var limits: [Double]
        var current: [Double]
    }

    private init(scale: ValueScale, day: Int, threshold: Double) {
        self.scale = scale
        self.day = day
        self.threshold = threshold
        slots = Array(repeating: [], count: day)
        var lengths: [Int] = []
        for hours in Self.hours {
            let rows = Int((hours * Double(day) / 24).rounded())
            let length = hours == 0 ? 1 : max(rows, 2)
            if !lengths.contains(length) { lengths.append(length) }
        }
        let one = Prediction(
            means: lengths.map { RunningMean(length: $0) },
            tails: lengths.map { _ in TailHistory() },
            limits: lengths.map { _ in .infinity }, current: lengths.map { _ in .nan })
        predictions = [one, one]
    }

    /// A departure per row.
    ///
    /// - Throws: 57014 when cancelled.
    package static func departures(
        _ series: AnomalySeries, threshold: Double, cancellation: CancellationFlag
    ) throws(DemetraError) -> [Departure] {
        let perDay = Double(Civil.microsecondsPerDay)
        let day = min(max(Int((perDay / Double(series.step)).rounded()), 2), 86_400)
        let warmUp = max(warmUpDays * day, DailyDetector.warmUp)
        let scale = ValueScale(series.values.prefix(warmUp), share: 1)
        var detector = IntradayDetector(
            scale: scale, day: series.season.map { max($0, 2) } ?? day, threshold: threshold)
        let weights = series.weights()
        var found = [Departure](repeating: Departure(), count: series.values.count)
        guard let start = series.instants.first else { return found }
        for row in series.values.indices {
            if row % 1_024 == 0 { try cancellation.check() }
            let elapsed = series.instants[row] - start
            let slot: Int
            if let season = series.season {
                slot = Int((elapsed + series.step / 2) / series.step % Int64(max(season, 2)))
            } else {
                let time = elapsed % Civil.microsecondsPerDay
                slot = min(Int(Double(time) / perDay * Double(day) + 1e-6), day - 1)
            }
            found[row] = detector.departure(
                series.values[row], slot: slot, weight: weights.isEmpty ? 1 : weights[row],
                isRatio: !weights.isEmpty, isWarm: row >= warmUp)
            if (row + 1) % detector.day == 0 { detector.lookAnew() }
        }
        return found
    }

    private mutating func departure(
        _ value: Double, slot: Int, weight: Double, isRatio: Bool, isWarm: Bool
    ) -> Departure {
        var found = Departure()
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: slots[slot])
        let profile = scratch.count >= 2 ? Median.of(&scratch) : .nan
        let active = hasProfile ? 1 : 0
        let center = hasProfile ? profile : level
        let limit = predictions[active].limits[0]
        let isKnown = isWarm && !center.isNaN && limit.isFinite
        if isKnown {
            found.expected = scale.value(center)
            found.lower = scale.value(center - limit / weight)
            found.upper = scale.value(center + limit / weight)
        }
        guard !value.isNaN else {
            // A ratio without volume is undefined, not missing.
            if isKnown, !isRatio, let zero = scale.zero {
                found.strength = max(center - zero, 0) / limit
                found.score = 1 - predictions[active].tails[0].probability(max(center - zero, 0))
                if found.strength > 1 { found.kind = .missing }
            }
            return found
        }
        let position = scale.position(value)
        let departures = ((position - level) * weight, (position - profile) * weight)
        if !departures.0.isNaN { add(departures.0, to: 0) }
        if !departures.1.isNaN { add(departures.1, to: 1) }
        if isKnown { judge(&found, predictions[active], value: value) }
        if !departures.0.isNaN, !departures.1.isNaN {
            errors.level += abs(departures.0)
            errors.profile += abs(departures.1)
            errors.count += 1
        }
        positions.append(position)
        if slots[slot].count == Self.profileDays { slots[slot].removeFirst() }
        slots[slot].append(position)
        return found
    }

    private mutating func add(_ departure: Double, to index: Int) {
        for statistic in predictions[index].means.indices {
            let mean = predictions[index].means[statistic].add(departure)
            predictions[index].current[statistic] = mean
            if !mean.isNaN { predictions[index].tails[statistic].append(abs(mean)) }
        }
    }

    private func judge(_ found: inout Departure, _ prediction: Prediction, value: Double) {
        found.score = 0
        for statistic in prediction.current.indices {
            let size = abs(prediction.current[statistic])
            guard !size.isNaN else { continue }
            let strength = size / prediction.limits[statistic]
            found.score = max(found.score, 1 - prediction.tails[statistic].probability(size))
            found.strength = max(found.strength, strength)
        }
        guard found.strength > 1 else { return }
        if abs(prediction.current[0]) <= prediction.limits[0] {
            found.kind = .levelShift
        } else if prediction.current[0] > 0 {
            found.kind = .spike
        } else {
            found.kind = value == 0 && scale.zero != nil ? .zero : .drop
        }
    }

    /// Level, choice of the prediction and limits for the next day.
    private mutating func lookAnew() {
        let rows = Self.levelDays * day
        if positions.count > 2 * rows + 1_024 { positions.removeFirst(positions.count - rows) }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: positions.suffix(rows))
        level = Median.of(&scratch)
        if errors.count >= day { hasProfile = errors.profile < 0.8 * errors.level }
        let active = hasProfile ? 1 : 0
        for statistic in predictions[active].tails.indices {
            predictions[active].tails[statistic].refit(Self.tailDays * day)
            let tail = predictions[active].tails[statistic]
            let rare = tail.size(onceIn: Self.alarmDays * Double(day))
            let deviations = statistic == 0 ? Self.rowDeviations : Self.meanDeviations
            predictions[active].limits[statistic] =
                max(rare, deviations * tail.deviation, scale.floor) * threshold
        }
    }
}
