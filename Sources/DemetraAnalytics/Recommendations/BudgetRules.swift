import DemetraFunctions
import DemetraTypes

/// Money that should go elsewhere: moves between channels, channels that lose money, and channels that earn more.
enum BudgetRules {
    /// What the functions of budgets say of the rows.
    struct Answers: Sendable {
        /// ALLOCATE_BUDGET of what is spent a day now, with the total.
        let allocation: EvidenceQuery
        let split: [EvidenceRow]
        /// COMPARE_CHANNELS by ROI.
        let comparison: EvidenceQuery
        let channels: [EvidenceRow]
    }

    /// A month, in which all is weighed.
    private static let monthDays = 30.0
    /// What a split must promise to be recommended.
    private static let leastOdds = 0.8
    /// A smaller part of the budget is not worth moving.
    private static let leastMove = 0.01

    /// Asks; nil where nothing is spent.
    static func answers(_ context: RecommendationContext) throws(DemetraError) -> Answers? {
        let budget = budget(context)
        guard budget > 0 else { return nil }
        let allocation = context.query(
            AllocateBudgetFunction.function,
            [
                ("budget", .double(budget)), ("per", .text("day")), ("totals", .boolean(true)),
                ("level", .double(context.level)),
            ])
        let comparison = context.query(
            CompareChannelsFunction.function,
            [("metric", .text("roi")), ("level", .double(context.level))])
        let split = try context.answer(allocation)
        let channels = try context.answer(comparison)
        if !split.isEmpty { context.evaluation.notices.post(SpendArguments.attribution) }
        return Answers(
            allocation: allocation, split: split, comparison: comparison, channels: channels)
    }

    /// What is spent a day now, to the cent.
    private static func budget(_ context: RecommendationContext) -> Double {
        (context.totals.presentSpend * 100).rounded() / 100
    }

    static func recommendations(
        _ answers: Answers, _ context: RecommendationContext
    ) -> [Recommendation] {
        let (split, allocation) = (answers.split, answers.allocation)
        let (channels, comparison) = (answers.channels, answers.comparison)
        return [move(split, allocation, budget(context), context)].compactMap { $0 }
            + losses(channels, comparison, context)
            + winners(channels, comparison, split, allocation, context)
    }

    private static func move(
        _ split: [EvidenceRow], _ query: EvidenceQuery, _ budget: Double,
        _ context: RecommendationContext
    ) -> Recommendation? {
        guard let total = split.last, total.text("channel") == "TOTAL",
            let odds = total.number("p_improve"), odds >= leastOdds,
            let present = total.number("current_response"),
            let expected = RecommendationFinding.Interval(total, "expected_response"),
            expected.value > present
        else { return nil }
        let moved = split.dropLast().filter {
            abs($0.number("change") ?? 0) >= leastMove * budget
        }.sorted { abs($0.number("change") ?? 0) > abs($1.number("change") ?? 0) }
        let gains = moved.filter { $0.number("change") ?? 0 > 0 }
        let cuts = moved.filter { $0.number("change") ?? 0 < 0 }
        guard !gains.isEmpty, !cuts.isEmpty else { return nil }
        let sum = gains.reduce(0) { $0 + ($1.number("change") ?? 0) }
        return Recommendation(
            kind: .reallocation, channel: gains.count == 1 ? gains[0].text("channel") : nil,
            money: (expected.value - present) * monthDays,
            confidence: odds >= 0.95 ? .high : odds >= 0.9 ? .medium : .low,
            finding: .move(
                amount: sum, from: cuts.compactMap { $0.text("channel") },
                to: gains.compactMap { $0.text("channel") }, present: present,
                expected: expected, odds: odds),
            evidence: query.json(moved + [total], context.zone))
    }

    private static func losses(
        _ channels: [EvidenceRow], _ query: EvidenceQuery, _ context: RecommendationContext
    ) -> [Recommendation] {
        channels.compactMap { row in
            guard let channel = row.text("channel"), let spend = row.number("spend"),
                let roi = RecommendationFinding.Interval(row, "value"), roi.upper < 0
            else { return nil }
            return Recommendation(
                kind: .pause, channel: channel,
                money: -roi.value * spend / context.dayCount * monthDays,
                confidence: roi.upper < roi.value / 2 ? .high : .medium,
                finding: .loss(channel: channel, spend: spend, roi: roi),
                evidence: query.json([row], context.zone))
        }
    }

    private static func winners(
        _ channels: [EvidenceRow], _ comparison: EvidenceQuery, _ split: [EvidenceRow],
        _ allocation: EvidenceQuery, _ context: RecommendationContext
    ) -> [Recommendation] {
        channels.compactMap { row in
            guard let channel = row.text("channel"), row.text("verdict") == "better",
                let roi = RecommendationFinding.Interval(row, "value"), roi.lower > 0,
                let plan = split.first(where: { $0.text("channel") == channel }),
                let change = plan.number("change"), change > 0,
                let marginal = plan.number("marginal_roi"), marginal > 1
            else { return nil }
            return Recommendation(
                kind: .scale, channel: channel, money: change * (marginal - 1) * monthDays,
                confidence: plan.text("evidence") == "strong" ? .high : .medium,
                finding: .winner(channel: channel, roi: roi, marginal: marginal),
                evidence: "[" + comparison.json([row], context.zone) + ", "
                    + allocation.json([plan], context.zone) + "]")
        }
    }
}
