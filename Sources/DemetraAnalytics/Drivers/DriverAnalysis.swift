import DemetraFunctions
import DemetraTypes

/// Splits the change of a metric between two periods among segments, with intervals from resampling
/// the days of each period.
struct DriverAnalysis: Sendable {
    private let metric: AdMetric
    private let level: Double
    private let segmentsA: [DaySums]
    private let segmentsB: [DaySums]
    private let daysA: DayResampling
    private let daysB: DayResampling
    private let all: PeriodSums
    private let expansion: DrawExpansion
    private let countA: Int
    private let countB: Int

    /// Prepares the segments; both arrays have one element for each. `countA` and `countB` are the
    /// days of the periods, `isCorrected` tells that all segments are judged at once.
    init(
        _ segmentsA: [DaySums], _ segmentsB: [DaySums], counts: (a: Int, b: Int),
        days: (a: DayResampling, b: DayResampling), metric: AdMetric, level: Double,
        isCorrected: Bool
    ) {
        (self.metric, self.level) = (metric, level)
        (self.segmentsA, self.segmentsB) = (segmentsA, segmentsB)
        (daysA, daysB) = (days.a, days.b)
        (countA, countB) = counts
        var all = PeriodSums()
        for index in segmentsA.indices {
            let own = Self.sums(segmentsA[index], segmentsB[index])
            all.topA += own.topA
            all.bottomA += own.bottomA
            all.topB += own.topB
            all.bottomB += own.bottomB
        }
        self.all = all
        expansion = DrawExpansion(
            segmentsA.map(\.count) + segmentsB.map(\.count) + [counts.a, counts.b], level: level,
            testCount: isCorrected ? segmentsA.count : 1)
    }

    private static func sums(_ a: DaySums, _ b: DaySums) -> PeriodSums {
        PeriodSums(topA: a.top, bottomA: a.bottom, topB: b.top, bottomB: b.bottom)
    }

    /// A verdict per segment, and one of all of them; significance is still to be decided.
    ///
    /// - Throws: 57014 when cancelled.
    func verdicts(
        _ context: EvaluationContext
    ) throws(DemetraError) -> (segments: [DriverVerdict], total: DriverVerdict) {
        let cancellation = context.cancellation
        let totals = try totals(context)
        let slots = ResultSlots(count: segmentsA.count, empty: DriverVerdict())
        context.workers.forEach(segmentsA.count) { segment in
            guard !cancellation.isCancelled else { return }
            let a = daysA.sums(segmentsA[segment].cells, cancellation)
            let b = daysB.sums(segmentsB[segment].cells, cancellation)
            slots.set(segment, verdict(segment, a, b, totals))
        }
        try cancellation.check()
        return (slots.values, total(totals))
    }

    private func totals(
        _ context: EvaluationContext
    ) throws(DemetraError) -> (a: RatioDraws, b: RatioDraws) {
        let empty = RatioDraws(count: DayResampling.drawCount)
        let cancellation = context.cancellation
        return try OrderedSum.of(segmentsA.count, (a: empty, b: empty), context) { segment, sums in
            sums.a.add(daysA.sums(segmentsA[segment].cells, cancellation))
            sums.b.add(daysB.sums(segmentsB[segment].cells, cancellation))
        } merge: { part, sums in
            sums.a.add(part.a)
            sums.b.add(part.b)
        }
    }

    private func change(_ own: PeriodSums, of all: PeriodSums) -> SegmentChange {
        metric.bottom == nil ? SegmentChange(sum: own) : SegmentChange(ratio: own, of: all)
    }

    /// The numbers of a segment without its intervals.
    private func plain(_ own: PeriodSums) -> DriverVerdict {
        var verdict = DriverVerdict()
        if metric.bottom == nil {
            (verdict.valueA, verdict.valueB) = (own.topA, own.topB)
            if all.topA > 0 { verdict.shareA = own.topA / all.topA }
            if all.topB > 0 { verdict.shareB = own.topB / all.topB }
        } else {
            if own.bottomA > 0 { verdict.valueA = own.topA / own.bottomA + metric.offset }
            if own.bottomB > 0 { verdict.valueB = own.topB / own.bottomB + metric.offset }
            if all.bottomA > 0 { verdict.shareA = own.bottomA / all.bottomA }
            if all.bottomB > 0 { verdict.shareB = own.bottomB / all.bottomB }
        }
        return verdict
    }

