import DemetraTypes

/// How often each day stands in each of many samples of days, drawn with replacement.
///
/// All groups see the same samples, so what moves all of them on one day cancels in differences.
///
/// - Source: Davison and Hinkley, "Bootstrap methods and their application", 1997, section 3.8
///   (resampling whole clusters).
struct DayResampling: Sendable {
    /// The number of samples.
    static let drawCount = 2_000

    /// Days of a sample.
    let dayCount: Int
    /// A row of counts per sample.
    private let counts: [UInt8]

    /// Draws the samples.
    ///
    /// - Throws: 57014 when cancelled.
    init(dayCount: Int, seed: UInt64, cancellation: CancellationFlag) throws(DemetraError) {
        var counts = [UInt8](repeating: 0, count: dayCount * Self.drawCount)
        for draw in 0..<Self.drawCount {
            if draw % 64 == 0 { try cancellation.check() }
            var generator = SeededGenerator(
                seed: SeededGenerator.scrambled(seed &+ UInt64(draw) &* 0x9E37_79B9))
            let start = draw * dayCount
            for _ in 0..<dayCount {
                let place = start + generator.index(below: dayCount)
                // 255 times the same day does not happen, and would not matter.
                if counts[place] < .max { counts[place] += 1 }
            }
        }
        self.dayCount = dayCount
        self.counts = counts
    }

    /// How often a day stands in a sample.
    @inline(__always)
    func weight(of day: Int, in draw: Int) -> Double { Double(counts[draw &* dayCount &+ day]) }

    /// The sums of a group on each day, above and below the line.
    func dense(_ cells: [DaySums.Cell]) -> [SIMD2<Double>] {
        var dense = [SIMD2<Double>](repeating: SIMD2(), count: dayCount)
        for cell in cells { dense[Int(cell.day)] += SIMD2(cell.top, cell.bottom) }
        return dense
    }

    /// The sums of a group in each sample.
    func sums(_ cells: [DaySums.Cell], _ cancellation: CancellationFlag) -> RatioDraws {
        var draws = RatioDraws(count: Self.drawCount)
        for draw in 0..<Self.drawCount {
            if draw % 64 == 0, cancellation.isCancelled { return draws }
            let start = draw * dayCount
            var (top, bottom) = (0.0, 0.0)
            for cell in cells {
                let weight = Double(counts[start + Int(cell.day)])
                top += weight * cell.top
                bottom += weight * cell.bottom
            }
            draws.tops[draw] = top
            draws.bottoms[draw] = bottom
        }
        return draws
    }
}

/// Many possible values of two sums.
struct RatioDraws: Sendable {
    /// Above the line.
    var tops: [Double]
    /// Below the line.
    var bottoms: [Double]

    /// All sums zero.
    init(count: Int) {
        tops = Array(repeating: 0, count: count)
        bottoms = tops
    }

    /// Adds the sums of another group.
    mutating func add(_ other: RatioDraws) {
        for draw in tops.indices {
            tops[draw] += other.tops[draw]
            bottoms[draw] += other.bottoms[draw]
        }
    }

    /// What is left of these sums without those of a group.
    func without(_ part: RatioDraws) -> RatioDraws {
        var rest = self
        for draw in tops.indices {
            rest.tops[draw] -= part.tops[draw]
            let bottom = bottoms[draw] - part.bottoms[draw]
            // What rounding leaves of nothing is nothing.
            rest.bottoms[draw] = bottom > 1e-12 * bottoms[draw] ? bottom : 0
        }
        return rest
    }

    /// The ratios; NaN where there is nothing below the line.
    var ratios: [Double] { zip(tops, bottoms).map { $1 > 0 ? $0 / $1 : .nan } }
}
