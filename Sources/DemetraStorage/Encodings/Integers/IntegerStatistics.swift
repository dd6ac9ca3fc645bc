import DemetraVectors

/// What the choice of a form needs to know of values; one pass, and a sample.
///
/// Safe because loops stay below the count that the caller gives with the pointer.
struct IntegerStatistics {
    let low: Int64
    let high: Int64
    /// Greatest less least.
    let range: UInt64
    /// The greatest common divisor of all distances from the least value; at least 1.
    let factor: UInt64
    /// How many times a value differs from the one before it, plus one.
    let runCount: Int
    /// The least and the greatest step from value to value; nil when one may overflow.
    let steps: (low: Int64, high: Int64)?

    init(_ values: UnsafePointer<Int64>, _ count: Int) {
        var (low, high) = (count > 0 ? values[0] : 0, count > 0 ? values[0] : 0)
        var (least, greatest) = (Int64.max, Int64.min)
        var last = low
        var changes = 0
        for index in 0..<count {
            let value = values[index]
            low = value < low ? value : low
            high = value > high ? value : high
            let step = value &- last
            least = step < least ? step : least
            greatest = step > greatest ? step : greatest
            changes &+= step == 0 ? 0 : 1
            last = value
        }
        self.low = low
        self.high = high
        range = UInt64(bitPattern: high &- low)
        runCount = changes + 1
        factor = Self.commonFactor(values, count, low, range)
        // The first step is zero: it is from the first value to itself.
        guard count > 2, range < UInt64(1) << 62 else {
            steps = nil
            return
        }
        if least >= 0 || greatest <= 0 { (least, greatest) = Self.steps(values, count) }
        steps = (least, greatest)
    }

    /// Bits of a distance from the least value.
    var width: Int { BitPacking.width(of: range / factor) }

    /// Bits of a step, of which the least counts as zero.
    var stepWidth: Int? {
        steps.map { BitPacking.width(of: UInt64(bitPattern: $0.high &- $0.low)) }
    }

    private static func steps(_ values: UnsafePointer<Int64>, _ count: Int) -> (Int64, Int64) {
        var (least, greatest) = (Int64.max, Int64.min)
        for index in 1..<count {
            let step = values[index] &- values[index &- 1]
            least = step < least ? step : least
            greatest = step > greatest ? step : greatest
        }
        return (least, greatest)
    }

    private static func commonFactor(
        _ values: UnsafePointer<Int64>, _ count: Int, _ base: Int64, _ range: UInt64
    ) -> UInt64 {
        var factor = range
        if factor <= 1 { return 1 }
        var last = base
        for index in 0..<count {
            let value = values[index]
            if value == last { continue }
            last = value
            var rest = UInt64(bitPattern: value &- base)
            if rest % factor == 0 { continue }
            while rest != 0 { (factor, rest) = (rest, factor % rest) }
            if factor == 1 { return 1 }
        }
        return factor
    }
}

/// A span of values that holds nearly all of a chunk, so that the others are worth listing.
struct IntegerWindow {
    /// The least value of the span, as a distance from the least of all, divided by the factor.
    let start: UInt64
    /// Bits of a distance from it.
    let width: Int
    /// Bits that a value takes on average, exceptions included.
    let bitsPerValue: Double

    /// Rows of a sample at most, and rows for each that is looked at.
    private static let sampleCount = 256
    private static let rowsPerSample = 16

    /// The cheapest span, by a sample of rows.
    ///
    /// - Parameters:
    ///   - fullWidth: bits of a value without exceptions.
    ///   - sample: gives the distance of a row, from the least of all and divided by the factor.
    static func best(
        _ count: Int, fullWidth: Int, _ sample: (Int) -> UInt64
    ) -> IntegerWindow? {
        guard count >= 64, fullWidth > 0 else { return nil }
        let taken = min(max(count / rowsPerSample, 32), sampleCount)
        var values: [UInt64] = []
        values.reserveCapacity(taken)
        // Steps of different length, so that no period of the data hides from the sample.
        for index in 0..<taken {
            let (first, next) = (index * count / taken, (index + 1) * count / taken)
            values.append(sample(first + (index &* 7919) % max(1, next - first)))
        }
        values.sort()
        var best: IntegerWindow?
        for width in 0..<min(fullWidth, BitPacking.widestValue + 1) {
            let (start, covered) = densest(values, UInt64(1) << UInt64(width))
            let share = Double(taken - covered) / Double(taken)
            guard share <= largestShare else { continue }
            let cost = Double(width) + share * exceptionBits(share, fullWidth, count)
            if cost < best?.bitsPerValue ?? .infinity {
                best = IntegerWindow(start: start, width: width, bitsPerValue: cost)
            }
        }
        return best
    }

    /// More exceptions than this make reading slow.
    private static let largestShare = 0.2

    /// Where most values lie within `span`.
    private static func densest(_ values: [UInt64], _ span: UInt64) -> (UInt64, Int) {
        var (start, covered, end) = (values[0], 0, 0)
        for first in values.indices {
            while end < values.count, values[end] - values[first] < span { end += 1 }
            if end - first > covered { (start, covered) = (values[first], end - first) }
            if end == values.count { break }
        }
        return (start, covered)
    }

    /// A value in full, and its distance from the exception before it.
    private static func exceptionBits(_ share: Double, _ fullWidth: Int, _ count: Int) -> Double {
        guard share > 0 else { return 0 }
        let gap = min(1 / share, Double(count))
        return Double(fullWidth) + Double(BitPacking.width(of: UInt64(gap))) + 2
    }
}
