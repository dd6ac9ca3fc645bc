package import DemetraTypes

/// The exact best split of a budget over channels whose returns simply add up.
///
/// Divides the money above the minimums into equal steps and finds the best whole number of steps
/// per channel, `V(b) = max over j of V'(b - j) + f(min + j d)`: the global optimum whatever the shape
/// of the curves, within one step per channel. Pairwise moves with ever smaller steps then polish.
/// Local solvers stop at the shoulder of an S-shaped curve instead.
///
/// - Complexity: O(channels * steps²) time, O(channels * steps) memory.
package struct DynamicProgram: Sendable {
    /// Return per period of a channel at a spend.
    package typealias Objective = (_ channel: Int, _ spend: Double) -> Double

    /// Least spend per channel.
    package let minimum: [Double]
    /// Most spend per channel.
    package let maximum: [Double]
    /// Money to split; at least the sum of the minimums.
    package let budget: Double
    /// True when money may be left over.
    package let mayKeepMoney: Bool

    /// Makes a problem.
    package init(minimum: [Double], maximum: [Double], budget: Double, mayKeepMoney: Bool) {
        self.minimum = minimum
        self.maximum = maximum
        self.budget = budget
        self.mayKeepMoney = mayKeepMoney
    }

    /// The best spend of each channel.
    package func solve(
        stepCount requested: Int = 2_000, cancellation: CancellationFlag, _ objective: Objective
    ) throws(DemetraError) -> [Double] {
        let count = minimum.count
        var least = 0.0
        for value in minimum { least += value }
        let free = budget - least
        guard count > 0, free > 0 else { return minimum }
        // Many channels get fewer steps, so that the work stays bounded.
        let affordable = (4e8 / Double(count)).squareRoot()
        let steps = max(50, min(requested, Int(affordable)))
        let step = free / Double(steps)
        var best = [Double](repeating: 0, count: steps + 1)
        var choices: [[Int32]] = []
        for channel in 0..<count {
            try cancellation.check()
            let room = (maximum[channel] - minimum[channel]) / step + 1e-9
            let most = room >= Double(steps) ? steps : max(0, Int(room))
            let gains = (0...most).map { objective(channel, minimum[channel] + Double($0) * step) }
            let (next, choice) = Self.extended(best, gains)
            best = next
            choices.append(choice)
        }
        var left = steps
        if mayKeepMoney {
            for index in best.indices where best[index] > best[left] { left = index }
        }
        var spend = minimum
        for channel in (0..<count).reversed() {
            let taken = Int(choices[channel][left])
            spend[channel] += Double(taken) * step
            left -= taken
        }
        try polish(&spend, step: step, cancellation: cancellation, objective)
        return spend
    }

    /// One more channel: best value and its steps for every amount.
    private static func extended(_ best: [Double], _ gains: [Double]) -> ([Double], [Int32]) {
        let count = best.count
        var next = [Double](repeating: -.infinity, count: count)
        var choice = [Int32](repeating: 0, count: count)
        for (taken, gain) in gains.enumerated() {
            for amount in taken..<count {
                let value = best[amount &- taken] + gain
                if value > next[amount] {
                    next[amount] = value
                    choice[amount] = Int32(truncatingIfNeeded: taken)
                }
            }
        }
        return (next, choice)
    }

    /// Moves money from where it is missed least to where it helps most, in halving steps.
    private func polish(
        _ spend: inout [Double], step: Double, cancellation: CancellationFlag,
        _ objective: Objective
    ) throws(DemetraError) {
        var delta = step
        for _ in 0..<14 {
            // A move changes two channels; what the others would gain or lose stays as it was.
            var steps: [Step] = []
            for channel in spend.indices {
                if channel % 16 == 0 { try cancellation.check() }
                steps.append(stepped(channel, spend[channel], delta, objective))
            }
            var moves = 0
            while moves < 4 * spend.count {
                try cancellation.check()
                let moved = move(&spend, delta, steps)
                guard !moved.isEmpty else { break }
                for channel in moved {
                    steps[channel] = stepped(channel, spend[channel], delta, objective)
                }
                moves += 1
            }
            delta /= 2
        }
        if !mayKeepMoney { spendRest(&spend, objective) }
    }

    /// What one step more brings a channel, and one step less costs it; nil beyond its bounds.
    private struct Step {
        var gain: Double?
        var loss: Double?
    }

    private func stepped(
        _ channel: Int, _ spend: Double, _ delta: Double, _ objective: Objective
    ) -> Step {
        let here = objective(channel, spend)
        return Step(
            gain: spend + delta <= maximum[channel]
                ? objective(channel, spend + delta) - here : nil,
            loss: spend - delta >= minimum[channel]
                ? here - objective(channel, spend - delta) : nil)
    }

    /// Makes the best move of one step, and tells whose spend it changed: nobody's when none helps.
    private func move(_ spend: inout [Double], _ delta: Double, _ steps: [Step]) -> [Int] {
        var gain: (channel: Int, value: Double)?
        var secondGain: (channel: Int, value: Double)?
        var loss: (channel: Int, value: Double)?
        var secondLoss: (channel: Int, value: Double)?
        var used = 0.0
        for channel in spend.indices {
            used += spend[channel]
            if let value = steps[channel].gain {
                if value > gain?.value ?? -.infinity {
                    (secondGain, gain) = (gain, (channel, value))
                } else if value > secondGain?.value ?? -.infinity {
                    secondGain = (channel, value)
                }
            }
            if let value = steps[channel].loss {
                if value < loss?.value ?? .infinity {
                    (secondLoss, loss) = (loss, (channel, value))
                } else if value < secondLoss?.value ?? .infinity {
                    secondLoss = (channel, value)
                }
            }
        }
        if let gain, gain.value > 0, used + delta <= budget {
            spend[gain.channel] += delta
            return [gain.channel]
        }
        let pairs = [(gain, loss), (gain, secondLoss), (secondGain, loss)]
        for case (let to?, let from?) in pairs where to.channel != from.channel {
            guard to.value > from.value + 1e-12 * abs(from.value) else { continue }
            spend[to.channel] += delta
            spend[from.channel] -= delta
            return [to.channel, from.channel]
        }
        return []
    }

    /// Gives out what steps left over, where it helps most.
    private func spendRest(_ spend: inout [Double], _ objective: Objective) {
        for _ in spend.indices {
            var used = 0.0
            for value in spend { used += value }
            let rest = budget - used
            guard rest > 1e-12 * budget else { return }
            var best: (channel: Int, amount: Double, value: Double)?
            for channel in spend.indices {
                let amount = min(rest, maximum[channel] - spend[channel])
                guard amount > 0 else { continue }
                let value =
                    (objective(channel, spend[channel] + amount)
                        - objective(channel, spend[channel])) / amount
                if value > best?.value ?? -.infinity { best = (channel, amount, value) }
            }
            guard let best else { return }
            spend[best.channel] += best.amount
        }
    }
}
