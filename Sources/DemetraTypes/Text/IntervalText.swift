/// Intervals as text, in the forms PostgreSQL reads and the style it writes.
package enum IntervalText {
    /// `1 year 2 mons 3 days 04:05:06.5`.
    package static func text(_ interval: Interval) -> String {
        TextCursor.string { $0.write(interval) }
    }

    /// Reads an interval: `1 day 2 hours`, `1-2`, `04:05`, `P1DT2H`, with `fields` as in
    /// `INTERVAL '1' DAY`.
    ///
    /// - Throws: 22007 for other text, 22015 when a part overflows.
    package static func parse(
        _ text: String, fields: String? = nil
    ) throws(DemetraError) -> Interval {
        let range = fields.flatMap { IntervalFields($0) }
        var copy = text
        let sum = copy.withUTF8 { bytes -> IntervalSum? in
            var parser = IntervalParser(bytes, fields: range)
            if let sum = parser.parse() { return sum }
            var iso = ISOIntervalParser(bytes)
            return iso.parse()
        }
        guard let sum else {
            throw DemetraError(
                .invalidDatetimeFormat, "invalid input syntax for type interval: \"\(text)\"")
        }
        guard let interval = sum.interval else {
            throw DemetraError(
                .intervalFieldOverflow, "interval field value out of range: \"\(text)\"")
        }
        return range?.cut(interval) ?? interval
    }
}

extension TextCursor {
    /// Writes an interval in PostgreSQL's style.
    package mutating func write(_ interval: Interval) {
        let start = count
        // A positive part behind a negative one carries its sign.
        var isAfterNegative = false
        writePart(interval.months / 12, "year", start, &isAfterNegative)
        writePart(interval.months % 12, "mon", start, &isAfterNegative)
        writePart(interval.days, "day", start, &isAfterNegative)
        let time = interval.microseconds
        guard time != 0 || count == start else { return }
        if count > start { write(character: " ") }
        if time < 0 { write(character: "-") } else if isAfterNegative { write(character: "+") }
        let seconds = time.magnitude / 1_000_000
        write(seconds / 3_600, width: 2)
        write(character: ":")
        writeTwo(Int(seconds / 60 % 60))
        write(character: ":")
        writeTwo(Int(seconds % 60))
        writeFraction(microseconds: Int(time.magnitude % 1_000_000))
    }

    private mutating func writePart(
        _ value: Int32, _ unit: StaticString, _ start: Int, _ isAfterNegative: inout Bool
    ) {
        guard value != 0 else { return }
        if count > start { write(character: " ") }
        if isAfterNegative, value > 0 { write(character: "+") }
        write(Int64(value))
        write(character: " ")
        write(unit)
        if value != 1 { write(character: "s") }
        isAfterNegative = value < 0
    }
}

/// The fields an interval is limited to: `INTERVAL '...' DAY TO HOUR`.
struct IntervalFields {
    let first: IntervalUnit
    let last: IntervalUnit

    init?(_ text: String) {
        let words = text.lowercased().split(whereSeparator: { $0 == " " || $0 == "(" })
        guard let first = words.first.flatMap({ IntervalUnit(name: String($0)) }) else {
            return nil
        }
        self.first = first
        last =
            words.count >= 3 && words[1] == "to"
            ? IntervalUnit(name: String(words[2])) ?? first : first
    }

    /// The interval without what is below the last field.
    func cut(_ interval: Interval) -> Interval {
        switch last {
        case .year: Interval(months: interval.months / 12 * 12)
        case .month: Interval(months: interval.months)
        case .day: Interval(months: interval.months, days: interval.days)
        case .hour: withTime(interval, Civil.microsecondsPerHour)
        case .minute: withTime(interval, 60_000_000)
        default: interval
        }
    }

    private func withTime(_ interval: Interval, _ unit: Int64) -> Interval {
        Interval(
            months: interval.months, days: interval.days,
            microseconds: interval.microseconds / unit * unit)
    }
}

/// The units an interval is written in.
enum IntervalUnit: Int {
    case microsecond, millisecond, second, minute, hour, day, week, month, year
    case decade, century, millennium

