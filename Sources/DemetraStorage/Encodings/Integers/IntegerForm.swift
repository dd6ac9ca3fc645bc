/// The forms that a run of integers can have in a file; the numbers never change.
package enum IntegerForm: UInt8, Sendable, CaseIterable {
    /// The elements as they lie in memory.
    case plain = 0
    /// One value for all.
    case constant = 1
    /// Frame of reference: distances from a base, divided by a factor, in few bits.
    case packed = 2
    /// Distances from the value before, in few bits.
    case delta = 3
    /// Each value once, and how often it follows itself.
    case runs = 4
    /// Packed, but for a few values that would need more bits.
    case patched = 5
    /// The distinct values, and for each row which of them.
    case dictionary = 6
    /// The first value, and the distances from value to value in a form of their own.
    case steps = 7
}
