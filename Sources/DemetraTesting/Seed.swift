import Glibc

/// Where the randomness of a test comes from: two runs with one seed are alike.
///
/// `DEMETRA_SEED=17` in the environment makes `some(_:)` give that seed alone.
package struct Seed: Sendable, Hashable, CustomStringConvertible {
    /// The number.
    package let number: UInt64

    /// A seed by its number.
    package init(_ number: UInt64) { self.number = number }

    /// The number, as `DEMETRA_SEED` takes it.
    package var description: String { "DEMETRA_SEED=\(number)" }

    /// The seed the environment asks for, else seeds 1 to `count`.
    package static func some(_ count: Int) -> [Seed] {
        chosen.map { [$0] } ?? (1...max(count, 1)).map { Seed(UInt64($0)) }
    }

    /// Seeds that one test takes one after another.
    package struct Block: Sendable, CustomStringConvertible {
        /// The seeds.
        package let seeds: [Seed]
        /// Which they are.
        package var description: String {
            "seeds \(seeds.first?.number ?? 0) to \(seeds.last?.number ?? 0)"
        }
    }

    /// As `some`, in blocks that tests may take side by side; `DEMETRA_SEEDS=20000` in the environment asks
    /// for another count.
    package static func blocks(_ count: Int) -> [Block] {
        let wished = getenv("DEMETRA_SEEDS").flatMap { Int(String(cString: $0)) }
        let seeds = some(wished ?? count)
        let size = max(1, (seeds.count + 19) / 20)
        return stride(from: 0, to: seeds.count, by: size).map {
            Block(seeds: Array(seeds[$0..<min(seeds.count, $0 + size)]))
        }
    }

    /// The seed the environment asks for.
    package static var chosen: Seed? {
        getenv("DEMETRA_SEED").flatMap { UInt64(String(cString: $0)) }.map { Seed($0) }
    }

    /// A generator that begins with this seed.
    package var generator: SeededGenerator { SeededGenerator(state: number) }
}

/// Random numbers that a seed determines.
///
/// - Source: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    /// Where it began, to be named in failures.
    package let seed: UInt64
    private var state: UInt64

    /// Begins at a state.
    package init(state: UInt64) {
        seed = state
        self.state = state
    }

    /// Begins where `DEMETRA_SEED` says, else at the seed given.
    package init(seed: UInt64) { self.init(state: Seed.chosen?.number ?? seed) }

    /// The next number.
    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number in 0..<`bound`.
    package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// True once in `count` times.
    package mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }
}
