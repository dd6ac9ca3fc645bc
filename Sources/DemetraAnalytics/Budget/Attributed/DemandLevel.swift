import DemetraTypes
import Glibc

/// The demand of a whole history against that of its end, from the outcomes of all channels.
///
/// Curves of the last periods are those of the demand of these periods, which season may hold far above or
/// below that of the history. By how much shows in how the outcomes before depart from these curves, in all
/// channels alike. Where channels depart in different ways the curves have changed, not demand: the mean
/// departure is shrunk towards none by its standard error.
///
/// - Source: DerSimonian and Laird, "Meta-analysis in clinical trials", 1986 (the mean of effects that
///   differ), with a normal prior.
enum DemandLevel {
    /// How far demand moves between the parts of a history, as a standard deviation of its logarithm,
    /// before anything is seen.
    private static let priorSpread = 0.15

    /// Possible ratios of the mean demand of `history` to that of its periods from `start` on, to which
    /// `fits` were fitted.
    static func draws(
        _ history: SpendHistory, outcome: [[Double]], from start: Int, fits: [AttributedFit?],
        count: Int, seed: UInt64
    ) -> [Double] {
        let changes = fits.indices.compactMap { channel -> Double? in
            guard let fit = fits[channel] else { return nil }
            let spend = history.spend[channel]
            let response = fit.response(to: spend, lagCount: history.lagCount)
            return change(outcome[channel], response, at: start)
        }
        var (center, spread) = (0.0, priorSpread)
        if changes.count > 1 {
            let deviation = OrderStatistics.deviation(changes)
            let variance = deviation * deviation / Double(changes.count)
            let prior = priorSpread * priorSpread
            center = OrderStatistics.mean(changes) * prior / (prior + variance)
            spread = (prior * variance / (prior + variance)).squareRoot()
        }
        var generator = SeededGenerator(seed: SeededGenerator.scrambled(seed))
        let before = Double(start) / Double(max(history.periodCount, 1))
        return (0..<count).map { _ in
            before * exp(center + spread * generator.normal()) + (1 - before)
        }
    }

    /// Mean log outcome per response before a period less that from it on; nil where one is not known.
    private static func change(
        _ outcome: [Double], _ response: [Double], at start: Int
    ) -> Double? {
        let known = outcome.indices.filter { !outcome[$0].isNaN }
        let floor = 0.05 * OrderStatistics.mean(known.map { outcome[$0] })
        guard floor > 0 else { return nil }
        func mean(_ rows: [Int]) -> Double? {
            guard !rows.isEmpty else { return nil }
            return OrderStatistics.mean(
                rows.map { log((max(outcome[$0], 0) + floor) / (response[$0] + floor)) })
        }
        guard let before = mean(known.filter { $0 < start }),
            let after = mean(known.filter { $0 >= start })
        else { return nil }
        return before - after
    }
}
