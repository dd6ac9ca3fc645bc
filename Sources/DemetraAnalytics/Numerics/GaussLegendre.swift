import Glibc

/// Gauss-Legendre quadrature on 0...1: the integral of a polynomial of degree 2n - 1 from n points, exactly.
///
/// - Source: Golub and Welsch, "Calculation of Gauss quadrature rules", 1969; here by Newton's method on the
///   Legendre recurrence, as in Press et al., "Numerical Recipes".
struct GaussLegendre: Sendable {
    /// The points, ascending.
    let points: [Double]
    /// Their weights, of sum 1.
    let weights: [Double]

    /// The rule of `count` points.
    init(count: Int) {
        var found: [(point: Double, weight: Double)] = []
        for index in 0..<count {
            var x = cos(Double.pi * (Double(index) + 0.75) / (Double(count) + 0.5))
            for _ in 0..<100 {
                let (value, derivative) = Self.legendre(count, at: x)
                let step = value / derivative
                x -= step
                if abs(step) < 1e-16 { break }
            }
            let slope = Self.legendre(count, at: x).derivative
            found.append(((1 - x) / 2, 1 / ((1 - x * x) * slope * slope)))
        }
        points = found.map(\.point)
        weights = found.map(\.weight)
    }

    /// The Legendre polynomial of a degree and its derivative.
    private static func legendre(
        _ degree: Int, at x: Double
    ) -> (value: Double, derivative: Double) {
        var (before, value) = (1.0, x)
        guard degree > 0 else { return (1, 0) }
        for n in 1..<degree {
            let next = (Double(2 * n + 1) * x * value - Double(n) * before) / Double(n + 1)
            (before, value) = (value, next)
        }
        return (value, Double(degree) * (x * value - before) / (x * x - 1))
    }
}
