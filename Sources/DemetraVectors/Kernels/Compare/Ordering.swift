import DemetraTypes
import Glibc

// The order of values that the machine has no compare instruction for.
//
// Safe because callers pass the byte count of each text, and no more than the shorter one is
// compared.

/// NaN equals NaN and is greater than every number; zero equals minus zero.
@inline(__always)
func isLess(_ left: Double, _ right: Double) -> Bool {
    // Evaluated without short circuit: both tests are cheaper than a jump.
    let plain = byte(left < right)
    let nan = byte(right != right) & byte(left == left)
    return (plain | nan) != 0
}

@inline(__always)
func isEqual(_ left: Double, _ right: Double) -> Bool {
    (byte(left == right) | (byte(left != left) & byte(right != right))) != 0
}

extension Interval {
    /// The length by which intervals compare: a month counts 30 days, a day 24 hours.
    @inline(__always)
    var comparableMicroseconds: Int128 {
        (Int128(months) &* 30 &+ Int128(days)) &* 86_400_000_000 &+ Int128(microseconds)
    }
}

extension Decimal {
    /// The same number with the fewest digits after the point; NaN stays itself.
    ///
    /// Equal numbers have equal canonical forms.
    var canonical: Decimal { trimmed }

    /// Negative, 0 or positive as the numbers compare; NaN is the greatest.
    @inline(__always)
    func ordered(_ other: Decimal) -> Int {
        if scale == other.scale {
            return unscaled < other.unscaled ? -1 : (unscaled == other.unscaled ? 0 : 1)
        }
        return compare(other)
    }
}

/// Negative, 0 or positive as two texts compare by bytes, a prefix first.
@inline(__always)
func orderBytes(
    _ left: UnsafePointer<UInt8>, _ leftCount: UInt32, _ right: UnsafePointer<UInt8>,
    _ rightCount: UInt32
) -> Int {
    let order = memcmp(left, right, Int(min(leftCount, rightCount)))
    if order != 0 { return Int(order) }
    return Int(leftCount) - Int(rightCount)
}
