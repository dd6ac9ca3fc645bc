import Foundation

/// A random generator that a seed decides: `DEMETRA_SEED`, else the one given.
struct SeededGenerator: RandomNumberGenerator {
    /// The seed, to be named in failures.
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64) {
        self.seed = ProcessInfo.processInfo.environment["DEMETRA_SEED"].flatMap(UInt64.init) ?? seed
        state = self.seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}
