import DemetraTypes
import Glibc

/// The curves that the outcomes of one channel leave possible.
///
/// Curves of a grid get posterior weights `(rss / rssMin)^(-n / 2)` times weak priors: Student's law, as the
/// size of the noise is not known. n counts the periods less what the autocorrelation of the errors and the
/// fitted parameters take away. A second grid over what matters of the first resolves posteriors that are
/// narrower than its steps; a single point that takes all the weight would pass for certainty.
///
/// - Source: Box and Tiao, "Bayesian inference in statistical analysis", 1973, section 2.7 (the marginal
///   law of curves when the variance is unknown).
struct AttributedFit: Sendable {
    /// Mean outcomes that are added on both sides of a ratio, as a rule and where the data speaks for less.
    private static let usualFloor = 0.05
    private static let floors = [0.05, 0.02, 0.01]
    /// Candidates below this share of the greatest weight do not widen the second grid.
    private static let negligible = 1e-3
    /// With fewer points in effect, the second grid is narrowed once more.
    private static let leastPoints = 30.0
    /// The curve's own parameters.
    private static let ownParameters = 4.0
    private static let largestSpread = 0.5

    /// Curves.
    private(set) var candidates: [CurveCandidate] = []
    /// Their weights, of sum 1.
    private(set) var weights: [Double] = []
    /// The response of the best curve in each period, with demand.
    private(set) var fitted: [Double] = []
    /// The response of the best curve in each period, without demand.
    private(set) var response: [Double] = []
    /// Standard deviation of the logarithm of the scale from the channel's own noise.
    private(set) var ownSpread = 0.0
    /// The same from not knowing the level of demand, which errs alike for all channels.
    private(set) var demandSpread = 0.0
    private var best: CurveCandidate?
    /// The mean spend that half saturations are relative to.
    let meanSpend: Double
    /// Standard deviation of the elasticity at the mean spend before the outcomes were seen.
    private var priorSpread = 0.0

    /// Nil for a channel that never spent or has no outcome to fit.
    ///
    /// `sharedParameters`: what was fitted for all channels together, by channel. A fit that is not
    /// `isFinal` is rough: good enough to find demand.
    ///
    /// - Throws: 57014 when cancelled.
    static func find(
        _ search: CurveSearch?, factor: [Double], sharedParameters: Double, isFinal: Bool,
        _ cancellation: CancellationFlag
    ) throws(DemetraError) -> AttributedFit? {
        guard let search else { return nil }
        var fit = AttributedFit(meanSpend: search.meanSpend)
        var grid = CurveGrid.whole
        let parameters = ownParameters + sharedParameters
        var floor = usualFloor
        let first = try search.candidates(grid, floor: floor, cancellation)
        guard fit.take(first, search, factor, floor, parameters) else { return nil }
        fit.priorSpread = spread(first.map(\.elasticity), first.map { exp($0.logPrior) })
        guard isFinal else { return fit }
        floor = search.likeliestFloor(fit.response, among: floors, usual: usualFloor)
        for _ in 0..<2 {
            let most = fit.weights.max() ?? 0
            grid = grid.narrowed(
                to: zip(fit.candidates, fit.weights).filter { $1 > most * negligible }.map(\.0))
            let next = try search.candidates(grid, floor: floor, cancellation)
            guard fit.take(next, search, factor, floor, parameters),
                fit.effectivePoints < leastPoints
            else { break }
        }
        return fit
    }

    /// Weighs candidates; false, and nothing changed, when none of them fits at all.
    private mutating func take(
        _ candidates: [CurveCandidate], _ search: CurveSearch, _ factor: [Double],
        _ floor: Double, _ parameters: Double
    ) -> Bool {
        guard let best = candidates.min(by: { $0.loss < $1.loss }), best.loss.isFinite else {
            return false
        }
        self.best = best
        response = search.response(best)
        fitted = zip(response, factor).map { $0 * $1 }
        let errors = search.errors(response, floor: floor)
        let plain = search.errors(response, floor: floor, isPlain: true)
        let effective = Self.effectiveCount(errors)
        // How far the level is known: demand is an estimate too, so its swings count.
        let whole = OrderStatistics.deviation(plain) / Self.effectiveCount(plain).squareRoot()
        ownSpread = min(
            OrderStatistics.deviation(errors) / effective.squareRoot(), Self.largestSpread)
        let level = min(whole, Self.largestSpread)
        demandSpread = max(level * level - ownSpread * ownSpread, 0).squareRoot()
        let freedom = max(2, effective - parameters)
        // Errors of a hundredth of a percent are none.
        let least = 1e-8 * Double(errors.count)
        var weights = candidates.map { candidate -> Double in
            guard candidate.loss.isFinite else { return 0 }
            let excess = log((candidate.loss + least) / (best.loss + least))
            return exp(-excess * freedom / 2 + candidate.logPrior)
        }
        var total = 0.0
        for weight in weights { total += weight }
        weights = total > 0 ? weights.map { $0 / total } : weights
        (self.candidates, self.weights) = (candidates, weights)
        return true
    }

    /// The number of curves that share the weight.
    private var effectivePoints: Double {
        var sum = 0.0
        for weight in weights { sum += weight * weight }
        return sum > 0 ? 1 / sum : 0
    }

    /// The number of independent errors with the same information: autocorrelation costs.
    private static func effectiveCount(_ errors: [Double]) -> Double {
        let lag = OrderStatistics.correlation(Array(errors.dropLast()), Array(errors.dropFirst()))
        let carried = min(max(lag, 0), 0.9)
        return max(2, Double(errors.count) * (1 - carried) / (1 + carried))
    }

    /// The response of the best curve to any series of spends, without demand.
    func response(to spend: [Double], lagCount: Int) -> [Double] {
        best?.response(to: spend, meanSpend: meanSpend, lagCount: lagCount)
            ?? [Double](repeating: 0, count: spend.count)
    }

    /// Draws of the curve by systematic resampling, shuffled so that channels are independent but for
    /// `demand`: a standard normal number per draw, the same for all channels.
    func posterior(demand: [Double], seed: UInt64) -> ChannelPosterior {
        var generator = SeededGenerator(seed: seed)
        var curves: [ResponseCurve] = []
        var index = 0
        var reached = weights.first ?? 1
        let offset = generator.uniform()
        for draw in demand.indices {
            let target = (Double(draw) + offset) / Double(demand.count)
            while reached < target, index + 1 < weights.count {
                index += 1
                reached += weights[index]
            }
            let candidate = candidates[index]
            curves.append(
                ResponseCurve(
                    maximum: candidate.scale * exp(ownSpread * generator.normal()),
                    logHalfSaturation: candidate.logRatio + log(meanSpend),
                    slope: candidate.slope))
        }
        curves.shuffle(using: &generator)
        let leveled = zip(curves, demand).map { curve, level in
            ResponseCurve(
                maximum: curve.maximum * exp(demandSpread * level),
                logHalfSaturation: curve.logHalfSaturation, slope: curve.slope)
        }
        return ChannelPosterior(leveled, evidence: evidence)
    }

    /// Compares how far the elasticity is spread before and after seeing the data.
    private var evidence: Evidence {
        let after = Self.spread(candidates.map(\.elasticity), weights)
        guard priorSpread > 0 else { return .none }
        return after < 0.5 * priorSpread
            ? .strong : (after < 0.9 * priorSpread ? .weak : .none)
    }

    private init(meanSpend: Double) { self.meanSpend = meanSpend }

    private static func spread(_ values: [Double], _ weights: [Double]) -> Double {
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
