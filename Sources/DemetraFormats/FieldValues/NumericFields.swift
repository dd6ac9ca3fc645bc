import DemetraTypes
import DemetraVectors

// Parsers of numeric fields: exact digits at the column's scale.
//
// Safe because fields have 8 readable bytes behind them (see `FieldParser`).

/// Fields of a numeric(p, s) column of at most 18 digits.
struct NumericInt64Field: FieldParser {
    private let scale: Int
    private let limit: Int64
    private let powers: UnsafePointer<Int64>

    static let filler: Int64 = 0
    static let isNumber = true

    /// Fields of the given precision, at most 18, and scale.
    init(_ modifier: NumericModifier) {
        scale = modifier.scale
        limit = Int64(truncatingIfNeeded: WideInteger.powerOfTen(min(modifier.precision, 18)))
        powers = PowersOfTen.int64.pointer
    }

    @inline(__always)
    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> FieldOutcome {
        let isNegative = text[0] == UInt8(ascii: "-")
        var index = isNegative ? 1 : 0
        // Eighteen digits never leave 64 bits; longer ones go the exact way.
        guard count &- index <= 18, count > index else { return parseExactly(text, count, element) }
        var value: Int64 = 0
        var pointIndex = count
        while index < count {
            let digit = digit(text[index])
            if digit < 10 {
                value = value &* 10 &+ Int64(digit)
            } else if text[index] == UInt8(ascii: "."), pointIndex == count {
                pointIndex = index
            } else {
                return parseExactly(text, count, element)
            }
            index &+= 1
        }
        let fraction = pointIndex == count ? 0 : count &- pointIndex &- 1
        let missing = scale &- fraction
        let hasDigits = count &- (isNegative ? 1 : 0) > (pointIndex == count ? 0 : 1)
        guard missing >= 0, hasDigits, value < limit else {
            return parseExactly(text, count, element)
        }
        let (product, overflow) = value.multipliedReportingOverflow(by: powers[missing])
        guard !overflow, product < limit else { return .outOfRange }
        element.pointee = isNegative ? 0 &- product : product
        return .parsed
    }

    @inline(never)
    private func parseExactly(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> FieldOutcome {
        var number = Decimal.zero
        let outcome = Decimal.parseField(text, count, &number)
        guard outcome == .parsed else { return outcome }
        return store(number, element)
    }

    func parseLeniently(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> FieldOutcome {
        guard let amount = AmountText.parse(text, count) else { return .malformed }
        return store(amount.number, element)
    }

    private func store(
        _ number: Decimal, _ element: UnsafeMutablePointer<Int64>
    ) -> FieldOutcome {
        guard let digits = number.digits(atScale: scale), digits.magnitude < UInt128(limit) else {
            return .outOfRange
        }
        element.pointee = Int64(truncatingIfNeeded: digits)
        return .parsed
    }
}

/// Fields of a numeric(p, s) column of 19 to 38 digits.
struct NumericInt128Field: NumberStoring {
    private let scale: Int
    private let limit: Int128

    static let filler: Int128 = 0
    static let isNumber = true

    /// Fields of the given precision and scale.
    init(_ modifier: NumericModifier) {
        scale = modifier.scale
        limit = WideInteger.powerOfTen(min(modifier.precision, 38))
    }

    func store(
        _ number: Decimal, _ element: UnsafeMutablePointer<Int128>
    ) -> FieldOutcome {
        guard let digits = number.digits(atScale: scale), digits.magnitude < limit.magnitude else {
            return .outOfRange
        }
        element.pointee = digits
        return .parsed
    }
}

/// Fields of a numeric column without a modifier: the scale is kept as written.
struct DecimalField: FieldParser {
    static let filler = Decimal.zero
    static let isNumber = true

    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Decimal>
    ) -> FieldOutcome {
        var number = Decimal.zero
        let outcome = Decimal.parseField(text, count, &number)
        if outcome == .malformed, FieldWord.nan.matches(text, count) {
            element.pointee = .notANumber
            return .parsed
        }
        guard outcome == .parsed else { return outcome }
        element.pointee = number
        return .parsed
    }

    func parseLeniently(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Decimal>
    ) -> FieldOutcome {
        guard let amount = AmountText.parse(text, count) else { return .malformed }
        element.pointee = amount.number
        return .parsed
    }
}

/// Fields of a numeric(p, s) column of more than 38 digits.
struct WideNumericField: NumberStoring {
    private let modifier: NumericModifier

    static let filler = Decimal.zero
    static let isNumber = true

    /// Fields of the given precision and scale.
    init(_ modifier: NumericModifier) { self.modifier = modifier }

    func store(
        _ number: Decimal, _ element: UnsafeMutablePointer<Decimal>
    ) -> FieldOutcome {
        guard let fitted = try? number.fitted(to: modifier) else { return .outOfRange }
        element.pointee = fitted
        return .parsed
    }
}

/// Fields that are read as numbers of any kind first, and then kept as the column's.
protocol NumberStoring: FieldParser {
    /// Writes a number, if the column can hold it.
    func store(
        _ number: Decimal, _ element: UnsafeMutablePointer<Element>
    ) -> FieldOutcome
}

extension NumberStoring {
    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Element>
    ) -> FieldOutcome {
        var number = Decimal.zero
        let outcome = Decimal.parseField(text, count, &number)
        return outcome == .parsed ? store(number, element) : outcome
    }

    func parseLeniently(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Element>
    ) -> FieldOutcome {
        guard let amount = AmountText.parse(text, count) else { return .malformed }
        return store(amount.number, element)
    }
}
