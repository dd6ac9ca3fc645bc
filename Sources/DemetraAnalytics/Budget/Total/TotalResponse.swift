package import DemetraFunctions
package import DemetraTypes

/// Finds what each channel adds to one outcome that all channels share.
///
/// `outcome = level + trend + season + weekday + controls + sum of responses`. The linear part is
/// regressed out once; the curves are sampled under weak priors whose common mean efficiency makes
/// the present mix the default: without evidence all channels look alike and nothing moves. Two populations of chains
/// start apart and run side by side, each with its own chance.
package struct TotalResponse: Sendable {
    /// As many whatever the threads, so that results do not depend on them.
    private static let populationCount = 2

    /// Draws of every channel's response, or nil when there is nothing to learn from.
    package static func posteriors(
        _ history: SpendHistory, outcome: [Double], drawCount: Int, seed: UInt64,
        cancellation: CancellationFlag, workers: any Workers
    ) throws(DemetraError) -> [ChannelPosterior]? {
        let active = history.channels.indices.filter { channel in
            history.spend[channel].contains { $0 > 0 }
        }
        guard !active.isEmpty,
            let density = TotalResponseDensity(history, outcome: outcome, channels: active)
        else { return nil }
        let draws = try draws(
            from: density, isLong: history.periodCount > 400, seed: seed, cancellation, workers)
        // Evenly over both populations.
        let count = min(drawCount, draws.count)
        let kept = (0..<count).map { draws[$0 * draws.count / count] }
        let flat = ResponseCurve(maximum: 0, logHalfSaturation: 0, slope: 1)
        var result = [ChannelPosterior](
            repeating: ChannelPosterior(
                Array(repeating: flat, count: kept.count), evidence: .none),
            count: history.channels.count)
        for (position, channel) in active.enumerated() {
            let deviation = OrderStatistics.deviation(
                draws.map { density.relativeEfficiency($0, position) })
            let shrinkage = deviation / TotalResponseDensity.efficiencySpread
            let evidence: Evidence =
                shrinkage < 0.5 ? .strong : (shrinkage < 0.9 ? .weak : .none)
            result[channel] = ChannelPosterior(
                kept.map { density.curve($0, position) }, evidence: evidence)
        }
        return result
    }

    private static func draws(
        from density: TotalResponseDensity, isLong: Bool, seed: UInt64,
        _ cancellation: CancellationFlag, _ workers: any Workers
    ) throws(DemetraError) -> [[Double]] {
        let found = ResultSlots<[[Double]]>(count: populationCount, empty: [])
        workers.forEach(populationCount) { population in
            var own = density
            var sampler = DifferentialEvolutionSampler(
                seed: seed &+ UInt64(population) &* 0x9E37_79B9)
            sampler.chainCount = TotalResponseDensity.chainCount
            // Weeks are few and a step cheap: twice the steps halve what chance adds to a decision.
            if !isLong { sampler.stepCount *= 2 }
            // Only a raised flag ends a population early; it is looked at when all have ended.
            let draws = try? sampler.draws(
                from: &own, start: own.start, spread: 0.25, cancellation: cancellation)
            found.set(population, draws ?? [])
        }
        try cancellation.check()
        return found.values.flatMap { $0 }
    }
}
