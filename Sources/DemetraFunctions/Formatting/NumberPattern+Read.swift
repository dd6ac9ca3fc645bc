import DemetraTypes

/// Reads the number that a text spells by the template: `to_number`.
///
/// Each place of the template takes one character. A place of a digit takes whatever stands there and keeps the
/// digits, but leaves the point to the place of the point; what is behind the last place is not read.
struct NumberReading {
    private let text: [Unicode.Scalar]
    private var position = 0
    private var digits = ""
    private var fractionCount: Int?
    private var isNegative: Bool?

    init(_ text: String) { self.text = Array(text.unicodeScalars) }

    private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    private mutating func skipBlanks() {
        while next?.properties.isWhitespace == true { position += 1 }
    }

    private mutating func takeSign() {
        if digits.isEmpty { skipBlanks() }
        guard isNegative == nil, let sign = next, "+-<".unicodeScalars.contains(sign) else {
            return
        }
        isNegative = sign != "+"
        position += 1
    }

    private mutating func takeDigit(hasPoint: Bool) {
        if digits.isEmpty { takeSign() }
        guard let scalar = next else { return }
        if scalar == ".", hasPoint, fractionCount == nil { return }
        position += 1
        guard ("0"..."9").contains(scalar) else { return }
        digits.unicodeScalars.append(scalar)
        if let count = fractionCount { fractionCount = count + 1 }
    }

    /// Takes in what one part of a template stands for.
    mutating func take(_ element: NumberPattern.Element, fills: Bool, hasPoint: Bool) {
        switch element {
        case .digit, .fraction: takeDigit(hasPoint: hasPoint)
        case .point:
            if next == "." {
                position += 1
                fractionCount = fractionCount ?? 0
            }
        case .separator: if fills, next == "," { position += 1 }
        case .sign: takeSign()
        case .ordinal:
            for _ in 0..<2 where next?.properties.isAlphabetic == true { position += 1 }
        case .literal:
            if let scalar = next, !"0123456789.,+-".unicodeScalars.contains(scalar) {
                position += 1
            }
        }
    }

    /// The number, shifted to the right by so many places.
    ///
    /// - Throws: 22P02 when there was no digit, 22003 when there are too many.
    func number(shift: Int) throws(DemetraError) -> Decimal {
        guard !digits.isEmpty else {
            throw DemetraError(
                .invalidTextRepresentation,
                "invalid input syntax for type numeric: \"\(String(String.UnicodeScalarView(text)))\""
            )
        }
        let places = (fractionCount ?? 0) + shift
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        let whole = padded.dropLast(places)
        let spelled =
            (isNegative == true ? "-" : "") + whole
            + (places > 0 ? "." + padded.suffix(places) : "")
        return try Decimal.parse(spelled)
    }
}

extension NumberPattern {
    /// The number that a text spells.
    ///
    /// - Throws: 22P02 when it spells none, 0A000 for templates that can only be written by.
    func read(_ text: String) throws(DemetraError) -> Decimal {
        guard !hasExponent, !isRoman else {
            throw DemetraError(
                .featureNotSupported,
                "\"\(hasExponent ? "EEEE" : "RN")\" not supported for input")
        }
        var reading = NumberReading(text)
        let hasPoint = elements.contains(.point)
        for element in elements { reading.take(element, fills: fills, hasPoint: hasPoint) }
        return try reading.number(shift: shift)
    }
}
