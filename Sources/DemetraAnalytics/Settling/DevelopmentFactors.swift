import Glibc

/// How the value of a day grows from one age to the next: the chain-ladder method, with days as periods of accident.
///
///     f(k) = Σ V(d, k + 1) / Σ V(d, k)        over the days d that were watched at both ages
///     σ²(k) = Σ V(d, k) (V(d, k + 1) / V(d, k) - f(k))² / (n(k) - 1)
///
/// - Source: Mack, "Distribution-free calculation of the standard error of chain ladder reserve estimates",
///   ASTIN Bulletin 23 (2), 1993.
struct DevelopmentFactors: Sendable {
    /// One step of age.
    struct Step: Sendable {
        var factor = 1.0
        /// σ².
        var variance = 0.0
        /// Σ V(d, k).
        var weight = 0.0
        /// Days that were watched at both ages.
        var days = 0
        /// Taken from all channels together, since this one has too few days.
        var isPooled = false
    }

    /// What is expected of a day in the end.
    struct Outcome: Sendable {
        var expected: Double
        var lower: Double
        var upper: Double
    }

    /// Fewer days say too little of how much they differ.
    private static let fewestDays = 5

    /// The step from each age to the next.
    let steps: [Step]
    /// Days beyond this age were not watched yet: their steps are 1.
    let watchedAge: Int

    /// The steps of some days; where they are too few, those of `pooled` take their place.
    init(_ days: [SettlingHistory.Day], oldest: Int, pooled: DevelopmentFactors? = nil) {
        var steps = (0..<oldest).map { Self.step(days, $0) }
        var watched = 0
        for age in steps.indices {
            if steps[age].days < Self.fewestDays, let other = pooled?.steps[age],
                other.days > steps[age].days
            {
                steps[age] = other
                steps[age].isPooled = true
            }
            if steps[age].days > 0 { watched = age + 1 }
            // A single day has no spread of its own.
            if steps[age].days == 1, age > 0 { steps[age].variance = steps[age - 1].variance }
        }
        self.steps = steps
        watchedAge = watched
    }

    private static func step(_ days: [SettlingHistory.Day], _ age: Int) -> Step {
        var pairs: [(before: Double, after: Double)] = []
        for day in days {
            // A day without a value yet says nothing of how it grows.
            if let before = day.value(age), let after = day.value(age + 1), before > 0 {
                pairs.append((before, after))
            }
        }
        var step = Step(days: pairs.count)
        step.weight = pairs.reduce(0) { $0 + $1.before }
        guard step.weight > 0 else { return step }
        step.factor = max(0, pairs.reduce(0) { $0 + $1.after } / step.weight)
        if pairs.count > 1 {
            let squares = pairs.reduce(0) { sum, pair in
                let error = pair.after / pair.before - step.factor
                return sum + pair.before * error * error
            }
            step.variance = squares / Double(pairs.count - 1)
        }
        return step
    }

    /// The part of the final value that is known at an age; above 1 where numbers are corrected downwards.
    func share(at age: Int) -> Double {
        guard age < steps.count else { return 1 }
        return 1 / steps[age...].reduce(1) { $0 * $1.factor }
    }

    /// What a value of an age grows to, with an interval that holds the truth with a probability of `level`.
    ///
    /// The spread is Mack's, of the days themselves and of the factors, on a logarithmic scale so that no bound is
    /// negative; the quantile is Student's, as few days tell the spread.
    func outcome(of value: Double, at age: Int, level: Double) -> Outcome {
        guard value > 0, age < steps.count else {
            return Outcome(expected: value, lower: value, upper: value)
        }
        var expected = value
        var relativeVariance = 0.0
        var degrees = Double.infinity
        for step in steps[age...] where step.days > 0 && step.factor > 0 {
            relativeVariance +=
                step.variance / (step.factor * step.factor) * (1 / expected + 1 / step.weight)
            if step.variance > 0 { degrees = min(degrees, Double(max(1, step.days - 1))) }
            expected *= step.factor
        }
        guard relativeVariance > 0 else {
            return Outcome(expected: expected, lower: expected, upper: expected)
        }
        let deviation = log1p(relativeVariance).squareRoot()
        let probability = (1 + level) / 2
        let quantile =
            degrees.isFinite && degrees < 200
            ? StudentQuantile.value(probability, degrees: degrees)
            : NormalQuantile.value(probability)
        let median = expected * exp(-deviation * deviation / 2)
        return Outcome(
            expected: expected, lower: median * exp(-quantile * deviation),
            upper: median * exp(quantile * deviation))
    }
}
