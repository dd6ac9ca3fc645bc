import DemetraTypes

/// Decides how far to leave the present mix: as far as mean gain - risk * deviation of the gain rises.
///
/// The gain is that of all channels together, draw by draw, so what moves up and down together in the
/// posterior is counted as such. Candidates are points on the way to several targets; the best of
/// them is then improved by moving money between pairs of channels, in ever smaller amounts.
///
/// The best of many splits looks better than it is (the optimizer's curse). So what a split would lose in the draws
/// where it loses must also be small against its mean gain, the smaller the greater the risk weight: how often and how
/// much count together. A split that fails is sought again with a greater weight: more caution moves less money, and
/// between channels that are better known, until the split is as sure as asked, or none is worth it. That keeps most of
/// the gain where a plain refusal would lose all of it.
///
/// - Source: Bernardo and Ledoit, "Gain, loss, and asset pricing", 2000 (gains against losses as the measure of risk).
/// - Source: Smith and Winkler, "The optimizer's curse", 2006.
/// - Invariant: the chosen split has a positive value, or it is the present mix.
struct RiskStep {
    let problem: BudgetProblem
    let present: [Double]
    let posteriors: [ChannelPosterior]
    /// Ends the search early; whoever asks checks it then.
    let cancellation: CancellationFlag

    private static let pointsPerTarget = 10
    private static let sweepLimit = 20

    /// A split on the way to a target, and what it gains in each draw, whatever the risk weight.
    private struct Waypoint {
        var spend: [Double]
        var gains: [Double]
    }

    /// A split with the outcome of each channel in each draw.
    private struct Candidate {
        var spend: [Double]
        var outcomes: [[Double]]
        var gains: [Double]
        var value: Double
        /// Deviations of the gain that are taken off its mean.
        var risk: Double
        /// What the channels bring together, whatever the unit: the measure of what is small.
        var size = 0.0
    }

    /// The best split, and the share of draws in which it beats the present mix.
    func choose(among targets: [[Double]]) -> (spend: [Double], improvement: Double) {
        let base = outcomes(present)
        let waypoints = waypoints(to: targets, base)
        for caution in Self.cautions {
            let best = best(among: waypoints, base, risk: caution * problem.risk)
            // What is not worth it now is less so with more caution.
            guard best.value > 0 else { break }
            if isSure(best.gains) { return (best.spend, share(best.gains)) }
            guard problem.risk > 0, !cancellation.isCancelled else { break }
        }
        return (present, 0.5)
    }

    /// Multiples of the risk weight that are tried.
    private static let cautions = [1.3, 1.6, 2, 2.5, 3, 4, 6]

    /// Mean losses in mean gains that are borne at a risk weight of 1.
    private static let bearableLoss = 0.065

    /// Whether the losses of some draws are small against the gain of all.
    private func isSure(_ gains: [Double]) -> Bool {
        var (gain, loss) = (0.0, 0.0)
        for value in gains {
            gain += value
            loss += max(-value, 0)
        }
        return loss * problem.risk <= Self.bearableLoss * gain
    }

    /// The share of draws that gain.
    private func share(_ gains: [Double]) -> Double {
        Double(gains.count { $0 > 0 }) / Double(max(gains.count, 1))
    }

    /// Points on the straight ways to the targets.
    private func waypoints(to targets: [[Double]], _ base: [[Double]]) -> [Waypoint] {
        targets.flatMap { target in
            (1...Self.pointsPerTarget).map { step in
                let share = Double(step) / Double(Self.pointsPerTarget)
                let spend = present.indices.map {
                    present[$0] + share * (target[$0] - present[$0])
                }
                return Waypoint(spend: spend, gains: gains(outcomes(spend), spend, base))
            }
        }
    }

