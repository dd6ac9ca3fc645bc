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
    var canonical: Decimal {
        if scale <= 0 { return isNaN ? .notANumber : self }
        if unscaled == 0 { return Decimal(unscaled: 0, scale: 0) }
        var digits = unscaled
        var places = Int(scale)
        if let narrow = Int64(exactly: digits) {
            var short = narrow
            while places > 0, short % 10 == 0 {
                short /= 10
                places -= 1
            }
            return Decimal(unscaled: Int128(short), scale: places)
        }
        while places > 0, digits % 10 == 0 {
            digits /= 10
            places -= 1
        }
        return Decimal(unscaled: digits, scale: places)
    }

    /// Negative, 0 or positive as the numbers compare; NaN is the greatest.
    func ordered(_ other: Decimal) -> Int {
        if isNaN || other.isNaN { return (isNaN ? 1 : 0) - (other.isNaN ? 1 : 0) }
        if scale == other.scale {
            return unscaled < other.unscaled ? -1 : (unscaled == other.unscaled ? 0 : 1)
        }
        if scale < other.scale {
            return orderScaled(unscaled, other.unscaled, Int(other.scale - scale))
        }
        return -orderScaled(other.unscaled, unscaled, Int(scale - other.scale))
    }
}

/// Compares `coarse * 10^places` with `fine`; a product beyond 128 bits is beyond every `fine`.
private func orderScaled(_ coarse: Int128, _ fine: Int128, _ places: Int) -> Int {
    var scaled = coarse
    for _ in 0..<places {
        let (product, overflow) = scaled.multipliedReportingOverflow(by: 10)
        if overflow { return coarse < 0 ? -1 : 1 }
        scaled = product
    }
    return scaled < fine ? -1 : (scaled == fine ? 0 : 1)
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
