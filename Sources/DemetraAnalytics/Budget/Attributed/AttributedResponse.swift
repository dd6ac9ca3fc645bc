import DemetraTypes

/// Fits each channel's response to its own outcome.
///
/// The noise is multiplicative; a factor of the weekday and of slow demand, shared by the channels, is taken
/// out. The factor and the curves explain each other's leftovers, so they are fitted in turns.
struct AttributedResponse: Sendable {
    private static let passCount = 2

    /// A fit per channel; nil where there is nothing to fit.
    let fits: [AttributedFit?]
    private let history: SpendHistory

    /// Fits all channels.
    ///
    /// - Throws: 57014 when cancelled.
    init(
        _ history: SpendHistory, outcome: [[Double]], cancellation: CancellationFlag
    ) throws(DemetraError) {
        var factor = [Double](repeating: 1, count: history.periodCount)
        if history.weekdays.count == history.periodCount {
            factor = DemandFactor.weekdays(history, outcome)
        }
        let count = history.channels.count
        let passes = count > 2 ? Self.passCount : 1
        let shared =
            DemandFactor.parameterCount(history, isRefined: passes > 1) / Double(max(count, 1))
        var fits: [AttributedFit?] = []
        for pass in 1...passes {
            fits = []
            for channel in history.channels.indices {
                try cancellation.check()
                let search = CurveSearch(
                    spend: history.spend[channel], outcome: outcome[channel], factor: factor,
                    lagCount: history.lagCount)
                fits.append(
                    try AttributedFit.find(
                        search, factor: factor, sharedParameters: shared, isFinal: pass == passes,
                        cancellation))
            }
            if pass < passes { factor = DemandFactor.refined(history, outcome, fits, factor) }
        }
        self.fits = fits
        self.history = history
    }

    /// Draws of every channel's response.
    func posteriors(drawCount: Int, seed: UInt64) -> [ChannelPosterior] {
        var generator = SeededGenerator(seed: SeededGenerator.scrambled(seed))
        let demand = (0..<drawCount).map { _ in generator.normal() }
        return history.channels.indices.map { channel in
            if let fit = fits[channel] {
                return fit.posterior(demand: demand, seed: seed &+ UInt64(channel) &* 0x51_7CC1)
            }
            // Never spent, or never returned anything: no response is known.
            let flat = ResponseCurve(maximum: 0, logHalfSaturation: 0, slope: 1)
            let spent = history.spend[channel].contains { $0 > 0 }
            return ChannelPosterior(
                Array(repeating: flat, count: drawCount), evidence: spent ? .strong : .none)
        }
    }
}
