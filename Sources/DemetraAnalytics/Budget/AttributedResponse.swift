package import DemetraTypes
import Glibc

/// Fits each channel's response to its own outcome.
///
/// The noise is multiplicative and a factor of the weekday and a slow demand factor, shared by the
/// channels, are taken out. A grid over retention, slope and half saturation gets posterior weights
/// `exp(-(rss / rssMin - 1) n / 2)` times weak priors, where n is the number of periods less what the
/// autocorrelation of the residuals takes away; the scale of the curve follows in closed form.
package struct AttributedResponse: Sendable {
    private static let retentions = [
        0.0, 0.08, 0.16, 0.24, 0.32, 0.4, 0.48, 0.56, 0.64, 0.72, 0.85,
    ]
    private static let slopes = [
        0.6, 0.75, 0.9, 1.05, 1.2, 1.4, 1.6, 1.85, 2.1, 2.4, 2.7, 3.1, 3.6,
    ]
    private static let ratios = [
        0.2, 0.27, 0.35, 0.45, 0.57, 0.72, 0.9, 1.1, 1.35, 1.65, 2.0, 2.4, 2.9, 3.5, 4.5,
    ]

    private static let passCount = 2

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
        /// Standard deviation of the logarithm of the curve's scale.
        var scaleSpread: Double
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
        let passes = history.channels.count > 2 ? passCount : 1
        for pass in 0..<passes {
            fits = []
            for channel in history.channels.indices {
                fits.append(
                    try fit(
                        history.spend[channel], outcome[channel], factor, history.lagCount,
                        cancellation))
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

    /// What moves all channels alike: weekday means and a six-week running mean of log outcome / fit.
    ///
    /// The factor and the curves explain each other's leftovers, so they are fitted in turns.
    private static func demandFactor(
        _ history: SpendHistory, _ outcome: [[Double]], _ fits: [Fit?], _ previous: [Double]
    ) -> [Double] {
        let count = history.periodCount
        var sums = [Double](repeating: 0, count: count)
        var counts = [Double](repeating: 0, count: count)
        for (channel, fit) in fits.enumerated() {
            guard let fit else { continue }
            let floor = 0.05 * OrderStatistics.mean(fit.fitted)
            for period in 0..<count where !outcome[channel][period].isNaN {
                let ratio =
                    (max(outcome[channel][period], 0) + floor) / (fit.fitted[period] + floor)
                sums[period] += log(ratio) + log(previous[period])
                counts[period] += 1
            }
        }
        let known = (0..<count).filter { counts[$0] > 1 }
        let logs = (0..<count).map { counts[$0] > 1 ? sums[$0] / counts[$0] : 0 }
        var weekly = [Double](repeating: 0, count: 7)
        if history.weekdays.count == count, count >= 21 {
            let overall = OrderStatistics.mean(known.map { logs[$0] })
            for day in 0..<7 {
                let values = known.filter { history.weekdays[$0] == day }.map { logs[$0] }
                if values.count > 2 { weekly[day] = OrderStatistics.mean(values) - overall }
            }
        }
        let day = { (period: Int) in
            history.weekdays.count == count ? weekly[history.weekdays[period]] : 0
        }
        let width = history.periodDays < 2 ? 21 : 4
        var factor = [Double](repeating: 1, count: count)
        for period in 0..<count {
            let window = (max(0, period - width)...min(count - 1, period + width)).filter {
                counts[$0] > 1
            }.map { logs[$0] - day($0) }
            let level = window.count > 3 ? OrderStatistics.mean(window) : 0
            factor[period] = exp(min(max(level + day(period), -3), 3))
        }
        let center = max(OrderStatistics.mean(factor), 1e-9)
        return factor.map { $0 / center }
    }

    /// Fits one channel; nil when it never spent or has no outcome to fit.
    private static func fit(
        _ spend: [Double], _ outcome: [Double], _ factor: [Double], _ lagCount: Int,
        _ cancellation: CancellationFlag
    ) throws(DemetraError) -> Fit? {
        try cancellation.check()
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
                try cancellation.check()
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

    /// The scale that fits best in logarithms, and the sum of squared log errors.
    ///
    /// A twentieth of the mean is added on both sides: tiny outcomes are known only roughly.
    private static func relativeFit(
        _ shape: [Double], _ values: [Double]
    ) -> (scale: Double, loss: Double) {
        let mean = OrderStatistics.mean(values)
        let shapeMean = OrderStatistics.mean(shape)
        guard mean > 0, shapeMean > 0 else { return (0, .infinity) }
        let floor = 0.05 * mean
        var scale = mean / shapeMean
        var loss = 0.0
        for _ in 0..<3 {
            var (sum, square) = (0.0, 0.0)
            for index in shape.indices {
                let error = log((max(values[index], 0) + floor) / (scale * shape[index] + floor))
                sum += error
                square += error * error
            }
            let shift = sum / Double(shape.count)
            loss = max(square - sum * shift, 0)
            scale *= exp(shift)
        }
        // The mean of log-normal noise lies above its median.
        return (scale * exp(loss / Double(shape.count) / 2), loss)
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
        let floor = 0.05 * OrderStatistics.mean(rows.map { outcome[$0] })
        func errors(_ divisor: (Int) -> Double) -> [Double] {
            rows.map { log((max(outcome[$0], 0) + floor) / (fitted[$0] / divisor($0) + floor)) }
        }
        let effective = effectiveCount(errors { _ in 1 })
        // How far the level is known: the demand factor is an estimate too, so its swings count.
        let plain = errors { factor[$0] }
        let spread = OrderStatistics.deviation(plain) / effectiveCount(plain).squareRoot()
        var weights = candidates.map { candidate -> Double in
            guard candidate.loss.isFinite else { return 0 }
            let excess = best.loss > 0 ? candidate.loss / best.loss - 1 : 0
            return exp(-excess * effective / 2 + candidate.logPrior)
        }
        var total = 0.0
        for weight in weights { total += weight }
        weights = total > 0 ? weights.map { $0 / total } : weights
        return Fit(
            candidates: candidates, weights: weights, fitted: fitted, scaleSpread: min(spread, 0.5))
    }

    /// The number of independent errors with the same information: autocorrelation costs.
    private static func effectiveCount(_ errors: [Double]) -> Double {
        let lag = OrderStatistics.correlation(Array(errors.dropLast()), Array(errors.dropFirst()))
        let carried = min(max(lag, 0), 0.9)
        return max(2, Double(errors.count) * (1 - carried) / (1 + carried))
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
            curves.append(
                ResponseCurve(
                    maximum: candidate.scale * exp(fit.scaleSpread * generator.normal()),
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
