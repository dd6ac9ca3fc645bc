import DemetraTypes

// Dates in the usual written forms.
//
// Safe because only the `count` bytes given are read.

/// Which of the first two numbers of `03/05/2024` is the month.
package enum DateOrder: Sendable, Hashable {
    /// March 5, as in the USA and in PostgreSQL's default style.
    case monthFirst
    /// 3 May, as in most of the world.
    case dayFirst
}

/// Days since 1970-01-01 of a day of the proleptic Gregorian calendar; nil when it does not exist.
///
/// - Source: H. Hinnant, "chrono-compatible low-level date algorithms", days_from_civil.
@inline(__always)
func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int32? {
    guard month >= 1, month <= 12, day >= 1, day <= 31 else { return nil }
    if day > 28 && day > daysInMonth(year, month) { return nil }
    let shifted = month <= 2 ? year &- 1 : year
    let era = (shifted >= 0 ? shifted : shifted &- 399) / 400
    let yearOfEra = shifted &- era &* 400
    let monthFromMarch = month > 2 ? month &- 3 : month &+ 9
    let dayOfYear = (153 &* monthFromMarch &+ 2) / 5 &+ day &- 1
    let dayOfEra = yearOfEra &* 365 &+ yearOfEra / 4 &- yearOfEra / 100 &+ dayOfYear
    return Int32(truncatingIfNeeded: era &* 146_097 &+ dayOfEra &- 719_468)
}

private func daysInMonth(_ year: Int, _ month: Int) -> Int {
    if month == 2 {
        return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    }
    return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
}

/// The parts of a written date and how far it reaches.
struct DateText {
    /// The year in which the calendar of dates ends.
    private static let lastYear = 5_874_897

    /// A number or a month's name.
    private struct Part {
        var value = 0
        var digitCount = 0
        var isName = false
    }

    /// Days since 1970.
    var days: Int32 = 0
    /// Bytes used.
    var length = 0
    /// The separator between the first two parts.
    var separator: UInt8 = 0
    /// True when the order of day and month decided the result.
    var dependsOnOrder = false

    /// Parses a date at the begin of `text`; what follows it is left to the caller.
    static func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, order: DateOrder, _ date: inout DateText
    ) -> FieldOutcome {
        var parts = (Part(), Part(), Part())
        var index = 0
        guard takePart(text, count, &index, &parts.0) else { return .malformed }
        if parts.0.digitCount == 8 {
            // 20240305, as PostgreSQL reads it.
            let (value, year) = (parts.0.value, parts.0.value / 10_000)
            date.length = index
            return date.set(year: year, month: value / 100 % 100, day: value % 100)
        }
        guard let first = takeSeparator(text, count, &index),
            takePart(text, count, &index, &parts.1),
            let second = takeSeparator(text, count, &index),
            first == second || parts.0.isName
                || parts.1.isName,
            takePart(text, count, &index, &parts.2), !parts.2.isName
        else { return .malformed }
        date.length = index
        date.separator = first
        return date.set(parts, order)
    }

    private mutating func set(_ parts: (Part, Part, Part), _ order: DateOrder) -> FieldOutcome {
        dependsOnOrder = false
        let (a, b, c) = (parts.0, parts.1, parts.2)
        if a.isName {
            return b.isName ? .malformed : set(year: Self.year(c), month: a.value, day: b.value)
        }
        if b.isName {
            return a.digitCount > 2
                ? set(year: a.value, month: b.value, day: c.value)
                : set(year: Self.year(c), month: b.value, day: a.value)
        }
        if a.digitCount > 2 { return set(year: a.value, month: b.value, day: c.value) }
        guard a.digitCount <= 2, b.digitCount <= 2, c.digitCount == 2 || c.digitCount == 4 else {
            return .malformed
        }
        dependsOnOrder = true
        return order == .monthFirst
            ? set(year: Self.year(c), month: a.value, day: b.value)
            : set(year: Self.year(c), month: b.value, day: a.value)
    }

    private mutating func set(year: Int, month: Int, day: Int) -> FieldOutcome {
        guard year >= 1, let days = daysSinceEpoch(year: year, month: month, day: day) else {
            return .noSuchTime
        }
        // Beyond it, the day number is no longer exact.
        guard year <= Self.lastYear, days <= CalendarDate.lastDays else { return .outOfRange }
        self.days = days
        return .parsed
    }

    /// Two digits mean 1970...2069, as in PostgreSQL.
    private static func year(_ part: Part) -> Int {
        part.digitCount > 2 ? part.value : part.value < 70 ? 2_000 + part.value : 1_900 + part.value
    }

    private static func takePart(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ index: inout Int, _ part: inout Part
    ) -> Bool {
        while index < count, part.digitCount < 9, digit(text[index]) < 10 {
            part.value = part.value * 10 + Int(digit(text[index]))
            part.digitCount += 1
            index += 1
        }
        if part.digitCount > 0 { return part.digitCount < 9 }
        let start = index
        while index < count, isLetter(text[index]) { index += 1 }
        guard let month = monthNumber(text + start, index - start) else { return false }
        if index < count, text[index] == UInt8(ascii: ".") { index += 1 }
        part = Part(value: month, digitCount: 0, isName: true)
        return true
    }

    private static func takeSeparator(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ index: inout Int
    ) -> UInt8? {
        guard index < count else { return nil }
        var separator = text[index]
        if separator == UInt8(ascii: ",") {
            separator = 0x20
            index += 1
            guard index < count, text[index] == 0x20 else { return separator }
        }
        guard separator == 0x2D || separator == 0x2F || separator == 0x2E || separator == 0x20
        else {
            // `5Mar2024` has none.
            return isLetter(text[index]) || digit(text[index]) < 10 ? 0x20 : nil
        }
        index += 1
        return separator
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }

    private static let months: [[UInt8]] = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    ].map { Array($0.utf8) }

    private static func monthNumber(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        guard count >= 3 else { return nil }
        let word = (0..<count).map { text[$0] | 0x20 }
        if word == Array("sept".utf8) { return 9 }
        let index = months.firstIndex { count == 3 ? $0.starts(with: word) : $0 == word }
        return index.map { $0 + 1 }
    }
}
