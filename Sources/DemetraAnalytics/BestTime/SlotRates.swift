import DemetraTypes
import Glibc

/// What is known of the rate of one slot; NaN where it cannot be said.
struct SlotVerdict: Sendable {
    /// The slot within the week.
    var slot = 0
    /// Trials.
    var impressions = 0.0
    /// Successes by trials.
    var rate = Double.nan
    /// The expected rate after shrinking, and its interval.
    var shrunk = Double.nan
    var lower = Double.nan
    var upper = Double.nan
    /// By which share the shrunk rate is above that of all slots.
    var lift = Double.nan
    /// The probability that no other slot is better.
    var best = Double.nan
    /// The probability of being this far off the other slots by chance, before correction.
    var probability = Double.nan
    /// True when the whole interval is above the rate of all slots.
    var isAboveAll = false
    /// The place by shrunk rate among slots with enough impressions, from 1.
    var rank: Int?
    /// True when the slot is better than the others after correction.
    var isSignificant = false
}

/// The rates of the slots of one channel: a beta law each, drawn towards what weekday and hour let
/// expect, and that towards the rate of all.
struct SlotRates: Sendable {
    private let slots: [Int]
    private let groups: [DaySums]
    private let week: WeekSlots
    private let level: Double
    private let minimum: Double
    private let seed: UInt64

    /// The rate of all slots.
    private let overall: Double
    /// By how much days scatter more than chance, slot by slot.
    private let effects: [Double]

    /// Prepares the slots of a channel, in ascending order.
    init(
        _ slots: [Int], _ groups: [DaySums], week: WeekSlots, level: Double, minimum: Double,
        seed: UInt64
    ) {
        self.slots = slots
        self.groups = groups.map(Self.bounded)
        (self.week, self.level, self.minimum, self.seed) = (week, level, minimum, seed)
        let top = self.groups.reduce(0) { $0 + $1.top }
        let bottom = self.groups.reduce(0) { $0 + $1.bottom }
        overall = bottom > 0 ? top / bottom : .nan
        effects = ProportionPosterior.designEffects(self.groups, level: level)
    }

    /// Successes are at most as many as trials.
    private static func bounded(_ group: DaySums) -> DaySums {
        guard group.top > group.bottom, group.top > 0 else { return group }
        var bounded = group
        for index in bounded.cells.indices { bounded.cells[index].top *= group.bottom / group.top }
        return bounded
    }

    /// A verdict per slot; significance is still to be decided. Stops early when cancelled.
    func verdicts(_ cancellation: CancellationFlag) -> [SlotVerdict] {
        var verdicts = zip(slots, groups).map { slot, group -> SlotVerdict in
            var verdict = SlotVerdict()
            (verdict.slot, verdict.impressions) = (slot, group.bottom)
            if group.bottom > 0 { verdict.rate = group.top / group.bottom }
            return verdict
        }
        guard overall > 0, overall < 1 else {
            for index in verdicts.indices where !overall.isNaN {
                (verdicts[index].shrunk, verdicts[index].lift) = (overall, 0)
            }
            return verdicts
        }
        let laws = laws()
        for (index, law) in laws.enumerated() {
            if cancellation.isCancelled { return verdicts }
            verdicts[index].shrunk = law.a / (law.a + law.b)
            verdicts[index].lift = verdicts[index].shrunk / overall - 1
            verdicts[index].lower = IncompleteBeta.quantile((1 - level) / 2, law.a, law.b)
            verdicts[index].upper = IncompleteBeta.quantile((1 + level) / 2, law.a, law.b)
            verdicts[index].isAboveAll = verdicts[index].lower > overall
        }
        // One day cannot tell the hour from the day.
        let eligible = verdicts.indices.filter {
            verdicts[$0].impressions >= minimum && groups[$0].count > 1
        }
        guard eligible.count > 1 else { return verdicts }
        let order = eligible.sorted { left, right in
            let (a, b) = (verdicts[left].shrunk, verdicts[right].shrunk)
            return a != b ? a > b : left < right
        }
        for (place, index) in order.enumerated() {
            verdicts[index].rank = place + 1
            verdicts[index].probability = probability(index, laws[index])
        }
        let shares = shares(eligible, laws, cancellation)
        for index in eligible { verdicts[index].best = shares[index] }
        return verdicts
    }

    private func laws() -> [(a: Double, b: Double)] {
        let successes = zip(groups, effects).map { $0.top / $1 }
        let trials = zip(groups, effects).map { $0.bottom / $1 }
        let prior = prior(successes, trials)
        return slots.indices.map { index in
            let rate = 1 / (1 + exp(-prior.logOdds[index]))
            let strength = 1 / (prior.variances[index] * rate * (1 - rate))
            return (
                max(rate * strength + successes[index], 1e-12),
                max((1 - rate) * strength + max(0, trials[index] - successes[index]), 1e-12)
            )
        }
    }

