package import DemetraTypes

/// What the sampled values of one column could be, counted.
///
/// A type holds for the column when at most one value in twenty does not fit it: one broken row
/// must not turn a column of numbers into text, and its row is set aside when the file is read.
///
/// Safe because only the bytes given are read, and 8 readable bytes follow them.
package struct ColumnEvidence: Sendable {
    /// Values that are not NULL.
    package private(set) var valueCount = 0
    private var integers = 0
    private var numbers = 0
    private var amounts = 0
    private var currencies = 0
    private var percents = 0
    private var fractions = 0
    private var currencyScale = 2
    private var leadingZeros = 0
    private var booleans = 0
    private var datesMonthFirst = 0
    private var datesDayFirst = 0
    private var dottedDates = 0
    private var times = 0
    private var zones = 0

    /// No values yet.
    package init() {}

    /// Counts one value, blanks around it removed.
    mutating func add(_ text: UnsafePointer<UInt8>, _ count: Int) {
        guard count > 0 else { return }
        valueCount += 1
        if addNumber(text, count) { return }
        if Self.booleanWords.matches(text, count) {
            booleans += 1
            return
        }
        if addDate(text, count) { return }
        guard text[0] != UInt8(ascii: "+"), let amount = AmountText.parse(text, count) else {
            return
        }
        amounts += 1
        if amount.hasCurrency {
            currencies += 1
            currencyScale = max(currencyScale, min(Int(amount.number.scale), 8))
        }
        if amount.isPercent { percents += 1 }
        if amount.number.whole == nil { fractions += 1 }
    }

    /// Counts one value.
    mutating func add(_ text: String) {
        let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: 8)
        bytes.withUnsafeBufferPointer { buffer in
            if let base = buffer.baseAddress { add(base, buffer.count - 8) }
        }
    }

    private static let booleanWords = FieldWords(["true", "false", "yes", "no"])

    private mutating func addNumber(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        // `+7 916 ...` and `007` are names made of digits.
        guard text[0] != UInt8(ascii: "+") else { return false }
        var whole: Int64 = 0
        var number: Double = 0
        switch Int64Field().parse(text, count, &whole) {
        case .parsed:
            let first = text[0] == UInt8(ascii: "-") ? 1 : 0
            if count > first + 1, text[first] == UInt8(ascii: "0") {
                leadingZeros += 1
                return true
            }
            integers += 1
        case .outOfRange:
            // An id too long for a bigint would lose digits as a double.
            return true
        default:
            let parser = DoubleField(isSingle: false)
            guard parser.parse(text, count, &number) == .parsed else { return false }
            fractions += 1
        }
        numbers += 1
        amounts += 1
        return true
    }

    private mutating func addDate(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        var date = DateText()
        var fits = (monthFirst: false, dayFirst: false)
        let outcome = DateText.parse(text, count, order: .monthFirst, &date)
        guard outcome != .malformed else { return false }
        fits.monthFirst = outcome == .parsed
        fits.dayFirst = fits.monthFirst
        if date.dependsOnOrder {
            var other = DateText()
            fits.dayFirst =
                DateText.parse(text, count, order: .dayFirst, &other) == .parsed
            date.length = other.length
        }
        guard fits.monthFirst || fits.dayFirst else { return false }
        if date.length < count {
            var time = TimeText()
            let start = TimestampField.timeStart(text, count, date.length)
            guard TimeText.parse(text + start, count - start, &time) == .parsed else {
                return false
            }
            times += 1
            if time.offsetSeconds != nil { zones += 1 }
        }
        if fits.monthFirst { datesMonthFirst += 1 }
        if fits.dayFirst { datesDayFirst += 1 }
        if date.separator == UInt8(ascii: ".") { dottedDates += 1 }
        return true
    }

    private func holds(_ count: Int) -> Bool { count > 0 && count * 20 >= valueCount * 19 }

    /// The narrowest type that holds, and text when none does.
    package var type: LogicalType {
        if holds(booleans) { return .boolean }
        if leadingZeros == 0, holds(amounts) { return numberType }
        if holds(max(datesMonthFirst, datesDayFirst)) {
            if times == 0 { return .date }
            return zones == times ? .timestamptz : .timestamp
        }
        return .text
    }

    /// Money is exact; a plain decimal is a double, so that sums equal those of other engines.
    private var numberType: LogicalType {
        if currencies > 0 { return .numeric(NumericModifier(precision: 18, scale: currencyScale)) }
        return fractions > 0 || percents > 0 ? .double : .bigint
    }

    /// The order of day and month that more values allow; dots alone speak for the day first.
    package var dateOrder: DateOrder {
        if datesDayFirst != datesMonthFirst {
            return datesDayFirst > datesMonthFirst ? .dayFirst : .monthFirst
        }
        return dottedDates * 2 > datesDayFirst && dottedDates > 0 ? .dayFirst : .monthFirst
    }
}
