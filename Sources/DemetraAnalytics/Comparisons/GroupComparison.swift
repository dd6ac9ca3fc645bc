import DemetraFunctions
import DemetraTypes

/// Compares the groups of one panel, each with the rest or with one of them.
struct GroupComparison: Sendable {
    /// How to compare.
    struct Options: Sendable {
        var metric = AdMetric.roi
        var level = 0.9
        /// True to correct for the number of groups, by Holm's method.
        var isCorrected = true
        var seed: UInt64 = 42
    }

    /// Groups with fewer days get no interval.
    static let minimumDays = 5

    /// Where the draws come from.
    private enum Source: Sendable {
        case days(DayResampling)
        case posterior(ProportionPosterior)
    }

    /// What was found over all groups: the sums in each draw, and who wins it.
    private struct Totals: Sendable {
        var sums: RatioDraws
        var best: BestOfDraws
    }

    private let groups: [DaySums]
    /// The group that all are compared with; nil for the rest of each.
    private let baseline: Int?
    private let options: Options
    /// What each group is compared with, or all of them.
    private let references: [Reference]
    private let source: Source
    /// The scatter of days that all groups share; nil where laws know it.
    private let scatter: PooledScatter?
    /// The posterior widens its laws itself.
    private let expansion: DrawExpansion
    private let drawCount: Int

    /// Prepares a comparison; `days` is for metrics that are no proportions.
    ///
    /// `testCount`: how many groups are judged in the whole call.
    init(
        _ groups: [DaySums], baseline: Int?, days: DayResampling?, testCount: Int, options: Options
    ) {
        self.groups = groups
        self.baseline = baseline
        self.options = options
        references = baseline.map { [Reference(groups[$0])] } ?? Reference.rests(groups)
        if let days {
            source = .days(days)
            scatter = PooledScatter(groups)
            expansion = DrawExpansion(
                groups.map(\.count), level: options.level,
                testCount: options.isCorrected ? testCount : 1)
            drawCount = DayResampling.drawCount
        } else {
            expansion = DrawExpansion([], level: options.level, testCount: 1)
            scatter = nil
            source = .posterior(
                ProportionPosterior(groups, level: options.level, seed: options.seed))
            drawCount = ProportionPosterior.drawCount
        }
    }

    /// True when a group has enough days to be judged.
    static func isJudged(_ group: DaySums) -> Bool {
        group.count >= minimumDays && group.bottom > 0
    }

    /// A verdict per group; significance is still to be decided.
    ///
    /// - Throws: 57014 when cancelled.
    func verdicts(_ context: EvaluationContext) throws(DemetraError) -> [GroupVerdict] {
        let cancellation = context.cancellation
        guard groups.contains(where: Self.isJudged) else { return groups.indices.map(plain) }
        let totals = try totals(context)
        let fixed = baseline.map { sums($0, cancellation) }
        let shares = totals.best.shares(count: groups.count)
        let others = otherDays()
        let slots = ResultSlots(count: groups.count, empty: GroupVerdict())
        context.workers.forEach(groups.count) { group in
            guard !cancellation.isCancelled else { return }
            guard Self.isJudged(groups[group]) else {
                return slots.set(group, plain(group))
            }
            let sums = sums(group, cancellation)
            slots.set(
                group,
                verdict(
                    group, sums, against: fixed ?? totals.sums.without(sums), shares[group],
                    others, cancellation))
        }
        try cancellation.check()
        return slots.values
    }

    private func totals(_ context: EvaluationContext) throws(DemetraError) -> Totals {
        let empty = Totals(
            sums: RatioDraws(count: drawCount), best: BestOfDraws(count: drawCount))
        let cancellation = context.cancellation
        return try OrderedSum.of(groups.count, empty, context) { group, totals in
            guard groups[group].bottom > 0 || groups[group].top != 0 else { return }
            let sums = sums(group, cancellation)
            totals.sums.add(sums)
            if Self.isJudged(groups[group]) { totals.best.enter(group, entries(group, sums)) }
        } merge: { part, totals in
            totals.sums.add(part.sums)
            totals.best.merge(part.best)
        }
    }

    private func sums(_ group: Int, _ cancellation: CancellationFlag) -> RatioDraws {
        switch source {
        case .days(let days): days.sums(groups[group].cells, cancellation)
        case .posterior(let posterior): posterior.sums(group, cancellation)
        }
    }

    /// The ratios by which groups compete; higher is better.
    private func entries(_ group: Int, _ sums: RatioDraws) -> [Double] {
        let expanded = DrawSummary.expanded(
            sums.ratios, around: groups[group].top / groups[group].bottom,
            by: expansion.interval(groups[group].count))
        return options.metric.isCost ? expanded.map { -$0 } : expanded
    }

    /// What can be said without draws.
    private func plain(_ group: Int) -> GroupVerdict {
        var verdict = GroupVerdict()
        verdict.count = groups[group].count
        verdict.spend = groups[group].spend
        if groups[group].bottom > 0 {
            verdict.value = groups[group].top / groups[group].bottom + options.metric.offset
        }
        if group == baseline { verdict.outcome = .baseline }
        return verdict
    }

