import DemetraTypes
import Glibc

/// Compares curves with the outcomes of one channel, in logarithms: the noise multiplies.
struct CurveSearch: Sendable {
    /// Periods whose outcome is known.
    let rows: [Int]
    /// The mean spend of these periods.
    let meanSpend: Double
    private let spend: [Double]
    private let lagCount: Int
    /// What multiplies the response of each period.
    private let factor: [Double]
    private let meanOutcome: Double
    /// Outcomes of the rows in mean outcomes, none negative.
    private let values: [Double]

    /// Nil for a channel that never spent or has no outcome to fit.
    init?(spend: [Double], outcome: [Double], factor: [Double], lagCount: Int) {
        let rows = outcome.indices.filter { !outcome[$0].isNaN }
        let money = OrderStatistics.mean(rows.map { spend[$0] })
        let mean = OrderStatistics.mean(rows.map { outcome[$0] })
        guard rows.count >= 2, money > 0, mean > 0 else { return nil }
        self.rows = rows
        self.spend = spend
        self.lagCount = lagCount
        self.factor = factor
        meanSpend = money
        meanOutcome = mean
        values = rows.map { max(outcome[$0], 0) / mean }
    }

    /// All curves of a grid, each with the scale that fits best.
    ///
    /// `floor` mean outcomes are added on both sides of each ratio: tiny outcomes are known only roughly.
    ///
    /// - Throws: 57014 when cancelled.
    func candidates(
        _ grid: CurveGrid, floor: Double, _ cancellation: CancellationFlag
    ) throws(DemetraError) -> [CurveCandidate] {
        // What fills the last lanes has no response and just the floor as its outcome: no error.
        let factors = Self.lanes(rows.map { factor[$0] }, filler: 0)
        let logs = Self.lanes(values.map { $0 + floor }, filler: floor).map(HillKernel.logarithm)
        var shape = factors
        var candidates: [CurveCandidate] = []
        for retention in grid.retentions {
            let kernel = AdstockKernel(retention: retention, lagCount: lagCount)
            let adstock = kernel.applied(to: spend)
            let inputs = Self.lanes(
                rows.map { log(max(adstock[$0] / meanSpend, 1e-12)) }, filler: 0)
            for slope in grid.slopes {
                try cancellation.check()
                for logRatio in grid.logRatios {
                    var sums = SIMD4<Double>(repeating: 0)
                    for index in shape.indices {
                        let power = HillKernel.exponential(slope * (logRatio - inputs[index]))
                        shape[index] = factors[index] / (1 + power)
                        sums += shape[index]
                    }
                    let (scale, loss) = fit(shape, sum: sums.sum(), logs, floor: floor)
                    candidates.append(
                        CurveCandidate(
                            retention: retention, slope: slope, logRatio: logRatio,
                            scale: scale * meanOutcome, loss: loss))
                }
            }
        }
        return candidates
    }

    /// The scale that fits best in logarithms, and the sum of squared log errors.
    private func fit(
        _ shape: [SIMD4<Double>], sum: Double, _ logs: [SIMD4<Double>], floor: Double
    ) -> (scale: Double, loss: Double) {
        let count = Double(rows.count)
        guard sum > 0, sum.isFinite else { return (0, .infinity) }
        var scale = count / sum
        var loss = 0.0
        for _ in 0..<3 {
            var sums = SIMD4<Double>(repeating: 0)
            var squares = SIMD4<Double>(repeating: 0)
            for index in shape.indices {
                let error = logs[index] - HillKernel.logarithm(scale * shape[index] + floor)
                sums += error
                squares += error * error
            }
            let shift = sums.sum() / count
            loss = max(squares.sum() - sums.sum() * shift, 0)
            scale *= exp(shift)
        }
        // The mean of log-normal noise lies above its median.
        return (scale * exp(loss / count / 2), loss)
    }

    /// The response of each period, without what multiplies it.
    func response(_ candidate: CurveCandidate) -> [Double] {
        candidate.response(to: spend, meanSpend: meanSpend, lagCount: lagCount)
    }

    /// The log errors of the rows under a response, with or without what multiplies it.
    func errors(_ response: [Double], floor: Double, isPlain: Bool = false) -> [Double] {
        rows.indices.map { index in
            let row = rows[index]
            let expected = response[row] * (isPlain ? 1 : factor[row]) / meanOutcome
            return log((values[index] + floor) / (expected + floor))
        }
    }

    /// How much is best added on both sides: the most likely of a few.
    ///
    /// Where small outcomes are known as well as large ones, adding much hides what they say of the foot of
    /// a curve. Outcomes of nothing where something was expected have no logarithm: the most is added.
    ///
    /// - Source: Box and Cox, "An analysis of transformations", 1964, section 5 (a shift, chosen by its
    ///   likelihood with the Jacobian of the transformation).
    func likeliestFloor(_ response: [Double], among floors: [Double], usual: Double) -> Double {
        let isEmpty = rows.indices.contains { index in
            let row = rows[index]
            return values[index] <= 0 && response[row] * factor[row] > usual * meanOutcome
        }
        guard !isEmpty else { return usual }
        var best = (floor: usual, likelihood: -Double.infinity)
        for floor in floors {
            let errors = errors(response, floor: floor)
            let mean = OrderStatistics.mean(errors)
            var (square, jacobian) = (0.0, 0.0)
            for index in errors.indices {
                square += (errors[index] - mean) * (errors[index] - mean)
                jacobian += log(values[index] + floor)
            }
            let likelihood =
                -Double(errors.count) / 2 * log(max(square, 1e-300)) - jacobian
            if likelihood > best.likelihood { best = (floor, likelihood) }
        }
        return best.floor
    }

    private static func lanes(_ values: [Double], filler: Double) -> [SIMD4<Double>] {
        stride(from: 0, to: values.count, by: 4).map { start in
            var lanes = SIMD4<Double>(repeating: filler)
            for lane in 0..<min(4, values.count - start) { lanes[lane] = values[start + lane] }
            return lanes
        }
    }
}
