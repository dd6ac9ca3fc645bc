import DemetraTypes

extension Decimal {
    /// `count * squares - sum * sum` at a scale: what a variance divides.
    ///
    /// Digits behind the point that do not fit are cut off.
    ///
    /// - Throws: 22003 when a product leaves 256 bits.
    static func spread(
        count: Int64, sum: Int128, squares: (high: UInt128, low: UInt128), scale: Int
    ) throws(DemetraError) -> Decimal {
        let overflow = DemetraError(.numericValueOutOfRange, "value overflows numeric format")
        let factor = UInt128(count)
        let lower = squares.low.multipliedFullWidth(by: factor)
        let (upper, isOver) = squares.high.multipliedReportingOverflow(by: factor)
        let (high, isOverToo) = upper.addingReportingOverflow(lower.high)
        if isOver || isOverToo { throw overflow }
        let square = sum.magnitude.multipliedFullWidth(by: sum.magnitude)
        // Never less than the square of the sum (Cauchy and Schwarz).
        let (low, borrow) = lower.low.subtractingReportingOverflow(square.low)
        var rest = (high: high &- square.high &- (borrow ? 1 : 0), low: low)
        var scale = scale
        let limit = UInt128(WideInteger.powerOfTen(maximumPrecision))
        while rest.high > 0 || rest.low >= limit || scale > maximumPrecision {
            guard scale > 0 else { throw overflow }
            let upper = rest.high.quotientAndRemainder(dividingBy: 10)
            rest = (
                upper.quotient,
                UInt128(10).dividingFullWidth((upper.remainder, rest.low)).quotient
            )
            scale -= 1
        }
        return Decimal(unscaled: Int128(rest.low), scale: scale)
    }
}
