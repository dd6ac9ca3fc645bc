import DemetraTypes

// Numbers as people and ad platforms write them.
//
// Safe because only the `count` bytes given are read.

/// An amount with a currency sign, grouped digits, a percent sign or accounting parentheses.
///
///     $1,234.56   (1,234.56)   -$5   1 234,56   1.234,56 €   12.5%   USD 10
///
/// A comma is the decimal mark only where it cannot group: when a point or blank groups before it,
/// or when not exactly three digits follow the only comma. `1,234` is one thousand two hundred and
/// thirty-four. A percent keeps its number: `12.5%` is 12.5, in percent points, as the header of
/// such a column usually says.
struct AmountText {
    /// The number.
    var number: Decimal
    /// True when a currency sign or code was there.
    var hasCurrency = false
    /// True when a percent sign was there.
    var isPercent = false

    /// The number as digits with a point, for parsers of other types.
    var plainText: [UInt8] {
        Array(number.description.utf8)
    }

    /// Reads an amount; nil when the text is none.
    static func parse(_ text: UnsafePointer<UInt8>, _ count: Int) -> AmountText? {
        guard count > 0, count <= 64 else { return nil }
        var bytes = Array(UnsafeBufferPointer(start: text, count: count))
        var amount = AmountText(number: .zero)
        var isNegative = false
        trim(&bytes)
        if bytes.count > 2, bytes.first == UInt8(ascii: "("), bytes.last == UInt8(ascii: ")") {
            isNegative = true
            bytes = Array(bytes[1..<(bytes.count - 1)])
        }
        takeSign(&bytes, &isNegative)
        amount.hasCurrency = takeCurrency(&bytes)
        takeSign(&bytes, &isNegative)
        if bytes.last == UInt8(ascii: "%") {
            amount.isPercent = true
            bytes.removeLast()
            trim(&bytes)
        }
        guard let plain = ungrouped(bytes) else { return nil }
        let outcome = plain.withUnsafeBufferPointer { plain -> FieldOutcome in
            guard let base = plain.baseAddress else { return .malformed }
            return Decimal.parseField(base, plain.count, &amount.number)
        }
        guard outcome == .parsed else { return nil }
        if isNegative { amount.number = amount.number.negated }
        return amount
    }

    private static func trim(_ bytes: inout [UInt8]) {
        while let last = bytes.last, isBlank(last) { bytes.removeLast() }
        let blanks = bytes.prefix { isBlank($0) }.count
        bytes.removeFirst(blanks)
    }

    private static func takeSign(_ bytes: inout [UInt8], _ isNegative: inout Bool) {
        if let first = bytes.first, first == UInt8(ascii: "-") || first == UInt8(ascii: "+") {
            if first == UInt8(ascii: "-") { isNegative.toggle() }
            bytes.removeFirst()
            trim(&bytes)
        }
    }

    private static let currencies: [[UInt8]] = [
        "$", "€", "£", "¥", "₽", "₹", "₺", "₸", "USD", "EUR", "GBP", "RUB", "JPY", "US$", "CHF",
        "руб.", "руб",
    ].map { Array($0.utf8) }

    private static func takeCurrency(_ bytes: inout [UInt8]) -> Bool {
        for sign in currencies where bytes.count > sign.count {
            if bytes.starts(with: sign) {
                bytes.removeFirst(sign.count)
            } else if bytes.suffix(sign.count).elementsEqual(sign) {
                bytes.removeLast(sign.count)
            } else {
                continue
            }
            trim(&bytes)
            return true
        }
        return false
    }

    /// Digits with at most one point; nil when groups are not groups of three.
    private static func ungrouped(_ bytes: [UInt8]) -> [UInt8]? {
        guard let mark = decimalMark(bytes) else { return nil }
        let (whole, fraction) =
            mark < bytes.count
            ? (bytes[..<mark], bytes[(mark + 1)...]) : (bytes[...], bytes[bytes.endIndex...])
        guard fraction.allSatisfy({ digit($0) < 10 }), let digits = joinGroups(whole) else {
            return nil
        }
        guard !digits.isEmpty || !fraction.isEmpty else { return nil }
        return fraction.isEmpty ? digits : digits + [UInt8(ascii: ".")] + fraction
    }

