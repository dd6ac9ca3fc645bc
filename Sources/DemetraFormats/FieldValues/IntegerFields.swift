// Parsers of smallint, integer and bigint fields.
//
// Safe because fields have 8 readable bytes behind them (see `FieldParser`).

/// Fields of a smallint or integer column.
struct Int32Field: FieldParser {
    /// The least value of the type.
    let lower: Int64
    /// The greatest value of the type.
    let upper: Int64

    static let filler: Int32 = 0
    static let isNumber = true
    /// `-32768...32767`.
    static let smallint = Int32Field(lower: -32_768, upper: 32_767)
    /// `-2147483648...2147483647`.
    static let integer = Int32Field(lower: Int64(Int32.min), upper: Int64(Int32.max))

    @inline(__always)
    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int32>
    ) -> FieldOutcome {
        var overflows = false
        guard let value = parseInteger(text, count, overflows: &overflows) else {
            return overflows ? .outOfRange : .malformed
        }
        guard value >= lower, value <= upper else { return .outOfRange }
        element.pointee = Int32(truncatingIfNeeded: value)
        return .parsed
    }

    func parseLeniently(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int32>
    ) -> FieldOutcome {
        var value: Int64 = 0
        let outcome = parseLenientInteger(text, count, &value)
        guard outcome == .parsed else { return outcome }
        guard value >= lower, value <= upper else { return .outOfRange }
        element.pointee = Int32(truncatingIfNeeded: value)
        return .parsed
    }
}

/// Fields of a bigint column.
struct Int64Field: FieldParser {
    static let filler: Int64 = 0
    static let isNumber = true

    @inline(__always)
    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> FieldOutcome {
        var overflows = false
        guard let value = parseInteger(text, count, overflows: &overflows) else {
            return overflows ? .outOfRange : .malformed
        }
        element.pointee = value
        return .parsed
    }

    func parseLeniently(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> FieldOutcome { parseLenientInteger(text, count, element) }
}

/// An integer written as `1,234` or `5.0`: nothing is lost by reading it as 1234 or 5.
private func parseLenientInteger(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
) -> FieldOutcome {
    guard let number = AmountText.parse(text, count)?.number else { return .malformed }
    guard let whole = number.whole else { return .malformed }
    guard let value = Int64(exactly: whole) else { return .outOfRange }
    element.pointee = value
    return .parsed
}