    private func verdict(
        _ group: Int, _ sums: RatioDraws, against other: RatioDraws, _ best: Double,
        _ otherDays: [SIMD2<Double>], _ cancellation: CancellationFlag
    ) -> GroupVerdict {
        var verdict = plain(group)
        verdict.best = best
        let ratio = groups[group].top / groups[group].bottom
        let ratios = sums.ratios
        let own = groups[group]
        let student = student(group, sums, other, otherDays, cancellation)
        let (lower, upper) = Self.wider(
            DrawSummary.interval(
                DrawSummary.expanded(
                    ratios, around: ratio, by: expansion.interval(own.count)),
                level: options.level),
            student?.own.interval(level: options.level, of: drawCount))
        // Where nothing is negative, no ratio is either.
        let least = own.cells.allSatisfy { $0.top >= 0 } ? 0 : -Double.infinity
        verdict.lower = max(min(lower, ratio), least) + options.metric.offset
        verdict.upper = max(upper, ratio) + options.metric.offset
        guard group != baseline else { return verdict }
        let reference = references[baseline == nil ? group : 0]
        guard reference.bottom > 0 else {
            verdict.outcome = .open
            return verdict
        }
        let difference = DrawSummary.difference(ratio, reference.top / reference.bottom)
        verdict.difference = difference
        guard reference.days >= Self.minimumDays else { return verdict }
        let draws = zip(ratios, other.ratios).map { DrawSummary.difference($0, $1) }
        let days = min(own.count, reference.days)
        let bounds = Self.wider(
            DrawSummary.interval(
                DrawSummary.expanded(
                    draws, around: difference, by: expansion.interval(days)),
                level: options.level),
            student?.difference.interval(level: options.level, of: drawCount))
        verdict.differenceLower = min(bounds.lower, difference)
        verdict.differenceUpper = max(bounds.upper, difference)
        let spread = DrawSummary.expanded(
            draws, around: difference, by: expansion.test(days))
        verdict.probability = DrawSummary.probability(spread)
        if let scatter {
            let pooled = scatter.probability(
                of: difference, group, baseline: baseline, days: days)
            verdict.probability = max(verdict.probability, pooled)
        }
        if let student, !verdict.probability.isNaN {
            // What is significant has an interval on one side of zero.
            verdict.probability = max(
                verdict.probability, student.difference.probability(of: drawCount))
        }
        // The side on which the draws lie must be that of the difference seen.
        let center = OrderStatistics.mean(spread.filter { !$0.isNaN })
        if difference == 0 || (center > 0) != (difference > 0), !verdict.probability.isNaN {
            verdict.probability = 1
        }
        verdict.outcome = .open
        return verdict
    }

    /// What all groups are compared with, day by day; the sum of all groups when each is compared with the rest.
    private func otherDays() -> [SIMD2<Double>] {
        guard case .days(let days) = source else { return [] }
        if let baseline { return days.dense(groups[baseline].cells) }
        return days.dense(groups.flatMap(\.cells))
    }

    /// Nil for proportions, whose law is known.
    private func student(
        _ group: Int, _ sums: RatioDraws, _ other: RatioDraws, _ otherDays: [SIMD2<Double>],
        _ cancellation: CancellationFlag
    ) -> StudentizedRatio? {
        guard case .days(let days) = source else { return nil }
        let own = days.dense(groups[group].cells)
        let rest = baseline == nil ? zip(otherDays, own).map { $0 - $1 } : otherDays
        let reference = references[baseline == nil ? group : 0]
        let count =
            reference.days > 1 ? min(groups[group].count, reference.days) : groups[group].count
        return StudentizedRatio(
            own, rest, samples: sums, others: other, dayCount: count, level: options.level, days,
            cancellation)
    }

    /// The outer bounds of two intervals: percentiles reach too little upwards, departures in own errors
    /// too little downwards.
    private static func wider(
        _ percentiles: (lower: Double, upper: Double), _ other: (lower: Double, upper: Double)?
    ) -> (lower: Double, upper: Double) {
        guard let other, !percentiles.lower.isNaN else { return percentiles }
        return (min(percentiles.lower, other.lower), max(percentiles.upper, other.upper))
    }

    /// Decides which differences stand, over all groups of a call.
    static func decide(_ verdicts: inout [GroupVerdict], options: Options) {
        let probabilities = verdicts.map(\.probability)
        let adjusted =
            options.isCorrected ? HolmCorrection.adjusted(probabilities) : probabilities
        for index in verdicts.indices where adjusted[index] <= 1 - options.level + 1e-12 {
            verdicts[index].isSignificant = true
            let isBetter = (verdicts[index].difference > 0) != options.metric.isCost
            verdicts[index].outcome = isBetter ? .better : .worse
        }
    }
}

/// The sums that a group is compared with.
private struct Reference: Sendable {
    var top = 0.0
    var bottom = 0.0
    /// Its days, at least.
    var days = 0

    init() {}

    init(_ group: DaySums) { (top, bottom, days) = (group.top, group.bottom, group.count) }

    private func adding(_ other: Reference) -> Reference {
        var sum = self
        sum.top += other.top
        sum.bottom += other.bottom
        sum.days = max(days, other.days)
        return sum
    }

    /// For each group all others together, from what precedes it and what follows it.
    static func rests(_ groups: [DaySums]) -> [Reference] {
        let parts = groups.map { Reference($0) }
        var following = [Reference](repeating: Reference(), count: parts.count + 1)
        for index in parts.indices.reversed() {
            following[index] = following[index + 1].adding(parts[index])
        }
        var preceding = Reference()
        return parts.indices.map { index in
            let rest = preceding.adding(following[index + 1])
            preceding = preceding.adding(parts[index])
            return rest
        }
    }
}
