import DemetraVectors

/// How doubles that are decimals become integers and back.
///
/// Amounts of money are decimals with few digits that lie in doubles: 0.29 is the double nearest to
/// 29 / 100. Two ways lead from the integer to that very double: the quotient, which is always the nearest,
/// and ALP's product of the integer and two powers of ten, which is faster to compute and holds for nearly all.
///
/// - Source: Afroozeh, Kuffo, Boncz, "ALP: Adaptive Lossless floating-Point Compression", SIGMOD 2023.
///
/// Safe because pointers come from buffers that the caller holds, and loops stay below their counts.
struct DecimalScale {
    /// Integer = value * 10^up * 10^-down, rounded.
    let up: Int
    let down: Int
    /// True when value = integer / 10^up; else value = integer * 10^down * 10^-up.
    let divides: Bool
    // Tables are not looked at row by row.
    private let enlarging: Double
    private let shrinking: Double
    let more: Double
    let less: Double

    init(up: Int, down: Int, divides: Bool) {
        (self.up, self.down, self.divides) = (up, down, divides)
        (enlarging, shrinking) = (Self.powers[up], Self.inversePowers[down])
        (more, less) = (Self.powers[down], Self.inversePowers[up])
    }

    /// Powers of ten that are exact doubles.
    static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18,
    ]
    static let inversePowers: [Double] = [
        1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11, 1e-12, 1e-13, 1e-14,
        1e-15, 1e-16, 1e-17, 1e-18,
    ]
    /// Quotients are made of so many digits at most.
    static let largestQuotient = 6
    /// Integers beyond are not all doubles.
    static let largestInteger = 9_007_199_254_740_992.0
    /// More exceptions than one row in so many make the form pointless.
    static let rowsPerException = 16
    private static let sampleCount = 256
    private static let firstSampleCount = 32

    /// The integer that stands for a value, or nil.
    @inline(__always)
    func integer(_ value: Double) -> Int64? {
        let scaled = value * enlarging * shrinking
        guard scaled.magnitude < Self.largestInteger else { return nil }
        let rounded = Int64(scaled + (scaled < 0 ? -0.5 : 0.5))
        return self.value(rounded).bitPattern == value.bitPattern ? rounded : nil
    }

    @inline(__always)
    private func value(_ integer: Int64) -> Double {
        divides ? Double(integer) / enlarging : Double(integer) * more * less
    }

    /// The scale that makes the shortest integers of a sample; nil when none holds for nearly all of it.
    static func likely(
        _ values: UnsafePointer<Double>, _ count: Int, of scales: [DecimalScale]
    ) -> DecimalScale? {
        guard count > 0 else { return nil }
        let sample = (0..<min(count, sampleCount)).map {
            values[$0 * count / min(count, sampleCount)]
        }
        let first = stride(from: 0, to: sample.count, by: max(1, sample.count / firstSampleCount))
            .map { sample[$0] }
        // Few values tell which scales are worth a closer look.
        var best: (scale: DecimalScale, bits: Double)?
        var candidates: [(scale: DecimalScale, bits: Double)] = []
        for scale in scales {
            if let bits = scale.cost(first) { candidates.append((scale, bits)) }
        }
        candidates.sort { $0.bits < $1.bits }
        for candidate in candidates.prefix(5) {
            guard let bits = candidate.scale.cost(sample) else { continue }
            if bits < best?.bits ?? .infinity { best = (candidate.scale, bits) }
        }
        return best?.scale
    }

    /// Products first: they read faster, and win where both hold.
    static let all: [DecimalScale] = {
        var scales: [DecimalScale] = []
        for up in 0..<powers.count {
            for down in stride(from: up, through: 0, by: -1) {
                scales.append(DecimalScale(up: up, down: down, divides: false))
            }
        }
        return scales + quotients
    }()

    static let quotients = (0...largestQuotient).map {
        DecimalScale(up: $0, down: 0, divides: true)
    }

    /// Bits a value, with its exceptions; nil with too many of them.
    private func cost(_ sample: [Double]) -> Double? {
        var (low, high, failed) = (Int64.max, Int64.min, 0)
        let allowed = sample.count / Self.rowsPerException + 1
        for value in sample {
            guard let found = integer(value) else {
                failed += 1
                if failed > allowed { return nil }
                continue
            }
            low = min(low, found)
            high = max(high, found)
        }
        guard low <= high else { return nil }
        let width = BitPacking.width(of: UInt64(bitPattern: high &- low))
        return Double(width) + Double(failed * 80) / Double(sample.count)
    }
}
