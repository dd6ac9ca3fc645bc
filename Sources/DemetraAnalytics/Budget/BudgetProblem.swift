package import DemetraTypes

/// What an allocation may do: money to spend per period, bounds per channel, and how bold to be.
package struct BudgetProblem: Sendable {
    /// Money per period.
    package var budget: Double
    /// What each channel spends now, per period.
    package var current: [Double]
    /// Least spend per channel.
    package var minimum: [Double]
    /// Most spend per channel; infinity where nothing is said.
    package var maximum: [Double]
    /// Profit per unit of outcome.
    package var margin = 1.0
    /// Spend only as long as the next unit of money returns this much.
    package var targetROI: Double?
    /// Standard deviations of the gain that a step away from the present mix must outweigh.
    package var risk = 0.5
    /// Coverage of the intervals.
    package var level = 0.9
    /// Start of the random streams.
    package var seed: UInt64 = 42
    /// Periods that the caller's amounts stand for; recommendations are whole cents of that.
    package var unit = 1.0

    /// A problem with the usual options.
    package init(budget: Double, current: [Double], minimum: [Double], maximum: [Double]) {
        self.budget = budget
        self.current = current
        self.minimum = minimum
        self.maximum = maximum
    }

    /// - Throws: 22023 for bounds that contradict each other or the budget.
    package func check(channels: [String]) throws(DemetraError) {
        guard budget.isFinite, budget >= 0 else {
            throw DemetraError(
                .invalidParameterValue, "budget must be a number of at least 0, got \(budget)",
                hint: "Give the money per period, such as budget => 1000.")
        }
        var least = 0.0
        for index in channels.indices {
            guard minimum[index] >= 0, minimum[index] <= maximum[index] else {
                throw DemetraError(
                    .invalidParameterValue,
                    "bounds of channel \"\(channels[index])\" leave no room: minimum "
                        + "\(PlainNumber.text(minimum[index])), maximum "
                        + PlainNumber.text(maximum[index]))
            }
            least += minimum[index]
        }
        guard least <= budget * (1 + 1e-9) else {
            throw DemetraError(
                .invalidParameterValue,
                "minimum spends sum to \(PlainNumber.text(least)), above the budget "
                    + PlainNumber.text(budget),
                hint: "Raise the budget or lower the minimums.")
        }
    }

    /// The present mix scaled to the budget and cut to the bounds: what doing nothing means.
    package var presentMix: [Double] {
        var sum = 0.0
        for value in current { sum += value }
        let share = current.map { sum > 0 ? $0 / sum : 1 / Double(current.count) }
        var mix = share.indices.map { min(max(share[$0] * budget, minimum[$0]), maximum[$0]) }
        // Cutting may have moved the sum: take the difference from, or give it to, the free room.
        for _ in 0..<50 {
            var used = 0.0
            for value in mix { used += value }
            let rest = budget - used
            guard abs(rest) > 1e-12 * max(budget, 1e-300) else { break }
            let room = mix.indices.map {
                rest < 0 ? mix[$0] - minimum[$0] : min(maximum[$0] - mix[$0], budget)
            }
            var total = 0.0
            for value in room { total += value }
            guard total > 0 else { break }
            let factor = min(1, abs(rest) / total)
            for index in mix.indices { mix[index] += (rest < 0 ? -1 : 1) * factor * room[index] }
        }
        return mix
    }
}

/// Numbers in messages and reasons: at most two decimals, no exponent for usual sizes.
package enum PlainNumber {
    /// The text of a number.
    package static func text(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "\(value)" }
        if value != 0, abs(value) < 0.005 { return "\(value)" }
        let cents = Int64((abs(value) * 100).rounded())
        let sign = value < 0 ? "-" : ""
        let (whole, part) = (cents / 100, cents % 100)
        if part == 0 { return "\(sign)\(whole)" }
        return "\(sign)\(whole).\(part < 10 ? "0" : "")\(part)"
    }
}