    init?(name: String) {
        switch name {
        case "us", "usec", "usecs", "usecond", "useconds", "microsecond", "microseconds",
            "microsecon":
            self = .microsecond
        case "ms", "msec", "msecs", "msecond", "mseconds", "millisecond", "milliseconds",
            "millisecon":
            self = .millisecond
        case "s", "sec", "secs", "second", "seconds": self = .second
        case "m", "min", "mins", "minute", "minutes": self = .minute
        case "h", "hr", "hrs", "hour", "hours": self = .hour
        case "d", "day", "days": self = .day
        case "w", "week", "weeks": self = .week
        case "mon", "mons", "month", "months": self = .month
        case "y", "yr", "yrs", "year", "years": self = .year
        case "dec", "decs", "decade", "decades": self = .decade
        case "c", "cent", "century", "centuries": self = .century
        case "mil", "mils", "millennium", "millennia": self = .millennium
        default: return nil
        }
    }
}

/// Sums the parts of an interval; a fraction goes to the next smaller part.
struct IntervalSum {
    private var months: Int64 = 0
    private var days: Int64 = 0
    private var microseconds: Int64 = 0
    private var isOverflowing = false

    /// Adds `whole + fraction` of a unit; both have the same sign.
    mutating func add(_ whole: Int64, _ fraction: Double, _ unit: IntervalUnit) {
        switch unit {
        case .microsecond: addTime(whole, fraction, 1)
        case .millisecond: addTime(whole, fraction, 1_000)
        case .second: addTime(whole, fraction, 1_000_000)
        case .minute: addTime(whole, fraction, 60_000_000)
        case .hour: addTime(whole, fraction, Civil.microsecondsPerHour)
        case .day: addDays(whole, fraction, 1)
        case .week: addDays(whole, fraction, 7)
        case .month:
            add(whole, 1, to: \.months)
            addDays(0, fraction, 30)
        case .year: addYears(whole, fraction, 1)
        case .decade: addYears(whole, fraction, 10)
        case .century: addYears(whole, fraction, 100)
        case .millennium: addYears(whole, fraction, 1_000)
        }
    }

    private mutating func add(
        _ value: Int64, _ factor: Int64, to part: WritableKeyPath<IntervalSum, Int64>
    ) {
        let (product, first) = value.multipliedReportingOverflow(by: factor)
        let (sum, second) = self[keyPath: part].addingReportingOverflow(product)
        if first || second { isOverflowing = true }
        self[keyPath: part] = sum
    }

    private mutating func addTime(_ whole: Int64, _ fraction: Double, _ unit: Int64) {
        add(whole, unit, to: \.microseconds)
        guard fraction != 0 else { return }
        let rounded = (fraction * Double(unit)).rounded(.toNearestOrAwayFromZero)
        add(Int64(exactly: rounded) ?? .max, 1, to: \.microseconds)
    }

    private mutating func addDays(_ whole: Int64, _ fraction: Double, _ unit: Int64) {
        add(whole, unit, to: \.days)
        guard fraction != 0 else { return }
        let exact = fraction * Double(unit)
        let wholeDays = exact.rounded(.towardZero)
        add(Int64(exactly: wholeDays) ?? .max, 1, to: \.days)
        addTime(0, exact - wholeDays, Civil.microsecondsPerDay)
    }

    private mutating func addYears(_ whole: Int64, _ fraction: Double, _ unit: Int64) {
        add(whole, unit * 12, to: \.months)
        guard fraction != 0 else { return }
        let exact = (fraction * Double(unit) * 12).rounded(.toNearestOrEven)
        add(Int64(exactly: exact) ?? .max, 1, to: \.months)
    }

    /// The same with all signs turned: `ago`.
    mutating func negate() {
        let (a, b, c) = (
            Int64(0).subtractingReportingOverflow(months),
            Int64(0).subtractingReportingOverflow(days),
            Int64(0).subtractingReportingOverflow(microseconds)
        )
        if a.overflow || b.overflow || c.overflow { isOverflowing = true }
        (months, days, microseconds) = (a.partialValue, b.partialValue, c.partialValue)
    }

    /// The interval; nil when a part is too large.
    var interval: Interval? {
        guard !isOverflowing, let months = Int32(exactly: months), let days = Int32(exactly: days)
        else { return nil }
        return Interval(months: months, days: days, microseconds: microseconds)
    }

    /// A sum that is too large.
    static var overflowing: IntervalSum {
        var sum = IntervalSum()
        sum.isOverflowing = true
        return sum
    }
}