    /// What is expected of each slot before its own rows are looked at, as log odds. The variance
    /// never claims more than a slot of average size would show.
    private func prior(
        _ successes: [Double], _ trials: [Double]
    ) -> (logOdds: [Double], variances: [Double]) {
        var logOdds = [Double](repeating: log(overall / (1 - overall)), count: slots.count)
        let total = trials.reduce(0, +)
        var variances = [Double](
            repeating: 1 / max(total * overall * (1 - overall), 1e-9), count: slots.count)
        var degrees = 1.0
        if week == .both {
            let fit = AdditiveRates(
                slots.indices.map { index in
                    AdditiveRates.Slot(
                        weekday: slots[index] / 24, hour: slots[index] % 24,
                        successes: groups[index].top, trials: groups[index].bottom)
                }, rate: overall, weekdays: designEffects(7) { $0 / 24 },
                hours: designEffects(24) { $0 % 24 })
            (logOdds, variances, degrees) = (fit.logOdds, fit.variances, fit.degrees)
        }
        // The scatter of slots around that, by moments.
        var (squares, weights, weightSquares, used) = (0.0, 0.0, 0.0, 0.0)
        for index in slots.indices where trials[index] > 0 {
            let rate = 1 / (1 + exp(-logOdds[index]))
            let weight = trials[index] * rate * (1 - rate)
            let departure = successes[index] - trials[index] * rate
            squares += departure * departure / weight
            weights += weight
            weightSquares += weight * weight
            used += 1
        }
        let excess = squares - max(used - degrees, 0)
        let scatter = max(0, excess / max(weights - weightSquares / weights, 1e-12))
        let least = used / weights
        return (logOdds, variances.map { min(max($0 + scatter, least), 100) })
    }

    /// The design effects of slots put together, of weekdays or of hours.
    private func designEffects(_ count: Int, _ place: (Int) -> Int) -> [Double] {
        var cells = [[DaySums.Cell]](repeating: [], count: count)
        for (slot, group) in zip(slots, groups) { cells[place(slot)] += group.cells }
        let merged = cells.map { cells in
            var days: [Int32: DaySums.Cell] = [:]
            for cell in cells {
                days[cell.day, default: DaySums.Cell(day: cell.day, top: 0, bottom: 0)].top +=
                    cell.top
                days[cell.day]?.bottom += cell.bottom
            }
            var sums = DaySums()
            sums.cells = days.values.sorted { $0.day < $1.day }
            return sums
        }
        return ProportionPosterior.designEffects(merged, level: level)
    }

    /// The probability that the slot is as good as the others or worse, times two. How little is
    /// known of the others counts as fewer trials of its own.
    private func probability(_ index: Int, _ law: (a: Double, b: Double)) -> Double {
        var (top, bottom, effective) = (0.0, 0.0, 0.0)
        for other in groups.indices where other != index {
            top += groups[other].top
            bottom += groups[other].bottom
            effective += groups[other].bottom / effects[other]
        }
        guard bottom > 0 else { return .nan }
        let rate = min(max(top / bottom, 1e-300), 1 - 1e-15)
        let own = 1 / law.a + 1 / law.b
        let rest = 1 / max(effective * rate * (1 - rate), 1e-9)
        let share = own / (own + rest)
        return min(1, 2 * IncompleteBeta.value(rate, law.a * share, law.b * share))
    }

    private func shares(
        _ eligible: [Int], _ laws: [(a: Double, b: Double)], _ cancellation: CancellationFlag
    ) -> [Double] {
        let drawCount = ProportionPosterior.drawCount
        var best = BestOfDraws(count: drawCount)
        for index in eligible {
            if cancellation.isCancelled { break }
            var generator = SeededGenerator(
                seed: SeededGenerator.scrambled(
                    seed ^ SeededGenerator.scrambled(UInt64(slots[index]))))
            let (a, b) = laws[index]
            best.enter(index, (0..<drawCount).map { _ in BetaSampler.draw(a, b, &generator) })
        }
        return best.shares(count: slots.count)
    }

    /// Decides which slots are better than the others, over all channels of a call.
    static func decide(_ channels: inout [[SlotVerdict]], level: Double) {
        let adjusted = HolmCorrection.adjusted(channels.flatMap { $0.map(\.probability) })
        var next = 0
        for channel in channels.indices {
            for index in channels[channel].indices {
                let verdict = channels[channel][index]
                channels[channel][index].isSignificant =
                    adjusted[next] <= 1 - level && verdict.lift > 0
                    && (verdict.best > 0.5 || verdict.isAboveAll)
                next += 1
            }
        }
    }
}
