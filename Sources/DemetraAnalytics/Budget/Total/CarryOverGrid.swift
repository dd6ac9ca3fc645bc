import Glibc

/// The spends of channels as they add up over time, under all carry-overs that a sampler tries.
///
/// Effects that fall from the first period on are told apart finely. Days also know effects that come late; within
/// weeks and months a delay of days cannot be seen.
// Immutable after init.
struct CarryOverGrid: Sendable {
    private static let retentionLimit = 0.85
    private static let fallingCount = 35
    private static let lateCount = 12
    /// Late effects are strongest on one of the days below this one.
    private static let delayCount = 7
    /// Days of delay for one standard deviation of the sampler's parameter.
    private static let delaySpread = 3.0

    /// Whether effects may come late.
    let hasDelays: Bool
    /// Log adstocked spend in mean spends, by carry-over and channel.
    private let logs: [[[Double]]]

    /// The carry-overs of `channels` in `rows` of a history; behind the rows come `padding` values whose response is
    /// zero.
    init(
        _ history: SpendHistory, channels: [Int], meanSpend: [Double], rows: [Int], padding: Int
    ) {
        hasDelays = history.periodDays < 2
        let lags = history.lagCount
        var kernels = (0..<Self.fallingCount).map {
            AdstockKernel(retention: Self.retention($0, of: Self.fallingCount), lagCount: lags)
        }
        for delay in 0..<(hasDelays ? Self.delayCount : 0) {
            kernels += (0..<Self.lateCount).map {
                AdstockKernel(
                    retention: Self.retention($0, of: Self.lateCount), lagCount: lags, delay: delay)
            }
        }
        // A log input of -1e3 makes a response zero.
        let rest = [Double](repeating: -1e3, count: padding)
        logs = kernels.map { kernel in
            channels.indices.map { position in
                let series = kernel.applied(to: history.spend[channels[position]])
                return rows.map { log(max(series[$0] / meanSpend[position], 1e-12)) } + rest
            }
        }
    }

    private static func retention(_ point: Int, of count: Int) -> Double {
        retentionLimit * Double(point) / Double(count - 1)
    }

    /// A channel's log adstocked spend; `retention` is a logit, `delay` says below zero that the effect falls from
    /// the first period on.
    func series(channel: Int, retention: Double, delay: Double) -> [Double] {
        let share = 1 / (1 + exp(-retention))
        guard hasDelays, delay >= 0 else {
            return logs[Self.point(share, of: Self.fallingCount)][channel]
        }
        let days = Int(min(Self.delaySpread * delay, Double(Self.delayCount - 1)))
        let first = Self.fallingCount + days * Self.lateCount
        return logs[first + Self.point(share, of: Self.lateCount)][channel]
    }

    private static func point(_ share: Double, of count: Int) -> Int {
        min(max(Int((share * Double(count - 1)).rounded()), 0), count - 1)
    }
}
