import Glibc

/// Quantiles of the normal law.
package enum NormalQuantile {
    /// The value that a standard normal variable stays below with a probability of 0 < p < 1.
    ///
    /// Found by bisection of the error function to 12 digits.
    package static func value(_ probability: Double) -> Double {
        var (lower, upper) = (-40.0, 40.0)
        for _ in 0..<60 {
            let middle = (lower + upper) / 2
            if 0.5 * erfc(-middle / 2.0.squareRoot()) < probability {
                lower = middle
            } else {
                upper = middle
            }
        }
        return (lower + upper) / 2
    }
}