    private func best(
        among waypoints: [Waypoint], _ base: [[Double]], risk: Double
    ) -> Candidate {
        var best = Candidate(
            spend: present, outcomes: base,
            gains: [Double](repeating: 0, count: base.map(\.count).min() ?? 0), value: 0,
            risk: risk)
        for waypoint in waypoints {
            let value = value(waypoint.gains, risk)
            guard value > best.value else { continue }
            best.value = value
            best.spend = waypoint.spend
            best.gains = waypoint.gains
        }
        if best.value > 0 { best.outcomes = outcomes(best.spend) }
        for outcomes in base where !outcomes.isEmpty {
            best.size += abs(problem.margin * OrderStatistics.mean(outcomes))
        }
        polish(&best)
        return best
    }

    private func outcomes(_ spend: [Double]) -> [[Double]] {
        spend.indices.map { posteriors[$0].draws(at: spend[$0]) }
    }

    private func gains(
        _ outcomes: [[Double]], _ spend: [Double], _ base: [[Double]]
    ) -> [Double] {
        var saved = 0.0
        for index in spend.indices { saved += present[index] - spend[index] }
        saved *= problem.targetROI ?? 0
        var gains = [Double](repeating: saved, count: outcomes.map(\.count).min() ?? 0)
        for index in spend.indices {
            for draw in gains.indices {
                gains[draw] += problem.margin * (outcomes[index][draw] - base[index][draw])
            }
        }
        return gains
    }

    private func value(_ gains: [Double], _ risk: Double) -> Double {
        guard !gains.isEmpty else { return 0 }
        return OrderStatistics.mean(gains) - risk * OrderStatistics.deviation(gains)
    }

    /// The outcomes of a channel after a move, kept for the other partners of the same move.
    private struct KnownDraws {
        /// The last spend of each channel that was asked about.
        struct Side {
            var spend: [Double]
            var draws: [[Double]]

            mutating func find(_ channel: Int, at wanted: Double, _ posterior: ChannelPosterior) {
                guard spend[channel] != wanted else { return }
                spend[channel] = wanted
                draws[channel] = posterior.draws(at: wanted)
            }
        }

        var less: Side
        var more: Side

        init(count: Int) {
            less = Side(
                spend: Array(repeating: .nan, count: count),
                draws: Array(repeating: [], count: count))
            more = less
        }
    }

    /// Moves money between pairs of channels while the value rises.
    private func polish(_ best: inout Candidate) {
        var amount = problem.budget / 8
        let least = problem.budget / 2_000
        var sweeps = 0
        var known = KnownDraws(count: present.count)
        var gains = best.gains
        while amount > least, sweeps < Self.sweepLimit {
            sweeps += 1
            var improved = false
            for source in present.indices {
                guard !cancellation.isCancelled else { return }
                for target in present.indices where source != target {
                    improved =
                        move(amount, from: source, to: target, &best, &known, &gains) || improved
                }
            }
            if !improved { amount /= 2 }
        }
    }

    /// Moves an amount, or what the bounds leave of it, if that is better.
    private func move(
        _ amount: Double, from source: Int, to target: Int, _ best: inout Candidate,
        _ known: inout KnownDraws, _ gains: inout [Double]
    ) -> Bool {
        let moved = min(
            amount, best.spend[source] - problem.minimum[source],
            problem.maximum[target] - best.spend[target])
        guard moved > problem.budget * 1e-9 else { return false }
        known.less.find(source, at: best.spend[source] - moved, posteriors[source])
        known.more.find(target, at: best.spend[target] + moved, posteriors[target])
        let (less, more) = (known.less.draws[source], known.more.draws[target])
        let (from, to) = (best.outcomes[source], best.outcomes[target])
        for draw in gains.indices {
            let before = from[draw] + to[draw]
            gains[draw] = best.gains[draw] + problem.margin * (less[draw] + more[draw] - before)
        }
        let value = value(gains, best.risk)
        // Only what is more than rounding: the last digits of a sum must not move money.
        guard value > best.value + 1e-9 * (abs(best.value) + best.size) else { return false }
        best.value = value
        best.gains = gains
        best.spend[source] -= moved
        best.spend[target] += moved
        best.outcomes[source] = less
        best.outcomes[target] = more
        return true
    }
}
