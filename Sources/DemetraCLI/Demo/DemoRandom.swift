/// Random numbers that are the same on every machine for the same seed and place.
///
/// Each row asks a stream of its own, named by what it describes, so that more rows or another order never
/// change the numbers of a row. Only arithmetic that IEEE 754 defines to the last bit is used: `exp` and `log`
/// of a C library differ between machines.
///
/// - Source: SplitMix64, Steele and others, "Fast splittable pseudorandom number generators", 2014.
struct DemoRandom {
    private var state: UInt64

    /// The stream of one thing: its kind, and two numbers that tell it apart.
    init(seed: UInt64, kind: UInt64, _ first: Int = 0, _ second: Int = 0) {
        var mixed = Self.scrambled(seed &+ 0x9E37_79B9_7F4A_7C15 &* (kind &+ 1))
        mixed = Self.scrambled(mixed ^ UInt64(bitPattern: Int64(first)))
        state = Self.scrambled(mixed ^ (UInt64(bitPattern: Int64(second)) &<< 32))
    }

    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Self.scrambled(state)
    }

    private static func scrambled(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed &>> 31)
    }

    /// A number in 0..<1.
    mutating func uniform() -> Double { Double(next() &>> 11) * 0x1p-53 }

    /// A number between two bounds.
    mutating func between(_ lower: Double, _ upper: Double) -> Double {
        lower + (upper - lower) * uniform()
    }

    /// A whole number in 0..<bound, which is positive.
    mutating func index(below bound: Int) -> Int { min(bound - 1, Int(uniform() * Double(bound))) }

    /// Mean 0 and variance 1, bell-shaped and never beyond 3: the sum of three uniform numbers, whose variance
    /// is a quarter.
    mutating func spread() -> Double { 2 * (uniform() + uniform() + uniform() - 1.5) }

    /// How often something rare happens that happens `mean` times on average.
    mutating func count(mean: Double) -> Int {
        guard mean < 16 else {
            return max(0, Int((mean + mean.squareRoot() * spread()).rounded()))
        }
        // Inversion: walk the Poisson distribution until its sum passes a uniform number.
        var probability = Self.decay(mean)
        var rest = uniform() - probability
        var count = 0
        while rest > 0, count < 100 {
            count += 1
            probability *= mean / Double(count)
            rest -= probability
        }
        return count
    }

    /// e^-x for 0 <= x <= 16, by a short series for x/64 and six squarings.
    private static func decay(_ x: Double) -> Double {
        let t = x / 64
        var value = 1 - t * (1 - t / 2 * (1 - t / 3 * (1 - t / 4 * (1 - t / 5))))
        for _ in 0..<6 { value *= value }
        return value
    }
}
