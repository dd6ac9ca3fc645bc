import DemetraTypes
import DemetraVectors

/// Numbers in groups of four decimal digits, as the protocol's binary form of numeric has them.
///
///     count Int16 | weight Int16 | sign Int16 | scale Int16 | groups Int16, most significant first
///
/// The value is the sum of `group[i] * 10000^(weight - i)`.
///
/// - Source: `numeric_send` and `numeric_recv` as described by the PostgreSQL 15 sources' comments on `NumericVar`.
enum BinaryNumeric {
    /// The sign of numbers below zero.
    static let negative: UInt16 = 0x4000
    private static let notANumber: UInt16 = 0xc000
    private static let infinities: Set<UInt16> = [0xd000, 0xf000]
    /// Groups that a number may have: more digits than any number here.
    private static let mostGroups = 1_000
    /// A number shows fewer digits behind the point.
    static let scaleEnd = 1 << 14

    static func append(_ number: Decimal, to bytes: inout [UInt8]) {
        guard !number.isNaN else { return append(groups: [], 0, notANumber, 0, to: &bytes) }
        let scale = Int(number.scale)
        // The last group ends at a multiple of four digits behind the point, the first begins at one before it.
        let digits = number.unscaled.magnitude.digits
        let filling = (4 - scale % 4) % 4
        let missing = (4 - (digits.count + filling) % 4) % 4
        var groups: [UInt16] = []
        var group: UInt16 = 0
        for place in 0..<(missing + digits.count + filling) {
            let index = place - missing
            group = group * 10 + (digits.indices.contains(index) ? UInt16(digits[index]) : 0)
            if place % 4 == 3 {
                groups.append(group)
                group = 0
            }
        }
        let weight = digits.isEmpty ? 0 : groups.count - 1 - (scale + filling) / 4
        while groups.last == 0 { groups.removeLast() }
        append(
            groups: groups, weight, number.unscaled.isNegative ? negative : 0, scale, to: &bytes)
    }

    /// Writes the number `unscaled * 10^-scale`, with a scale of 0...18; at most 24 bytes.
    static func write(_ unscaled: Int64, scale: Int, to cursor: inout TextCursor) {
        let power = UInt64(PowersOfTen.int64[scale])
        let (whole, fraction) = unscaled.magnitude.quotientAndRemainder(dividingBy: power)
        // Least significant first: those behind the point, filled up to four digits, then those before it.
        var groups = InlineArray<12, UInt16>(repeating: 0)
        let behind = (scale + 3) / 4
        var rest = fraction
        if behind > 0 {
            // Only the last group is filled: the whole fraction would not fit.
            let filling = behind * 4 - scale
            let (upper, last) = rest.quotientAndRemainder(
                dividingBy: UInt64(PowersOfTen.int64[4 - filling]))
            groups[0] = UInt16(
                truncatingIfNeeded: last * UInt64(PowersOfTen.int64[filling]))
            rest = upper
        }
        for index in 1..<max(behind, 1) {
            groups[index] = UInt16(truncatingIfNeeded: rest % 10_000)
            rest /= 10_000
        }
        var count = behind
        rest = whole
        while rest > 0 {
            groups[count] = UInt16(truncatingIfNeeded: rest % 10_000)
            rest /= 10_000
            count += 1
        }
        var first = count
        while first > 0, groups[first - 1] == 0 { first -= 1 }
        var last = 0
        while last < first, groups[last] == 0 { last += 1 }
        cursor.write(integer: Int16(truncatingIfNeeded: first - last))
        cursor.write(integer: Int16(truncatingIfNeeded: first > last ? first - 1 - behind : 0))
        cursor.write(integer: unscaled < 0 ? negative : 0)
        cursor.write(integer: Int16(truncatingIfNeeded: scale))
        while first > last {
            first -= 1
            cursor.write(integer: groups[first])
        }
    }

    private static func append(
        groups: [UInt16], _ weight: Int, _ sign: UInt16, _ scale: Int, to bytes: inout [UInt8]
    ) {
        bytes.append(integer: Int16(truncatingIfNeeded: groups.count))
        bytes.append(integer: Int16(truncatingIfNeeded: weight))
        bytes.append(integer: sign)
        bytes.append(integer: Int16(truncatingIfNeeded: scale))
        for group in groups { bytes.append(integer: group) }
    }

    /// - Throws: 22P03 for bytes that are no number, 22003 for one with more than 76 digits before the point.
    static func read(_ reader: inout BinaryReader) throws(DemetraError) -> Decimal {
        let count = Int(try reader.integer(UInt16.self))
        let weight = Int(try reader.integer(Int16.self))
        let sign = try reader.integer(UInt16.self)
        let scale = Int(try reader.integer(UInt16.self))
        if sign == notANumber { return .notANumber }
        if infinities.contains(sign) { throw Decimal.overflow() }
        guard sign == 0 || sign == negative, count <= mostGroups, scale < scaleEnd else {
            throw reader.invalid(.numeric(nil))
        }
        var digits = ""
        for _ in 0..<count {
            let group = try reader.integer(UInt16.self)
            guard group < 10_000 else { throw reader.invalid(.numeric(nil)) }
            let text = String(group)
            digits += String(repeating: "0", count: 4 - text.count) + text
        }
        return try number(digits, weight, scale, isNegative: sign == negative)
    }

    /// The number whose digits begin at a group's weight, cut or filled to a scale.
    private static func number(
        _ digits: String, _ weight: Int, _ scale: Int, isNegative: Bool
    ) throws(DemetraError) -> Decimal {
        let wholeCount = (weight + 1) * 4
        var whole = String(digits.prefix(max(0, wholeCount)))
        if whole.count < wholeCount {
            let missing = wholeCount - whole.count
            guard digits.contains(where: { $0 != "0" }) else {
                return Decimal(
                    unscaled: Int256(0), scale: min(scale, Decimal.maximumScale))
            }
            guard missing <= 200 else { throw Decimal.overflow() }
            whole += String(repeating: "0", count: missing)
        }
        var fraction = String(digits.dropFirst(max(0, wholeCount)))
        if wholeCount < 0 {
            fraction = String(repeating: "0", count: min(-wholeCount, scale)) + fraction
        }
        fraction = String(fraction.prefix(scale))
        fraction += String(repeating: "0", count: scale - fraction.count)
        let text =
            (isNegative ? "-" : "") + (whole.isEmpty ? "0" : whole)
            + (scale > 0 ? "." + fraction : "")
        return try Decimal(text)
    }
}
