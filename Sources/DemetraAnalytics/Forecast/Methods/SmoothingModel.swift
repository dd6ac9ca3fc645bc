/// Exponential smoothing: a level, and a trend that fades, both chosen from a grid by squared one-step
/// errors.
///
/// Eight parameter sets go through the series side by side: each step waits for the one before, so one
/// set alone would leave the processor idle. The trend learns from errors clipped at `limit`: a spike
/// moves the level for a while, but is no trend.
///
/// Source: Gardner and McKenzie 1985 (damped trend); Gelper, Fried and Croux 2010 (clipped errors).
package struct SmoothingModel: Sendable {
    /// The level after the last point.
    package private(set) var level = 0.0
    /// The trend per step after the last point; 0 for simple smoothing.
    package private(set) var trend = 0.0
    /// The share of the trend that is left after a step.
    package private(set) var damping = 0.0

    private typealias Lanes = SIMD8<Double>

    /// Eight sets of parameters.
    private struct Block {
        var gain: Lanes
        var trendGain: Lanes
        var damping: Lanes
    }

    private static let gains = [0.03, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9]
    private static let simple = blocks(gains.map { ($0, 0, 0) })
    private static let damped = blocks(
        gains.flatMap { gain in
            [0.02, 0.08, 0.2].flatMap { trend in
                [0.8, 0.9, 0.97].map { (gain, gain * trend, $0) }
            }
        })

    /// Simple smoothing: the level alone.
    package static func simple(_ values: [Double]) -> SmoothingModel {
        SmoothingModel(values, simple, limit: .infinity)
    }

    /// A level and a damped trend; `limit` bounds the error that the trend learns from.
    package static func damped(_ values: [Double], limit: Double) -> SmoothingModel {
        SmoothingModel(values, damped, limit: limit)
    }

    private init(_ values: [Double], _ blocks: [Block], limit: Double) {
        guard !values.isEmpty else { return }
        var best = Double.infinity
        for block in blocks {
            let (loss, level, trend) = Self.run(values, block, limit: limit)
            for lane in 0..<Lanes.scalarCount where loss[lane] < best {
                best = loss[lane]
                (self.level, self.trend) = (level[lane], trend[lane])
                damping = block.damping[lane]
            }
        }
    }

    /// The value `step` steps ahead, from 1, for each of `count` steps.
    package func path(_ count: Int) -> [Double] {
        var (value, change) = (level, trend)
        return (0..<count).map { _ in
            change *= damping
            value += change
            return value
        }
    }

    private static func blocks(_ sets: [(Double, Double, Double)]) -> [Block] {
        stride(from: 0, to: sets.count, by: Lanes.scalarCount).map { start in
            var block = Block(gain: .zero, trendGain: .zero, damping: .zero)
            for lane in 0..<Lanes.scalarCount {
                // The last block repeats its last set, which then ties and loses.
                let set = sets[min(start + lane, sets.count - 1)]
                block.gain[lane] = set.0
                block.trendGain[lane] = set.1
                block.damping[lane] = set.2
            }
            return block
        }
    }

    private static func run(
        _ values: [Double], _ block: Block, limit: Double
    ) -> (loss: Lanes, level: Lanes, trend: Lanes) {
        // Long series change their habits: older errors count less.
        let memory = values.count > 400 ? 0.98 : 1.0
        let head = min(5, values.count)
        var start = 0.0
        for index in 0..<head { start += values[index] }
        var level = Lanes(repeating: start / Double(head))
        var (trend, loss) = (Lanes.zero, Lanes.zero)
        let (upper, lower) = (Lanes(repeating: limit), Lanes(repeating: -limit))
        for index in values.indices {
            let expected = level + block.damping * trend
            let error = Lanes(repeating: values[index]) - expected
            // The first errors tell of the start, not of the parameters.
            if index > 2 { loss = loss * memory + error * error }
            level = expected + block.gain * error
            let clipped = error.replacing(with: upper, where: error .> upper)
                .replacing(with: lower, where: error .< lower)
            trend = block.damping * trend + block.trendGain * clipped
        }
        return (loss, level, trend)
    }
}
