// Decimals to and from other numbers and text.
//
// Safe because the scanner checks each read, and the bytes outlive the reading of one value.

extension Decimal {
    /// The nearest double.
    package var doubleValue: Double {
        if isNaN { return .nan }
        if let narrow = unscaled.narrow {
            if scale == 0 { return Double(narrow) }
            if scale <= 22, narrow.magnitude < 1 << 53 {
                // Both sides are exact, so the one division rounds once.
                return Double(narrow) / Self.doublePowers[Int(scale)]
            }
        }
        return Double(description) ?? .nan
    }

    /// The powers of ten that doubles hold exactly.
    static let doublePowers: [Double] = {
        var powers = [1.0]
        for _ in 0..<22 { powers.append(powers[powers.count - 1] * 10) }
        return powers
    }()

    /// The number of a double, with 15 significant digits as PostgreSQL gives it (a real: 6).
    ///
    /// - Throws: 22003 when it is infinite or too large.
    package init(_ double: Double, significantDigits: Int = 15) throws(DemetraError) {
        if double.isNaN {
            self = .notANumber
            return
        }
        guard double.isFinite else {
            throw DemetraError(.numericValueOutOfRange, "cannot convert infinity to numeric")
        }
        // Whole numbers of few digits are most doubles that are cast.
        if double.magnitude < 1e6, let whole = Int64(exactly: double) {
            self.init(whole)
            return
        }
        self = try Decimal.parse(FloatText.significant(double, digits: significantDigits))
    }

    /// Rounded to a whole number, half away from zero; nil when it does not fit.
    package var int64Value: Int64? {
        guard !isNaN, let rounded = try? rounded(to: 0) else { return nil }
        return rounded.unscaled.narrow.flatMap { Int64(exactly: $0) }
    }

    /// Reads a number: digits with point and exponent, or NaN, blanks around it.
    ///
    /// Digits behind the point that do not fit are rounded.
    ///
    /// - Throws: 22P02 for anything else, 22003 beyond 76 digits before the point.
    package static func parse(_ text: String) throws(DemetraError) -> Decimal {
        var copy = text
        switch copy.withUTF8({ read($0) }) {
        case .number(let decimal): return decimal
        case .overflow: throw overflow()
        case .invalid:
            throw DemetraError(
                .invalidTextRepresentation, "invalid input syntax for type numeric: \"\(text)\"")
        }
    }

    /// What reading a number can give.
    package enum Reading {
        /// A number.
        case number(Decimal)
        /// More than 76 digits before the point.
        case overflow
        /// Something else.
        case invalid
    }

    /// Reads a number as `parse` does.
    package static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Reading {
        var parser = DecimalParser(bytes)
        return parser.parse()
    }
}

extension Decimal: CustomStringConvertible {
    /// The digits, with as many behind the point as the scale says.
    public var description: String {
        TextCursor.string(capacity: TextCursor.capacity(of: self)) { $0.write(self) }
    }
}
