import Glibc

/// Rates by weekday and hour as a sum of two effects on the logarithm of the odds, each drawn towards
/// no effect as far as the data do not support it.
///
/// Weekdays are told apart by whole days, hours within days, so the two have design effects of their
/// own: a good day lifts all of its hours, which must not count as 24 observations of its weekday.
///
/// - Source: Breslow and Clayton, "Approximate inference in generalized linear mixed models", 1993
///   (penalised quasi-likelihood), one effect after another; the variances of the effects by
///   expectation-maximisation.
struct AdditiveRates: Sendable {
    /// A slot with trials.
    struct Slot: Sendable {
        var weekday: Int
        var hour: Int
        var successes: Double
        var trials: Double
    }

    private static let rounds = 30

    /// The effects of one kind.
    private struct Effects {
        var values: [Double]
        var variances: [Double]
        /// The variance that effects have among each other.
        var spread = 0.25
        /// By how much observations scatter more than chance lets them.
        let designEffects: [Double]

        init(_ designEffects: [Double]) {
            self.designEffects = designEffects
            values = Array(repeating: 0, count: designEffects.count)
            variances = values
        }

        /// One step towards the likeliest effects, given what others leave unexplained.
        mutating func improve(score: [Double], information: [Double]) {
            var squares = 0.0
            for place in values.indices {
                let weight = information[place] / designEffects[place]
                let precision = weight + 1 / spread
                let step =
                    (score[place] / designEffects[place] - values[place] / spread) / precision
                values[place] = min(max(values[place] + min(max(step, -2), 2), -20), 20)
                variances[place] = 1 / precision
                squares += values[place] * values[place] + variances[place]
            }
            spread = min(max(squares / Double(values.count), 1e-8), 100)
        }

        /// How many numbers the effects are worth.
        var degrees: Double { variances.reduce(0) { $0 + max(0, 1 - $1 / spread) } }
    }

    /// The expected log odds of each slot.
    let logOdds: [Double]
    /// The variance of each of them.
    let variances: [Double]
    /// How many numbers the effects are worth.
    let degrees: Double

    /// Fits the effects; there is a design effect for each weekday and each hour. `rate` is the rate
    /// of all slots, between 0 and 1.
    init(_ slots: [Slot], rate: Double, weekdays: [Double], hours: [Double]) {
        let center = log(rate / (1 - rate))
        var weekday = Effects(weekdays)
        var hour = Effects(hours)
        func gather(_ place: (Slot) -> Int, count: Int) -> (score: [Double], information: [Double])
        {
            var score = [Double](repeating: 0, count: count)
            var information = score
            for slot in slots {
                let odds = center + weekday.values[slot.weekday] + hour.values[slot.hour]
                let p = 1 / (1 + exp(-odds))
                score[place(slot)] += slot.successes - slot.trials * p
                information[place(slot)] += slot.trials * p * (1 - p)
            }
            return (score, information)
        }
        for _ in 0..<Self.rounds {
            let days = gather({ $0.weekday }, count: weekdays.count)
            weekday.improve(score: days.score, information: days.information)
            let times = gather({ $0.hour }, count: hours.count)
            hour.improve(score: times.score, information: times.information)
        }
        logOdds = slots.map { center + weekday.values[$0.weekday] + hour.values[$0.hour] }
        variances = slots.map { weekday.variances[$0.weekday] + hour.variances[$0.hour] }
        degrees = 1 + weekday.degrees + hour.degrees
    }
}
