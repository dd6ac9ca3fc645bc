package import DemetraTypes
import Glibc

/// Fits each channel's response to its own outcome.
///
/// The noise is multiplicative and a factor of the weekday and a slow demand factor, shared by the
/// channels, are taken out. A grid over retention, slope and half saturation gets posterior weights
/// `exp(-(rss / rssMin - 1) n / 2)` times weak priors, where n is the number of periods less what the
/// autocorrelation of the residuals takes away; the scale of the curve follows in closed form.
package struct AttributedResponse: Sendable {
    private static let retentions = [0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.85]
    private static let slopes = [0.6, 0.8, 1.0, 1.25, 1.6, 2.0, 2.5, 3.2]
    private static let ratios = [0.2, 0.3, 0.45, 0.65, 0.95, 1.4, 2.0, 3.0, 4.5]

    /// One point of the grid with its fit.
    private struct Candidate {
        var retention: Double
        var slope: Double
        var halfSaturation: Double
        var scale: Double
        var loss: Double
        var logPrior: Double
    }

    /// The fit of one channel.
    private struct Fit {
        var candidates: [Candidate]
        var weights: [Double]
        var fitted: [Double]
        var effectiveCount: Double
    }

    /// Draws of every channel's response.
    package static func posteriors(
        _ history: SpendHistory, outcome: [[Double]], drawCount: Int, seed: UInt64,
        cancellation: CancellationFlag
    ) throws(DemetraError) -> [ChannelPosterior] {
        var factor = [Double](repeating: 1, count: history.periodCount)
        if history.weekdays.count == history.periodCount {
            factor = weekdayFactor(history, outcome)
        }
        var fits: [Fit?] = []
        let passes = history.channels.count > 2 ? 2 : 1
        for pass in 0..<passes {
            fits = []
            for channel in history.channels.indices {
                try cancellation.check()
                fits.append(
                    fit(history.spend[channel], outcome[channel], factor, history.lagCount))
            }
            if pass + 1 < passes { factor = demandFactor(history, outcome, fits, factor) }
        }
        return history.channels.indices.map { channel in
            posterior(
                fits[channel], spend: history.spend[channel], drawCount: drawCount,
                seed: seed &+ UInt64(channel) &* 0x51_7CC1)
        }
    }

    /// Outcome per spend of a weekday against the mean of the week, over all channels.
    private static func weekdayFactor(_ history: SpendHistory, _ outcome: [[Double]]) -> [Double] {
        var sums = [Double](repeating: 0, count: 7)
        var counts = [Double](repeating: 0, count: 7)
        for channel in history.channels.indices {
            let rows = outcome[channel].indices.filter { !outcome[channel][$0].isNaN }
            let money = OrderStatistics.mean(rows.map { history.spend[channel][$0] })
            let gain = OrderStatistics.mean(rows.map { outcome[channel][$0] })
            guard money > 0, gain > 0 else { continue }
            for row in rows {
                // Half of the effect of the day's own spend is taken out: the rest is carry-over.
                let expected = gain * (0.5 + 0.5 * history.spend[channel][row] / money)
                sums[history.weekdays[row]] += outcome[channel][row] / expected
                counts[history.weekdays[row]] += 1
            }
        }
        let means = (0..<7).map { counts[$0] > 0 ? sums[$0] / counts[$0] : 1 }
        let center = max(OrderStatistics.mean(means), 1e-9)
        return history.weekdays.map { max(means[$0] / center, 0.05) }
    }

    /// What moves all channels alike: weekday means and a four-week running mean of outcome / fit.
    private static func demandFactor(
        _ history: SpendHistory, _ outcome: [[Double]], _ fits: [Fit?], _ previous: [Double]
    ) -> [Double] {
        let count = history.periodCount
        var ratios = [Double](repeating: .nan, count: count)
        for period in 0..<count {
            var values: [Double] = []
            for (channel, fit) in fits.enumerated() {
                guard let fit, !outcome[channel][period].isNaN, fit.fitted[period] > 0 else {
                    continue
                }
                values.append(
                    min(outcome[channel][period] / fit.fitted[period] * previous[period], 5))
            }
            if values.count > 1 { ratios[period] = OrderStatistics.mean(values) }
        }
        var weekly = [Double](repeating: 1, count: 7)
        if history.weekdays.count == count {
            let overall = OrderStatistics.mean(ratios.filter { !$0.isNaN })
            for day in 0..<7 {
                let values = (0..<count).filter {
                    history.weekdays[$0] == day && !ratios[$0].isNaN
                }.map { ratios[$0] }
                if values.count > 2, overall > 0 {
                    weekly[day] = max(OrderStatistics.mean(values) / overall, 0.05)
                }
            }
        }
        let day = { (period: Int) in
            history.weekdays.count == count ? weekly[history.weekdays[period]] : 1
        }
        let width = history.periodDays < 2 ? 21 : 4
        var factor = [Double](repeating: 1, count: count)
        for period in 0..<count {
            let window = (max(0, period - width)...min(count - 1, period + width)).filter {
                !ratios[$0].isNaN
            }.map { ratios[$0] / day($0) }
            let level = window.count > 3 ? OrderStatistics.mean(window) : 1
            factor[period] = max(level, 0.05) * day(period)
        }
        let center = max(OrderStatistics.mean(factor), 1e-9)
        return factor.map { $0 / center }
    }

    /// Fits one channel; nil when it never spent or has no outcome to fit.
    private static func fit(
        _ spend: [Double], _ outcome: [Double], _ factor: [Double], _ lagCount: Int
    ) -> Fit? {
        let rows = outcome.indices.filter { !outcome[$0].isNaN }
        let meanSpend = OrderStatistics.mean(rows.map { spend[$0] })
        guard rows.count >= 2, meanSpend > 0, rows.contains(where: { outcome[$0] > 0 }) else {
            return nil
        }
        let values = rows.map { outcome[$0] }
        var candidates: [Candidate] = []
        var best = (index: 0, loss: Double.infinity)
        for retention in retentions {
            let kernel = AdstockKernel(retention: retention, lagCount: lagCount)
            let adstock = kernel.applied(to: spend)
            let logs = rows.map { log(max(adstock[$0] / meanSpend, 1e-12)) }
            for slope in slopes {
                for ratio in ratios {
                    let shift = log(ratio)
                    let shape = logs.indices.map {
                        factor[rows[$0]] / (1 + exp(slope * (shift - logs[$0])))
                    }
                    let (scale, loss) = relativeFit(shape, values)
                    let prior =
                        -0.5 * pow((shift - 0.1) / 0.7, 2)
                        - 0.5 * pow((log(slope) - 0.25) / 0.5, 2)
                    if loss < best.loss { best = (candidates.count, loss) }
                    candidates.append(
                        Candidate(
                            retention: retention, slope: slope,
                            halfSaturation: log(ratio * meanSpend), scale: scale, loss: loss,
                            logPrior: prior))
                }
            }
        }
        guard best.loss.isFinite else { return nil }
        return weighted(candidates, candidates[best.index], rows, spend, outcome, factor, lagCount)
    }

    /// The scale that makes relative errors smallest, and their sum of squares.
    private static func relativeFit(
        _ shape: [Double], _ values: [Double]
    ) -> (scale: Double, loss: Double) {
        let floor = max(OrderStatistics.mean(shape) * 0.1, 1e-300)
        var (cross, square) = (0.0, 0.0)
        for index in shape.indices {
            let weight = 1 / max(shape[index], floor)
            cross += shape[index] * values[index] * weight * weight
            square += shape[index] * shape[index] * weight * weight
        }
        guard square > 0, cross > 0 else { return (0, .infinity) }
        let scale = cross / square
        var loss = 0.0
        for index in shape.indices {
            let error =
                (values[index] - scale * shape[index]) / (scale * max(shape[index], floor))
            loss += error * error
        }
        return (scale, loss)
    }

    private static func weighted(
        _ candidates: [Candidate], _ best: Candidate, _ rows: [Int], _ spend: [Double],
        _ outcome: [Double], _ factor: [Double], _ lagCount: Int
    ) -> Fit {
        let adstock = AdstockKernel(retention: best.retention, lagCount: lagCount).applied(
            to: spend)
        let fitted = spend.indices.map {
            factor[$0] * best.scale
                / (1 + exp(best.slope * (best.halfSaturation - log(max(adstock[$0], 1e-300)))))
        }
        let errors = rows.map { fitted[$0] > 0 ? min(outcome[$0] / fitted[$0] - 1, 3) : 0 }
        let lag = OrderStatistics.correlation(Array(errors.dropLast()), Array(errors.dropFirst()))
        let carried = min(max(lag, 0), 0.9)
        let effective = max(2, Double(rows.count) * (1 - carried) / (1 + carried))
        var weights = candidates.map { candidate -> Double in
            guard candidate.loss.isFinite else { return 0 }
            let excess = best.loss > 0 ? candidate.loss / best.loss - 1 : 0
            return exp(-excess * effective / 2 + candidate.logPrior)
        }
        var total = 0.0
        for weight in weights { total += weight }
        weights = total > 0 ? weights.map { $0 / total } : weights
        return Fit(
            candidates: candidates, weights: weights, fitted: fitted, effectiveCount: effective)
    }

    /// Draws from the weights by systematic resampling, then shuffled so that channels are independent.
    private static func posterior(
        _ fit: Fit?, spend: [Double], drawCount: Int, seed: UInt64
    ) -> ChannelPosterior {
        guard let fit else {
            // Never spent, or never returned anything: no response is known.
            let flat = ResponseCurve(maximum: 0, logHalfSaturation: 0, slope: 1)
            let spent = spend.contains { $0 > 0 }
            return ChannelPosterior(
                Array(repeating: flat, count: drawCount), evidence: spent ? .strong : .none)
        }
        var generator = SeededGenerator(seed: seed)
        var curves: [ResponseCurve] = []
        var index = 0
        var reached = fit.weights.first ?? 1
        let offset = generator.uniform()
        for draw in 0..<drawCount {
            let target = (Double(draw) + offset) / Double(drawCount)
            while reached < target, index + 1 < fit.weights.count {
                index += 1
                reached += fit.weights[index]
            }
            let candidate = fit.candidates[index]
            let relative = (candidate.loss / fit.effectiveCount).squareRoot()
            let spread = min(relative / fit.effectiveCount.squareRoot(), 0.5)
            curves.append(
                ResponseCurve(
                    maximum: candidate.scale * exp(spread * generator.normal()),
                    logHalfSaturation: candidate.halfSaturation, slope: candidate.slope))
        }
        curves.shuffle(using: &generator)
        return ChannelPosterior(curves, evidence: evidence(fit, spend))
    }

    /// Compares how far the elasticity is spread before and after seeing the data.
    private static func evidence(_ fit: Fit, _ spend: [Double]) -> Evidence {
        let meanSpend = OrderStatistics.mean(spend)
        let elasticities = fit.candidates.map {
            ResponseCurve(maximum: 1, logHalfSaturation: $0.halfSaturation, slope: $0.slope)
                .elasticity(at: meanSpend)
        }
        let priors = fit.candidates.map { exp($0.logPrior) }
        let before = spreadOf(elasticities, priors)
        let after = spreadOf(elasticities, fit.weights)
        guard before > 0 else { return .none }
        return after < 0.5 * before ? .strong : (after < 0.9 * before ? .weak : .none)
    }

    private static func spreadOf(_ values: [Double], _ weights: [Double]) -> Double {
        var (total, mean, square) = (0.0, 0.0, 0.0)
        for index in values.indices {
            total += weights[index]
            mean += weights[index] * values[index]
            square += weights[index] * values[index] * values[index]
        }
        guard total > 0 else { return 0 }
        mean /= total
        return max(square / total - mean * mean, 0).squareRoot()
    }
}
