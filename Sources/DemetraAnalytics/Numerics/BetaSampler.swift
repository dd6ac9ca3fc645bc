import Glibc

/// Random numbers of the beta law.
package enum BetaSampler {
    /// A Beta(`a`, `b`) number; NaN unless both are positive and finite.
    package static func draw(_ a: Double, _ b: Double, _ generator: inout SeededGenerator) -> Double
    {
        guard a > 0, b > 0, (a + b).isFinite else { return .nan }
        let x = gamma(a, &generator)
        let y = gamma(b, &generator)
        return x + y > 0 ? x / (x + y) : a / (a + b)
    }

    /// A Gamma(`shape`, 1) number.
    ///
    /// - Source: Marsaglia and Tsang, "A simple method for generating gamma variables", 2000.
    private static func gamma(_ shape: Double, _ generator: inout SeededGenerator) -> Double {
        if shape < 1 {
            let boosted = gamma(shape + 1, &generator)
            return boosted * pow(1 - generator.uniform(), 1 / shape)
        }
        let d = shape - 1.0 / 3
        let c = 1 / (9 * d).squareRoot()
        while true {
            let normal = generator.normal()
            let root = 1 + c * normal
            guard root > 0 else { continue }
            let cube = root * root * root
            let uniform = 1 - generator.uniform()
            let square = normal * normal
            if uniform < 1 - 0.0331 * square * square { return d * cube }
            if log(uniform) < 0.5 * square + d * (1 - cube + log(cube)) { return d * cube }
        }
    }
}