    /// Where the decimal mark is; the length when there is none, nil when that cannot be told.
    private static func decimalMark(_ bytes: [UInt8]) -> Int? {
        let comma = UInt8(ascii: ",")
        let point = UInt8(ascii: ".")
        let commas = bytes.count { $0 == comma }
        let points = bytes.count { $0 == point }
        let lastComma = bytes.lastIndex(of: comma) ?? -1
        let lastPoint = bytes.lastIndex(of: point) ?? -1
        if commas == 0 { return points == 0 ? bytes.count : points == 1 ? lastPoint : nil }
        if points > 0 {
            if points == 1, lastPoint > lastComma { return lastPoint }
            return commas == 1 && lastComma > lastPoint ? lastComma : nil
        }
        let groupsByBlank = bytes.contains { isBlank($0) || $0 == 0xA0 }
        let canGroup = bytes.count - lastComma == 4 && lastComma > 0 && bytes[0] != 0x30
        if commas == 1, groupsByBlank || !canGroup { return lastComma }
        return bytes.count
    }

    /// The digits of `1,234,567`, with any one of comma, point, blank, no-break space, apostrophe.
    private static func joinGroups(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var digits: [UInt8] = []
        var (separator, groupCount, hasSeparator): (UInt8, Int, Bool) = (0, 0, false)
        for byte in bytes {
            if digit(byte) < 10 {
                digits.append(byte)
                groupCount += 1
                continue
            }
            // A no-break space in UTF-8 is C2 A0 or E2 80 AF: its first bytes carry no meaning here.
            if byte == 0xC2 || byte == 0xE2 || byte == 0x80 { continue }
            let kind = byte == 0xA0 || byte == 0xAF ? 0x20 : byte
            guard kind == 0x20 || kind == 0x2C || kind == 0x2E || kind == 0x27 else { return nil }
            guard !hasSeparator || (separator == kind && groupCount == 3) else { return nil }
            guard groupCount > 0, groupCount <= 3 else { return nil }
            (separator, groupCount, hasSeparator) = (kind, 0, true)
        }
        return hasSeparator && groupCount != 3 ? nil : digits
    }
}

/// The most common amount, `[-]$1,234.56` with an optional sign of either kind, as plain digits.
///
/// Writes at most `count` bytes to `output`; 0 when the text has another form. It takes a tenth of
/// the time of `AmountText.parse`, and columns of money are full of it.
func plainAmount(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ output: UnsafeMutablePointer<UInt8>
) -> Int {
    var index = 0
    var length = 0
    if index < count, text[index] == UInt8(ascii: "-") {
        output[0] = UInt8(ascii: "-")
        (index, length) = (1, 1)
    }
    if index < count, text[index] == UInt8(ascii: "$") { index &+= 1 }
    let first = index
    var (groupCount, hasGroups) = (0, false)
    while index < count {
        let byte = text[index]
        if digit(byte) < 10 {
            groupCount &+= 1
            output[length] = byte
            length &+= 1
        } else if byte == UInt8(ascii: ",") {
            guard groupCount == 3 || (!hasGroups && groupCount > 0 && groupCount < 3),
                text[first] != 0x30
            else { return 0 }
            (groupCount, hasGroups) = (0, true)
        } else {
            break
        }
        index &+= 1
    }
    guard groupCount > 0, !hasGroups || groupCount == 3 else { return 0 }
    if index < count {
        guard text[index] == UInt8(ascii: ".") else { return 0 }
        while index < count {
            output[length] = text[index]
            length &+= 1
            index &+= 1
        }
    }
    return length
}
