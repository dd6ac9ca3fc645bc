package import DemetraFunctions
package import DemetraTypes

/// The response curves of all channels that a history leaves possible: what ALLOCATE_BUDGET, SIMULATE_BUDGET,
/// RESPONSE_CURVE and BACKTEST_BUDGET all stand on.
package enum ResponsePosteriors {
    /// Draws that are kept.
    package static let drawCount = 800

    /// A posterior per channel, in the order of the history's channels; flat curves where nothing can be
    /// learned.
    ///
    /// - Throws: 57014 when cancelled.
    package static func channels(
        _ history: SpendHistory, seed: UInt64, cancellation: CancellationFlag,
        workers: any Workers = CallerWorkers()
    ) throws(DemetraError) -> [ChannelPosterior] {
        switch history.outcome {
        case .attributed(let outcome):
            return try AttributedResponse(
                history, outcome: outcome, cancellation: cancellation, workers: workers
            ).posteriors(drawCount: drawCount, seed: seed)
        case .total(let outcome):
            let found = try TotalResponse.posteriors(
                history, outcome: outcome, drawCount: drawCount, seed: seed,
                cancellation: cancellation, workers: workers)
            let flat = ResponseCurve(maximum: 0, logHalfSaturation: 0, slope: 1)
            return found
                ?? history.channels.map { _ in
                    ChannelPosterior(
                        Array(repeating: flat, count: HillKernel.lanes), evidence: .none)
                }
        }
    }
}
