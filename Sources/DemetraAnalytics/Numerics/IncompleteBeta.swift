import Glibc

/// The distribution function of the beta law.
///
/// - Source: Press et al., "Numerical Recipes", 3rd edition, 2007, section 6.4: the continued
///   fraction by Lentz's method.
package enum IncompleteBeta {
    /// The probability that a Beta(`a`, `b`) variable is at most `x`, 0...1; `a` and `b` are positive.
    package static func value(_ x: Double, _ a: Double, _ b: Double) -> Double {
        guard x > 0 else { return 0 }
        guard x < 1 else { return 1 }
        // Beyond this the fraction takes long and the normal law is as good.
        guard min(a, b) < 1e5 else { return normal(x, a, b) }
        let front = exp(logReciprocal(a, b) + a * log(x) + b * log1p(-x))
        if x < (a + 1) / (a + b + 2) { return min(1, front * fraction(x, a, b) / a) }
        return max(0, 1 - front * fraction(1 - x, b, a) / b)
    }

    /// The value that a Beta(`a`, `b`) variable stays below with probability 0 < p < 1.
    package static func quantile(_ probability: Double, _ a: Double, _ b: Double) -> Double {
        var (lower, upper) = (0.0, 1.0)
        for _ in 0..<100 {
            let middle = (lower + upper) / 2
            if value(middle, a, b) < probability { lower = middle } else { upper = middle }
            // Relative, as rates may be tiny.
            if upper - lower < 1e-10 * upper { break }
        }
        return (lower + upper) / 2
    }

    /// By the law of the logarithm of the odds, which is close to normal for large counts.
    private static func normal(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let center = log(a) - log(b) - 1 / (2 * a) + 1 / (2 * b)
        let deviation = (1 / a + 1 / b).squareRoot()
        return 0.5 * erfc(-(log(x) - log1p(-x) - center) / deviation / 2.0.squareRoot())
    }

    /// The logarithm of 1 / B(`a`, `b`). Where one is large, the difference of its two gamma functions
    /// comes from Stirling's series, as nothing would be left of their digits.
    private static func logReciprocal(_ a: Double, _ b: Double) -> Double {
        let (small, large) = (min(a, b), max(a, b))
        guard large > 1e4 else { return lgamma(a + b) - lgamma(a) - lgamma(b) }
        let sum = small + large
        let difference =
            small * log(sum) + (large - 0.5) * log1p(small / large) - small
            + (1 / sum - 1 / large) / 12
        return difference - lgamma(small)
    }

    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        let tiny = 1e-300
        func away(_ value: Double) -> Double { abs(value) < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / away(1 - (a + b) * x / (a + 1))
        var result = d
        for step in 1...10_000 {
            let m = Double(step)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / away(1 + even * d)
            c = away(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / away(1 + odd * d)
            c = away(1 + odd / c)
            result *= d * c
            if abs(d * c - 1) < 1e-14 { break }
        }
        return result
    }
}
