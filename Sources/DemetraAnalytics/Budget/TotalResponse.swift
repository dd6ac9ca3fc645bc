package import DemetraTypes
import Glibc

/// Finds what each channel adds to one outcome that all channels share.
///
/// `outcome = level + trend + season + weekday + controls + sum of responses`. The linear part is
/// regressed out once; the curves are sampled under weak priors whose common mean efficiency makes
/// the present mix the default: without evidence all channels look alike and nothing moves.
package struct TotalResponse: Sendable {
    /// Draws of every channel's response, or nil when there is nothing to learn from.
    package static func posteriors(
        _ history: SpendHistory, outcome: [Double], drawCount: Int, seed: UInt64,
        cancellation: CancellationFlag
    ) throws(DemetraError) -> [ChannelPosterior]? {
        let active = history.channels.indices.filter { channel in
            history.spend[channel].contains { $0 > 0 }
        }
        guard !active.isEmpty,
            var density = TotalResponseDensity(history, outcome: outcome, channels: active)
        else { return nil }
        var sampler = DifferentialEvolutionSampler(seed: seed)
        // Weeks are few and a step cheap: twice the steps halve what chance adds to a decision.
        if history.periodCount <= 400 { sampler.stepCount *= 2 }
        let draws = try sampler.draws(
            from: &density, start: density.start, spread: 0.25, cancellation: cancellation)
        let stride = max(1, draws.count / drawCount)
        let kept = Swift.stride(from: 0, to: draws.count, by: stride).prefix(drawCount).map {
            draws[$0]
        }
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
}

/// The posterior density of the curves behind one total outcome.
///
/// Parameters: the common log efficiency, then for each channel log efficiency, logit of retention,
/// log half saturation in mean spends, log slope. Each chain keeps the contribution of each channel
/// and its shadow on the controls, so a proposal computes only the channels it changes.
///
/// Safe because every run handed to the kernel is one allocation of `paddedCount` values that the
/// density owns and never resizes.
struct TotalResponseDensity: SampledDensity {
    static let efficiencySpread = 0.6
    private static let commonSpread = 0.7
    private static let retentionLimit = 0.85
    private static let gridCount = 35

    let dimension: Int
    let start: [Double]
    private let channelCount: Int
    private let paddedCount: Int
    private let freedom: Double
    private let commonCenter: Double
    private let meanOutcome: Double
    private let meanSpend: [Double]
    /// Log adstocked spend in mean spends: by grid point and channel.
    private let logAdstock: [[[Double]]]
    private let outcome: [Double]
    private let outcomeSquare: Double
    /// The controls' basis, `basisWidth` values per period.
    private let basis: [Double]
    private let basisWidth: Int
    private var contributions: [[[Double]]]
    private var shadows: [[[Double]]]
    private var pending: [[Double]]
    private var pendingShadows: [[Double]]
    private var pendingChannels: [Bool]
    private var sum: [Double]

    /// Nil when fewer periods than parameters of the linear part, or no outcome, are there.
    init?(_ history: SpendHistory, outcome: [Double], channels: [Int]) {
        let rows = outcome.indices.filter { !outcome[$0].isNaN }
        let controls = SeasonalControls.columns(history).map { column in rows.map { column[$0] } }
        let basis = OrthonormalBasis(controls)
        let values = rows.map { outcome[$0] }
        let center = OrderStatistics.mean(values)
        guard rows.count > basis.vectors.count + 3, center.isFinite, center != 0 else { return nil }
        channelCount = channels.count
        dimension = 1 + 4 * channels.count
        paddedCount = HillKernel.padded(rows.count)
        freedom = Double(rows.count - basis.vectors.count)
        meanOutcome = abs(center)
        meanSpend = channels.map { OrderStatistics.mean(history.spend[$0]) }
        var totalSpend = 0.0
        for value in meanSpend { totalSpend += value }
        let common = log(0.3 * meanOutcome / totalSpend)
        commonCenter = common
        let padding = [Double](repeating: 0, count: paddedCount - rows.count)
        let scale = meanOutcome
        self.outcome = basis.residual(of: values).map { $0 / scale } + padding
        outcomeSquare = self.outcome.reduce(0) { $0 + $1 * $1 }
        basisWidth = HillKernel.padded(basis.vectors.count)
        var flat = [Double](repeating: 0, count: basisWidth * paddedCount)
        for (column, vector) in basis.vectors.enumerated() {
            for row in vector.indices { flat[row * basisWidth + column] = vector[row] }
        }
        self.basis = flat
        logAdstock = Self.adstockGrid(history, channels, meanSpend, rows, padding)
        let width = basisWidth
        let length = paddedCount
        let chains = 32
        let none = [[Double]](
            repeating: [Double](repeating: 0, count: length), count: channels.count)
        let noShadow = [[Double]](
            repeating: [Double](repeating: 0, count: width), count: channels.count)
        contributions = Array(repeating: none, count: chains)
        shadows = Array(repeating: noShadow, count: chains)
        pending = none
        pendingShadows = noShadow
        pendingChannels = Array(repeating: false, count: channels.count)
        sum = [Double](repeating: 0, count: length)
        start =
            [common]
            + channels.indices.flatMap { _ in [common] } + channels.indices.map { _ in 0 }
            + channels.indices.map { _ in 0.1 } + channels.indices.map { _ in 0.25 }
    }

    private static func adstockGrid(
        _ history: SpendHistory, _ channels: [Int], _ meanSpend: [Double], _ rows: [Int],
        _ padding: [Double]
    ) -> [[[Double]]] {
        (0..<gridCount).map { point in
            let retention = retentionLimit * Double(point) / Double(gridCount - 1)
            let kernel = AdstockKernel(retention: retention, lagCount: history.lagCount)
            return channels.indices.map { position in
                let series = kernel.applied(to: history.spend[channels[position]])
                // Padding of -1e3 makes the response of periods behind the last one zero.
                return rows.map { log(max(series[$0] / meanSpend[position], 1e-12)) }
                    + padding.map { _ in -1e3 }
            }
        }
    }

    /// Log efficiency of a channel against the common one.
    func relativeEfficiency(_ draw: [Double], _ channel: Int) -> Double {
        draw[1 + channel] - draw[0]
    }

    /// The steady-state curve of a channel.
    func curve(_ draw: [Double], _ channel: Int) -> ResponseCurve {
        let slope = exp(draw[1 + 3 * channelCount + channel])
        let shift = draw[1 + 2 * channelCount + channel]
        return ResponseCurve(
            maximum: exp(draw[1 + channel]) * meanSpend[channel] * (1 + exp(shift * slope)),
            logHalfSaturation: shift + log(meanSpend[channel]), slope: slope)
    }

    mutating func accept(chain: Int) {
        for channel in 0..<channelCount where pendingChannels[channel] {
            swap(&contributions[chain][channel], &pending[channel])
            swap(&shadows[chain][channel], &pendingShadows[channel])
        }
    }

    mutating func propose(_ proposal: [Double], changed: [Bool], chain: Int) -> Double {
        let n = channelCount
        var density = -0.5 * square((proposal[0] - commonCenter) / Self.commonSpread)
        for channel in 0..<n {
            let (e, u) = (1 + channel, 1 + n + channel)
            let (k, s) = (1 + 2 * n + channel, 1 + 3 * n + channel)
            density -= 0.5 * square((proposal[e] - proposal[0]) / Self.efficiencySpread)
            density -= 0.5 * square(proposal[u] / 1.3)
            density -= 0.5 * square((proposal[k] - 0.1) / 0.6)
            density -= 0.5 * square((proposal[s] - 0.25) / 0.45)
            pendingChannels[channel] = changed[e] || changed[u] || changed[k] || changed[s]
            if pendingChannels[channel] { compute(proposal, channel) }
        }
        return density - freedom / 2 * log(max(residualSquare(chain), 1e-300))
    }

    private func square(_ value: Double) -> Double { value * value }

    /// The contribution of one channel over time, and its shadow on the controls.
    private mutating func compute(_ proposal: [Double], _ channel: Int) {
        let n = channelCount
        let retention = 1 / (1 + exp(-proposal[1 + n + channel]))
        let point = min(
            max(Int((retention * Double(Self.gridCount - 1)).rounded()), 0), Self.gridCount - 1)
        let shift = proposal[1 + 2 * n + channel]
        let slope = exp(min(proposal[1 + 3 * n + channel], 3))
        let scale =
            exp(proposal[1 + channel]) * meanSpend[channel] / meanOutcome * (1 + exp(shift * slope))
        let (length, width) = (paddedCount, basisWidth)
        let source = logAdstock[point][channel]
        source.withUnsafeBufferPointer { input in
            pending[channel].withUnsafeMutableBufferPointer { output in
                guard let from = input.baseAddress, let to = output.baseAddress else { return }
                HillKernel.evaluate(
                    logInput: from, slope: slope, shift: shift, scale: scale, count: length,
                    into: to)
            }
        }
        let (computed, controls) = (pending[channel], basis)
        computed.withUnsafeBufferPointer { series in
            controls.withUnsafeBufferPointer { basis in
                pendingShadows[channel].withUnsafeMutableBufferPointer { shadow in
                    guard let s = series.baseAddress, let b = basis.baseAddress,
                        let out = shadow.baseAddress
                    else { return }
                    projectOntoBasis(series: s, basis: b, length: length, width: width, into: out)
                }
            }
        }
    }

    /// Sum of squares of outcome less contributions, after the controls: |y|² - 2ym + |m|² - |Q'm|².
    private mutating func residualSquare(_ chain: Int) -> Double {
        let length = paddedCount
        for index in 0..<length { sum[index] = 0 }
        var shadow = [Double](repeating: 0, count: basisWidth)
        for channel in 0..<channelCount {
            let isPending = pendingChannels[channel]
            accumulate(isPending ? pending[channel] : contributions[chain][channel])
            let part = isPending ? pendingShadows[channel] : shadows[chain][channel]
            for index in 0..<basisWidth { shadow[index] += part[index] }
        }
        let total = sum.withUnsafeBufferPointer { sum in
            outcome.withUnsafeBufferPointer { outcome -> Double in
                guard let m = sum.baseAddress, let y = outcome.baseAddress else { return 0 }
                return squareLessTwiceProduct(m, y, count: length)
            }
        }
        var projected = 0.0
        for value in shadow { projected += value * value }
        return outcomeSquare + total - projected
    }

    private mutating func accumulate(_ series: [Double]) {
        let length = paddedCount
        series.withUnsafeBufferPointer { series in
            sum.withUnsafeMutableBufferPointer { sum in
                guard let from = series.baseAddress, let to = sum.baseAddress else { return }
                for index in 0..<length { to[index] += from[index] }
            }
        }
    }
}

/// Inner products of `series` with the columns of a row-major basis; `width` is a multiple of 4.
private func projectOntoBasis(
    series: UnsafePointer<Double>, basis: UnsafePointer<Double>, length: Int, width: Int,
    into output: UnsafeMutablePointer<Double>
) {
    var column = 0
    while column < width {
        var sum = SIMD4<Double>(repeating: 0)
        var row = basis + column
        for index in 0..<length {
            sum += series[index] * SIMD4(row[0], row[1], row[2], row[3])
            row += width
        }
        for lane in 0..<4 { output[column &+ lane] = sum[lane] }
        column &+= 4
    }
}

/// `sum of m * (m - 2y)`; `count` is a multiple of 4.
private func squareLessTwiceProduct(
    _ m: UnsafePointer<Double>, _ y: UnsafePointer<Double>, count: Int
) -> Double {
    var total = SIMD4<Double>(repeating: 0)
    var index = 0
    while index < count {
        let a = SIMD4(m[index], m[index &+ 1], m[index &+ 2], m[index &+ 3])
        let b = SIMD4(y[index], y[index &+ 1], y[index &+ 2], y[index &+ 3])
        total += a * (a - 2 * b)
        index &+= 4
    }
    return (total[0] + total[1]) + (total[2] + total[3])
}
