import DemetraTypes

extension NumberPattern {
    /// The number by the template; `#` in place of digits when it does not fit.
    ///
    /// - Throws: 22003 when the digits exceed what a numeric holds.
    func text(_ number: Decimal) throws(DemetraError) -> String {
        if isRoman { return roman(number) }
        if hasExponent { return try scientific(number) }
        var number = number
        for _ in 0..<shift { number = try number.multiplied(by: Decimal(10)) }
        let rounded = try number.rounded(to: fractionCount)
        let isNegative = rounded.unscaled.isNegative
        var digits = rounded.unscaled.magnitude.description
        // Digits that a numeric has no room for are shown as zeros.
        digits += String(repeating: "0", count: max(0, fractionCount - Int(rounded.scale)))
        let zeros = fractionCount + 1 - digits.count
        if zeros > 0 { digits = String(repeating: "0", count: zeros) + digits }
        var whole = Array(digits.dropLast(fractionCount).utf8)
        let fraction = Array(digits.suffix(fractionCount).utf8)
        // A lone zero before a point is left out unless the template asks for it.
        if whole == [0x30], fractionCount > 0 || integerCount == 0 { whole = [] }
        return write(whole, fraction, isNegative: isNegative)
    }

    private func write(_ whole: [UInt8], _ fraction: [UInt8], isNegative: Bool) -> String {
        let fits = whole.count <= integerCount
        let significantCount = (fraction.lastIndex { $0 != 0x30 } ?? -1) + 1
        let firstDigit = fits ? min(integerCount - whole.count, firstZero ?? integerCount) : 0
        var writer = Writer(
            pattern: self, isNegative: isNegative, needsSign: !hasSign || isAnchoredInFront)
        for element in elements {
            switch element {
            case .digit(let position):
                guard position >= firstDigit else {
                    writer.blank()
                    continue
                }
                writer.beginNumber()
                let index = position - (integerCount - whole.count)
                writer.append(fits ? (index >= 0 ? whole[index] : 0x30) : UInt8(ascii: "#"))
            case .separator:
                if writer.hasBegun { writer.append(UInt8(ascii: ",")) } else { writer.blank() }
            case .point:
                writer.beginNumber()
                // A point with no digit to follow is not shown.
                guard fractionCount > 0 else { continue }
                writer.append(UInt8(ascii: "."))
            case .fraction(let position):
                writer.beginNumber()
                if fits, !fills, position > lastKeptFraction, position >= significantCount {
                    continue
                }
                writer.append(fits ? fraction[position] : UInt8(ascii: "#"))
            case .sign(let sign): writer.write(sign)
            case .ordinal(let isUpper):
                if !isNegative, fits, !elements.contains(.point) {
                    let last = Int(String(decoding: whole.suffix(2), as: UTF8.self)) ?? 0
                    let suffix = TimePattern.ordinalSuffix(last)
                    writer.text += isUpper ? suffix.uppercased() : suffix
                }
            case .literal(let scalar): writer.text.unicodeScalars.append(scalar)
            }
        }
        return writer.text
    }

    /// Digits behind the point up to the last that is not 0.
    /// `S` before the first digit.
    fileprivate var isAnchoredInFront: Bool {
        for element in elements {
            switch element {
            case .sign(.anchored): return true
            case .digit, .fraction, .point: return false
            default: continue
            }
        }
        return false
    }

    fileprivate var showsPlus: Bool { isAnchoredInFront }

    // MARK: Other notations

    private func scientific(_ number: Decimal) throws(DemetraError) -> String {
        let isNegative = number.unscaled.isNegative
        let digits = Array(number.unscaled.magnitude.description.utf8)
        var exponent = number.unscaled.isZero ? 0 : digits.count - 1 - Int(number.scale)
        // The mantissa as a number with one digit before its point.
        let mantissa = Decimal(
            unscaled: number.magnitude.unscaled, scale: digits.count - 1)
        var rounded = try mantissa.rounded(to: fractionCount)
        if rounded.compare(Decimal(10)) >= 0 {
            exponent += 1
            rounded = try Decimal(unscaled: 1, scale: 0).rounded(to: fractionCount)
        }
        let sign = isNegative ? "-" : (showsPlus ? "+" : (fills ? " " : ""))
        let magnitude = TimePattern.padded(abs(exponent), to: 2)
        return sign + rounded.description + "e" + (exponent < 0 ? "-" : "+") + magnitude
    }

    private func roman(_ number: Decimal) -> String {
        let width = 15
        guard let whole = (try? number.rounded(to: 0))?.int64Value, (1...3_999).contains(whole)
        else {
            return String(repeating: "#", count: width)
        }
        let steps: [(Int64, String)] = [
            (1_000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
            (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
        ]
        var left = whole
        var text = ""
        for (value, letters) in steps {
            while left >= value {
                text += letters
                left -= value
            }
        }
        if isRomanLower { text = text.lowercased() }
        return fills ? String(repeating: " ", count: max(0, width - text.count)) + text : text
    }
}

/// Collects the text, with the sign where it belongs.
private struct Writer {
    let pattern: NumberPattern
    let isNegative: Bool
    /// The sign goes right before the first digit.
    let needsSign: Bool
    var text = ""
    private(set) var hasBegun = false

    init(pattern: NumberPattern, isNegative: Bool, needsSign: Bool) {
        self.pattern = pattern
        self.isNegative = isNegative
        self.needsSign = needsSign
    }

    mutating func append(_ byte: UInt8) { text.unicodeScalars.append(Unicode.Scalar(byte)) }

    /// A place in front of the number.
    mutating func blank() { if pattern.fills { text += " " } }

    mutating func beginNumber() {
        guard !hasBegun else { return }
        hasBegun = true
        if pattern.elements.contains(.sign(.brackets)) {
            if isNegative { text += "<" } else { blank() }
        } else if needsSign {
            if isNegative { text += "-" } else if pattern.showsPlus { text += "+" } else { blank() }
        }
    }

    mutating func write(_ sign: NumberPattern.Sign) {
        switch sign {
        case .anchored: if hasBegun { text += isNegative ? "-" : "+" }
        case .minus: if isNegative { text += "-" } else { blank() }
        case .plus: if !isNegative { text += "+" } else { blank() }
        case .both: text += isNegative ? "-" : "+"
        case .brackets: if isNegative { text += ">" } else { blank() }
        }
    }
}
