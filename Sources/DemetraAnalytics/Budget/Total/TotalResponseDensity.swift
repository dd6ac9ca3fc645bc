import DemetraTypes
import Glibc

/// The posterior density of the curves behind one total outcome.
///
/// Parameters: the common log efficiency, then for each channel log efficiency, logit of retention,
/// log half saturation in mean spends, log slope and, where periods are days, delay. Each chain keeps the contribution of each channel
/// and its shadow on the controls, so a proposal computes only the channels it changes.
///
/// Safe because every run handed to the kernel is one allocation of `paddedCount` values that the
/// density owns and never resizes.
struct TotalResponseDensity: SampledDensity {
    static let efficiencySpread = 0.6
    private static let commonSpread = 0.7
    /// Chains that the density keeps work for.
    static let chainCount = 16

    let dimension: Int
    let start: [Double]
    private let channelCount: Int
    private let paddedCount: Int
    private let freedom: Double
    private let commonCenter: Double
    private let meanOutcome: Double
    private let meanSpend: [Double]
    private let carryOver: CarryOverGrid
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
        let values = rows.map { outcome[$0] }
        let center = OrderStatistics.mean(values)
        guard center.isFinite, center != 0 else { return nil }
        let scale = abs(center)
        let linear = LinearPart(
            history, outcome: values.map { $0 / scale }, rows: rows, channels: channels)
        let basis = linear.basis
        guard linear.outcome.count > basis.vectors.count + 3 else { return nil }
        channelCount = channels.count
        paddedCount = HillKernel.padded(linear.outcome.count)
        freedom = Double(linear.outcome.count - basis.vectors.count)
        meanOutcome = scale
        let spends = channels.map { OrderStatistics.mean(history.spend[$0]) }
        meanSpend = spends
        var totalSpend = 0.0
        for value in spends { totalSpend += value }
        commonCenter = log(0.3 * scale / totalSpend)
        let padding = [Double](repeating: 0, count: paddedCount - linear.outcome.count)
        self.outcome = linear.outcome + padding
        outcomeSquare = self.outcome.reduce(0) { $0 + $1 * $1 }
        basisWidth = HillKernel.padded(basis.vectors.count)
        var flat = [Double](repeating: 0, count: basisWidth * paddedCount)
        for (column, vector) in basis.vectors.enumerated() {
            for row in vector.indices { flat[row * basisWidth + column] = vector[row] }
        }
        self.basis = flat
        carryOver = CarryOverGrid(
            history, channels: channels, meanSpend: spends, rows: rows,
            padding: paddedCount - rows.count)
        dimension = 1 + (carryOver.hasDelays ? 5 : 4) * channels.count
        let none = [[Double]](
            repeating: [Double](repeating: 0, count: paddedCount), count: channels.count)
        let noShadow = [[Double]](
            repeating: [Double](repeating: 0, count: basisWidth), count: channels.count)
        contributions = Array(repeating: none, count: Self.chainCount)
        shadows = Array(repeating: noShadow, count: Self.chainCount)
        pending = none
        pendingShadows = noShadow
        pendingChannels = Array(repeating: false, count: channels.count)
        sum = [Double](repeating: 0, count: paddedCount)
        var start = [commonCenter]
        let centers = [commonCenter, 0, 0.1, 0.25] + (carryOver.hasDelays ? [0] : [])
        for center in centers { start += channels.map { _ in center } }
        self.start = start
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
            var isChanged = changed[e] || changed[u] || changed[k] || changed[s]
            if carryOver.hasDelays {
                density -= 0.5 * square(proposal[1 + 4 * n + channel])
                isChanged = isChanged || changed[1 + 4 * n + channel]
            }
            pendingChannels[channel] = isChanged
            if pendingChannels[channel] { compute(proposal, channel) }
        }
        return density - freedom / 2 * log(max(residualSquare(chain), 1e-300))
    }

    private func square(_ value: Double) -> Double { value * value }

    /// The contribution of one channel over time, and its shadow on the controls.
    private mutating func compute(_ proposal: [Double], _ channel: Int) {
        let n = channelCount
        let shift = proposal[1 + 2 * n + channel]
        let slope = exp(min(proposal[1 + 3 * n + channel], 3))
        let scale =
            exp(proposal[1 + channel]) * meanSpend[channel] / meanOutcome * (1 + exp(shift * slope))
        let (length, width) = (paddedCount, basisWidth)
        let source = carryOver.series(
            channel: channel, retention: proposal[1 + n + channel],
            delay: carryOver.hasDelays ? proposal[1 + 4 * n + channel] : -1)
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
