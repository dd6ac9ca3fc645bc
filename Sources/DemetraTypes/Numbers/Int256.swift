/// A whole number of 256 bits with a sign, in two's complement: the digits of a decimal.
public struct Int256: Sendable, Hashable, BitwiseCopyable {
    /// The upper half, with the sign.
    public let high: Int128
    /// The lower half.
    public let low: UInt128

    /// Makes a number of its halves.
    @inlinable
    public init(high: Int128, low: UInt128) { (self.high, self.low) = (high, low) }

    /// A number of 128 bits.
    @inlinable
    public init(_ value: Int128) {
        (high, low) = (value &>> 127, UInt128(truncatingIfNeeded: value))
    }

    /// 0.
    public static let zero = Int256(0)

    /// The number when it fits 128 bits, as nearly all do.
    @inlinable public var narrow: Int128? {
        let value = Int128(truncatingIfNeeded: low)
        return high == value &>> 127 ? value : nil
    }

    /// True for 0.
    @inlinable public var isZero: Bool { high == 0 && low == 0 }

    /// True below 0.
    @inlinable public var isNegative: Bool { high < 0 }

    /// -1, 0 or 1.
    @inlinable public var signum: Int { isNegative ? -1 : (isZero ? 0 : 1) }
}

extension Int256 {
    /// The number without its sign.
    @inlinable package var magnitude: UInt256 {
        let bits = UInt256(high: UInt128(bitPattern: high), low: low)
        return isNegative ? UInt256(0) &- bits : bits
    }

    /// A number of less than `2^255` and its sign.
    @inlinable
    package init(_ magnitude: UInt256, isNegative: Bool) {
        let bits = isNegative ? UInt256(0) &- magnitude : magnitude
        self.init(high: Int128(bitPattern: bits.high), low: bits.low)
    }

    /// The sum modulo `2^256`.
    @inlinable
    package static func &+ (left: Int256, right: Int256) -> Int256 {
        let (low, carry) = left.low.addingReportingOverflow(right.low)
        return Int256(high: left.high &+ right.high &+ (carry ? 1 : 0), low: low)
    }

    /// The sum, and whether it left 256 bits.
    package func addingReportingOverflow(_ other: Int256) -> (sum: Int256, overflow: Bool) {
        let sum = self &+ other
        return (sum, isNegative == other.isNegative && isNegative != sum.isNegative)
    }

    /// `self * 10^digits`, or nil when it leaves 256 bits.
    package func scaled(byPowerOfTen digits: Int) -> Int256? {
        guard let product = magnitude.scaled(byPowerOfTen: digits), product.high >> 127 == 0 else {
            return nil
        }
        return Int256(product, isNegative: isNegative)
    }

    /// The number with its sign turned.
    package var negated: Int256 { Int256(magnitude, isNegative: !isNegative) }
}

extension Int256: Comparable {
    /// True when the left number is less.
    @inlinable
    public static func < (left: Int256, right: Int256) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

extension Int256: CustomStringConvertible {
    /// The decimal digits, after a minus where the number is below 0.
    public var description: String { (isNegative ? "-" : "") + magnitude.description }
}
