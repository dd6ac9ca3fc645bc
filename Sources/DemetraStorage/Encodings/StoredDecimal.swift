import DemetraTypes
import DemetraVectors

/// Numerics as single values of files: Int128 digits, Int32 scale; where they are not short, the lower half of the
/// digits, the scale + 65,536, and the upper half Int128.
enum StoredDecimal {
    private static let wideFlag: Int32 = 1 << 16

    static func write(_ number: Decimal, into writer: inout ByteWriter) {
        writer.write(number.unscaled.low)
        guard !number.isShort else { return writer.write(number.scale) }
        writer.write(number.scale + wideFlag)
        writer.write(number.unscaled.high)
    }

    static func read(_ reader: inout ByteReader) throws(DemetraError) -> Decimal {
        let low = try reader.integer(Int128.self)
        let scale = try reader.integer(Int32.self)
        let isShort = scale < wideFlag
        let digits =
            isShort
            ? Int256(low)
            : Int256(high: try reader.integer(Int128.self), low: UInt128(bitPattern: low))
        guard
            let number = number(
                digits, scale: isShort ? scale : scale - wideFlag, isShort: isShort)
        else { throw reader.damaged("an impossible number") }
        return number
    }

    /// The number of digits and a scale, of which -1 is NaN's; nil when no number has them.
    static func number(_ digits: Int256, scale: Int32, isShort: Bool) -> Decimal? {
        guard scale >= -1, scale <= (isShort ? Decimal.shortScale : Int32(Decimal.maximumScale)),
            isShort || digits.magnitude < UInt256.powerOfTen(Decimal.maximumPrecision)
        else { return nil }
        return scale < 0 ? .notANumber : Decimal(unscaled: digits, scale: Int(scale))
    }
}
