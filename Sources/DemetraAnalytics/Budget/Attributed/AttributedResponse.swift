import DemetraFunctions
import DemetraTypes

/// Fits each channel's response to its own outcome.
///
/// The noise is multiplicative; a factor of the weekday and of slow demand, shared by the channels, is taken
/// out. The factor and the curves explain each other's leftovers, so they are fitted in turns. In a turn no
/// channel looks at another, so they are fitted on the workers' threads.
struct AttributedResponse: Sendable {
    private static let passCount = 2

    /// A fit per channel; nil where there is nothing to fit.
    let fits: [AttributedFit?]
    private let history: SpendHistory
    private let workers: any Workers

    /// Fits all channels.
    ///
    /// - Throws: 57014 when cancelled.
    init(
        _ history: SpendHistory, outcome: [[Double]], cancellation: CancellationFlag,
        workers: any Workers
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
            let found = ResultSlots<AttributedFit?>(count: count, empty: nil)
            let (known, isFinal) = (factor, pass == passes)
            workers.forEach(count) { channel in
                let search = CurveSearch(
                    spend: history.spend[channel], outcome: outcome[channel], factor: known,
                    lagCount: history.lagCount)
                // Only a raised flag ends a fit early; who asks checks it when all have ended.
                let fit = try? AttributedFit.find(
                    search, factor: known, sharedParameters: shared, isFinal: isFinal,
                    cancellation)
                found.set(channel, fit)
            }
            try cancellation.check()
            fits = found.values
            if pass < passes { factor = DemandFactor.refined(history, outcome, fits, factor) }
        }
        self.fits = fits
        self.history = history
        self.workers = workers
    }

    /// Draws of every channel's response.
    func posteriors(drawCount: Int, seed: UInt64) -> [ChannelPosterior] {
        var generator = SeededGenerator(seed: SeededGenerator.scrambled(seed))
        let demand = (0..<drawCount).map { _ in generator.normal() }
        let flat = ResponseCurve(maximum: 0, logHalfSaturation: 0, slope: 1)
        let found = ResultSlots<ChannelPosterior>(
            count: fits.count, empty: ChannelPosterior([], evidence: .none))
        let (fits, history) = (fits, history)
        workers.forEach(fits.count) { channel in
            if let fit = fits[channel] {
                let own = seed &+ UInt64(channel) &* 0x51_7CC1
                return found.set(channel, fit.posterior(demand: demand, seed: own))
            }
            // Never spent, or never returned anything: no response is known.
            let spent = history.spend[channel].contains { $0 > 0 }
            found.set(
                channel,
                ChannelPosterior(
                    Array(repeating: flat, count: drawCount), evidence: spent ? .strong : .none))
        }
        return found.values
    }
}
