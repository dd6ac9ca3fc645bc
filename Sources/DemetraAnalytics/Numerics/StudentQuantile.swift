/// Quantiles of Student's law.
package enum StudentQuantile {
    /// The value that a t variable of `degrees` > 0 stays below with a probability of 0.5 <= p < 1.
    package static func value(_ probability: Double, degrees: Double) -> Double {
        let tail = 2 * (1 - probability)
        guard tail < 1 else { return 0 }
        // P(|T| > t) = I(degrees / (degrees + t²); degrees / 2, 1 / 2).
        let x = IncompleteBeta.quantile(tail, degrees / 2, 0.5)
        return (degrees * (1 - x) / x).squareRoot()
    }

    /// How much wider an interval of `count` observations must be than what resampling them says: the
    /// spread divides by the count where it should by one less, and is itself uncertain.
    ///
    /// - Source: Hesterberg, "What teachers should know about the bootstrap", 2015, section 3.4
    ///   (expanded percentile interval).
    package static func expansion(count: Int, level: Double) -> Double {
        guard count > 1 else { return .infinity }
        let probability = min((1 + level) / 2, 1 - 1e-9)
        let degrees = Double(count - 1)
        let ratio = value(probability, degrees: degrees) / NormalQuantile.value(probability)
        return max(1, ratio) * (Double(count) / degrees).squareRoot()
    }
}
