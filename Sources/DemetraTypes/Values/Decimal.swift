/// An exact decimal number `unscaled * 10^-scale`, or NaN.
///
/// Up to 76 digits, of which up to 1,000 places stand behind the point; an operation whose result needs more in front
/// of the point is 22003. The scale is kept as written (`1.50` has scale 2), as PostgreSQL's numeric keeps its display
/// scale, so two equal numbers can differ in scale: `==` and `hash` compare the stored fields; compare numbers with
/// `compare(_:)`.
public struct Decimal: Sendable, Hashable, BitwiseCopyable {
    /// The digits as an integer.
    public let unscaled: Int256
    /// Digits after the decimal point, 0...1,000; -1 for NaN.
    public let scale: Int32

    /// Makes a decimal from its digits and scale.
    @inlinable
    public init(unscaled: Int256, scale: Int) {
        self.unscaled = unscaled
        self.scale = Int32(truncatingIfNeeded: scale)
    }

    /// Makes a decimal from digits that fit 128 bits, and its scale.
    @inlinable
    public init(unscaled: Int128, scale: Int) {
        self.init(unscaled: Int256(unscaled), scale: scale)
    }

    /// Not a number.
    public static let notANumber = Decimal(unscaled: Int256(0), scale: -1)

    /// True for NaN.
    @inlinable public var isNaN: Bool { scale < 0 }
}
