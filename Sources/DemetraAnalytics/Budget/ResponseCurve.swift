import Glibc

/// What a channel returns per period at a steady spend: `maximum * x^slope / (half^slope + x^slope)`.
///
/// A slope above 1 makes an S: little money returns nothing, then much, then less again.
package struct ResponseCurve: Sendable, Hashable {
    /// The outcome per period that no spend exceeds.
    package let maximum: Double
    /// Natural logarithm of the spend per period that returns half of the maximum.
    package let logHalfSaturation: Double
    /// The exponent.
    package let slope: Double

    /// Makes a curve.
    package init(maximum: Double, logHalfSaturation: Double, slope: Double) {
        self.maximum = maximum
        self.logHalfSaturation = logHalfSaturation
        self.slope = slope
    }

    /// The outcome per period at `spend` per period.
    package func value(at spend: Double) -> Double {
        guard spend > 0 else { return 0 }
        return maximum / (1 + exp(slope * (logHalfSaturation - log(spend))))
    }

    /// Percent more outcome per percent more spend.
    package func elasticity(at spend: Double) -> Double {
        guard spend > 0 else { return slope }
        let ratio = exp(slope * (logHalfSaturation - log(spend)))
        return slope * ratio / (1 + ratio)
    }
}

/// The response curves of one channel that the data leaves possible, all equally likely.
///
/// Draw i of every channel belongs together: the outcomes of one draw may be added over channels.
///
/// Safe because the three arrays have `count` entries each, and live through the call.
// Immutable after init.
package struct ChannelPosterior: Sendable {
    /// How much the data says about the channel.
    package let evidence: Evidence
    /// The number of draws, a multiple of `HillKernel.lanes`.
    package let count: Int
    private let maxima: [Double]
    private let shifts: [Double]
    private let slopes: [Double]

    /// Wraps draws; the last ones are left out so that whole lanes remain.
    package init(_ curves: [ResponseCurve], evidence: Evidence) {
        self.evidence = evidence
        count = curves.count / HillKernel.lanes * HillKernel.lanes
        maxima = curves.prefix(count).map(\.maximum)
        shifts = curves.prefix(count).map(\.logHalfSaturation)
        slopes = curves.prefix(count).map(\.slope)
    }

    /// The mean outcome per period at a steady spend.
    package func mean(at spend: Double) -> Double {
        guard spend > 0, count > 0 else { return 0 }
        let sum = maxima.withUnsafeBufferPointer { maxima in
            shifts.withUnsafeBufferPointer { shifts in
                slopes.withUnsafeBufferPointer { slopes -> Double in
                    guard let scale = maxima.baseAddress, let shift = shifts.baseAddress,
                        let slope = slopes.baseAddress
                    else { return 0 }
                    return HillKernel.sum(
                        logInput: log(spend), slopes: slope, shifts: shift, scales: scale,
                        count: count)
                }
            }
        }
        return sum / Double(count)
    }

    /// The outcome per period of every draw.
    package func draws(at spend: Double) -> [Double] {
        guard spend > 0 else { return [Double](repeating: 0, count: count) }
        let input = log(spend)
        return (0..<count).map { maxima[$0] / (1 + exp(slopes[$0] * (shifts[$0] - input))) }
    }

    /// More outcome for the next unit of money, by a central difference of 0.1 %.
    package func marginal(at spend: Double, scale: Double) -> Double {
        let step = max(spend, scale) * 1e-3
        guard step > 0 else { return 0 }
        let lower = max(spend - step, 0)
        return (mean(at: spend + step) - mean(at: lower)) / (spend + step - lower)
    }
}

/// How much the history says about a channel beyond what was assumed before.
package enum Evidence: String, Sendable, Hashable {
    /// The range of possible effects shrank to less than half.
    case strong
    /// It shrank by more than a tenth.
    case weak
    /// The history does not tell.
    case none
}
