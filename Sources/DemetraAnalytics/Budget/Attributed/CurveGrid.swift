import Glibc

/// Values of retention, slope and half saturation at which curves are tried.
struct CurveGrid: Sendable {
    /// Shares carried from one period to the next, ascending.
    let retentions: [Double]
    /// Exponents, ascending.
    let slopes: [Double]
    /// Logarithms of the half saturation in mean spends, ascending.
    let logRatios: [Double]

    /// Everything that is thought possible.
    static let whole = CurveGrid(
        retentions: [0.0, 0.08, 0.16, 0.24, 0.32, 0.4, 0.48, 0.56, 0.64, 0.72, 0.85],
        slopes: [0.6, 0.75, 0.9, 1.05, 1.2, 1.4, 1.6, 1.85, 2.1, 2.4, 2.7, 3.1, 3.6],
        logRatios: [
            0.2, 0.27, 0.35, 0.45, 0.57, 0.72, 0.9, 1.1, 1.35, 1.65, 2.0, 2.4, 2.9, 3.5, 4.5,
        ].map { log($0) })

    /// As many points, evenly spaced, over the part of this grid that holds the candidates that matter
    /// and their neighbours.
    func narrowed(to kept: [CurveCandidate]) -> CurveGrid {
        CurveGrid(
            retentions: Self.narrowed(retentions, to: kept.map(\.retention)),
            slopes: Self.narrowed(slopes.map { log($0) }, to: kept.map { log($0.slope) })
                .map { exp($0) },
            logRatios: Self.narrowed(logRatios, to: kept.map(\.logRatio)))
    }

    private static func narrowed(_ axis: [Double], to values: [Double]) -> [Double] {
        guard let least = values.min(), let most = values.max() else { return axis }
        let tolerance = 1e-9
        let first = axis.lastIndex { $0 < least - tolerance } ?? 0
        let last = axis.firstIndex { $0 > most + tolerance } ?? axis.count - 1
        let (from, to) = (axis[first], axis[last])
        return axis.indices.map {
            from + (to - from) * Double($0) / Double(max(axis.count - 1, 1))
        }
    }
}

/// One point of the grid with the scale that fits it best.
struct CurveCandidate: Sendable {
    var retention: Double
    var slope: Double
    /// Logarithm of the half saturation in mean spends.
    var logRatio: Double
    /// The most that the curve reaches, in the unit of the outcome.
    var scale: Double
    /// The sum of squared log errors.
    var loss: Double

    /// The logarithm of the weak prior density.
    var logPrior: Double {
        -0.5 * pow((logRatio - 0.1) / 0.7, 2) - 0.5 * pow((log(slope) - 0.25) / 0.5, 2)
    }

    /// The elasticity at the mean spend.
    var elasticity: Double {
        ResponseCurve(maximum: 1, logHalfSaturation: logRatio, slope: slope).elasticity(at: 1)
    }

    /// The response to a series of spends.
    func response(to spend: [Double], meanSpend: Double, lagCount: Int) -> [Double] {
        let half = logRatio + log(meanSpend)
        return AdstockKernel(retention: retention, lagCount: lagCount).applied(to: spend).map {
            scale / (1 + exp(slope * (half - log(max($0, 1e-300)))))
        }
    }
}
