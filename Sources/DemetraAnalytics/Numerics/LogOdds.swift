import Glibc

/// Probabilities as the logarithm of their odds, where evidence adds up.
package enum LogOdds {
    /// Probabilities closer to 0 or 1 than this are taken as this far from it.
    private static let edge = 1e-6

    /// The probability of log-odds; 0...1 for every number.
    @inline(__always)
    package static func probability(_ odds: Double) -> Double { 1 / (1 + exp(-odds)) }

    /// The log-odds of a probability; finite for 0 and 1.
    package static func odds(_ probability: Double) -> Double {
        let inside = min(max(probability, edge), 1 - edge)
        return log(inside) - log1p(-inside)
    }
}