    private func verdict(
        _ segment: Int, _ a: RatioDraws, _ b: RatioDraws, _ totals: (a: RatioDraws, b: RatioDraws)
    ) -> DriverVerdict {
        let own = Self.sums(segmentsA[segment], segmentsB[segment])
        var verdict = plain(own)
        let change = change(own, of: all)
        (verdict.rate.value, verdict.mix.value) = (change.rate, change.mix)
        verdict.effect.value = change.effect
        // A segment that came or went is judged by the days it had.
        let counts = [segmentsA[segment].count, segmentsB[segment].count].filter { $0 > 0 }
        let days = min(counts.min() ?? 0, countA, countB)
        guard days >= GroupComparison.minimumDays, !change.effect.isNaN else { return verdict }
        let changes = a.tops.indices.map { draw in
            self.change(
                PeriodSums(
                    topA: a.tops[draw], bottomA: a.bottoms[draw], topB: b.tops[draw],
                    bottomB: b.bottoms[draw]),
                of: PeriodSums(
                    topA: totals.a.tops[draw], bottomA: totals.a.bottoms[draw],
                    topB: totals.b.tops[draw], bottomB: totals.b.bottoms[draw]))
        }
        verdict.rate = effect(change.rate, changes.map(\.rate), days)
        verdict.mix = effect(change.mix, changes.map(\.mix), days)
        judge(&verdict, change.effect, changes.map(\.effect), days, scale: scale(own))
        return verdict
    }

    /// All segments together.
    private func total(_ totals: (a: RatioDraws, b: RatioDraws)) -> DriverVerdict {
        var verdict = plain(all)
        let change = change(all, of: all)
        verdict.effect.value =
            metric.bottom == nil ? change.effect : verdict.valueB - verdict.valueA
        guard min(countA, countB) >= GroupComparison.minimumDays, !verdict.effect.value.isNaN else {
            return verdict
        }
        let (a, b) = (totals.a, totals.b)
        let draws =
            metric.bottom == nil
            ? zip(b.tops, a.tops).map { $0 - $1 } : zip(b.ratios, a.ratios).map { $0 - $1 }
        judge(
            &verdict, verdict.effect.value, draws, min(countA, countB), scale: scale(all))
        return verdict
    }

    /// What effects of a segment are measured against to tell them from rounding.
    private func scale(_ own: PeriodSums) -> Double {
        guard metric.bottom != nil else { return abs(own.topA) + abs(own.topB) }
        return abs(own.topA / all.bottomA) + abs(own.topB / all.bottomB)
            + abs(all.topA / all.bottomA) * own.bottomA / all.bottomA
            + abs(all.topB / all.bottomB) * own.bottomB / all.bottomB
    }

    private func effect(_ value: Double, _ draws: [Double], _ days: Int) -> DriverVerdict.Effect {
        guard !value.isNaN else { return DriverVerdict.Effect() }
        let spread = DrawSummary.expanded(draws, around: value, by: expansion.interval(days))
        let (lower, upper) = DrawSummary.interval(spread, level: level)
        return DriverVerdict.Effect(
            value: value, lower: min(lower, value), upper: max(upper, value))
    }

    private func judge(
        _ verdict: inout DriverVerdict, _ value: Double, _ draws: [Double], _ days: Int,
        scale: Double
    ) {
        verdict.effect = effect(value, draws, days)
        verdict.outcome = .open
        let spread = DrawSummary.expanded(draws, around: value, by: expansion.test(days))
        // What rounding makes is no effect.
        let noise = 1e-9 * scale
        verdict.probability = DrawSummary.probability(spread.map { abs($0) <= noise ? 0 : $0 })
        let center = OrderStatistics.mean(spread.filter { !$0.isNaN })
        if abs(value) <= noise || (center > 0) != (value > 0), !verdict.probability.isNaN {
            verdict.probability = 1
        }
    }

    /// Decides which effects stand.
    static func decide(_ verdicts: inout [DriverVerdict], level: Double, isCorrected: Bool) {
        let probabilities = verdicts.map(\.probability)
        let adjusted = isCorrected ? HolmCorrection.adjusted(probabilities) : probabilities
        for index in verdicts.indices where adjusted[index] <= 1 - level + 1e-12 {
            verdicts[index].isSignificant = true
            verdicts[index].outcome = verdicts[index].effect.value > 0 ? .raised : .lowered
        }
    }
}
