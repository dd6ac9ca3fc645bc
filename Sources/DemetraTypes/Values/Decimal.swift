/// An exact decimal number `unscaled * 10^-scale`, or NaN.
///
/// Up to 38 digits; an operation whose result needs more is 22003. The scale is kept as written
/// (`1.50` has scale 2), as PostgreSQL's numeric keeps its display scale, so two equal numbers can
/// differ in scale: `==` and `hash` compare the stored fields; compare numbers with `compare(_:)`.
public struct Decimal: Sendable, Hashable, BitwiseCopyable {
    /// The digits as an integer.
    public let unscaled: Int128
    /// Digits after the decimal point, 0...38; -1 for NaN.
    public let scale: Int32

    /// Makes a decimal from its digits and scale.
    @inlinable
    public init(unscaled: Int128, scale: Int) {
        self.unscaled = unscaled
        self.scale = Int32(truncatingIfNeeded: scale)
    }

    /// Not a number.
    public static let notANumber = Decimal(unscaled: 0, scale: -1)

    /// True for NaN.
    @inlinable public var isNaN: Bool { scale < 0 }
}
