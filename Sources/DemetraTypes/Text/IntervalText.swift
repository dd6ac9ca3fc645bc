/// Intervals as text, in the forms PostgreSQL reads and the style it writes.
package enum IntervalText {
    /// `1 year 2 mons 3 days 04:05:06.5`.
    package static func text(_ interval: Interval) -> String {
        var parts: [String] = []
        let (years, months) = (interval.months / 12, interval.months % 12)
        // A positive part behind a negative one carries its sign.
        var isAfterNegative = false
        func add(_ value: Int32, _ unit: String) {
            guard value != 0 else { return }
            let sign = isAfterNegative && value > 0 ? "+" : ""
            parts.append("\(sign)\(value) \(unit)\(value == 1 ? "" : "s")")
            isAfterNegative = value < 0
        }
        add(years, "year")
        add(months, "mon")
        add(interval.days, "day")
        let time = interval.microseconds
        if time != 0 || parts.isEmpty {
            let magnitude = time.magnitude
            var text = time < 0 ? "-" : (isAfterNegative ? "+" : "")
            text += TimestampText.padded(Int(magnitude / 3_600_000_000), 2) + ":"
            text += TimestampText.padded(Int(magnitude / 60_000_000 % 60), 2) + ":"
            text += TimestampText.padded(Int(magnitude / 1_000_000 % 60), 2)
            parts.append(text + TimestampText.fraction(Int(magnitude % 1_000_000)))
        }
        return parts.joined(separator: " ")
    }

    /// Reads an interval: `1 day 2 hours`, `1-2`, `04:05`, `P1DT2H`, with `fields` as in
    /// `INTERVAL '1' DAY`.
    ///
    /// - Throws: 22007 for other text, 22015 when a part overflows.
    package static func parse(
        _ text: String, fields: String? = nil
    ) throws(DemetraError) -> Interval {
        var copy = text
        let totals = copy.withUTF8 { bytes -> Totals? in
            var parser = IntervalParser(bytes, unit: fields)
            return parser.parse()
        }
        guard let totals else {
            throw DemetraError(
                .invalidDatetimeFormat, "invalid input syntax for type interval: \"\(text)\"")
        }
        guard let interval = totals.interval else {
            throw DemetraError(
                .intervalFieldOverflow, "interval field value out of range: \"\(text)\"")
        }
        return interval
    }

    /// Sums of the parts; fractions have been carried down.
    struct Totals {
        var months = 0.0
        var days = 0.0
        var microseconds = 0.0

        /// Adds so many of a unit; false for a unit that does not exist.
        mutating func add(_ value: Double, unit: String) -> Bool {
            switch unit {
            case "y", "yr", "yrs", "year", "years": addMonths(value * 12)
            case "decade", "decades", "dec": addMonths(value * 120)
            case "century", "centuries", "c": addMonths(value * 1_200)
            case "millennium", "millennia", "mil": addMonths(value * 12_000)
            case "mon", "mons", "month", "months": addMonths(value)
            case "w", "week", "weeks": addDays(value * 7)
            case "d", "day", "days": addDays(value)
            case "h", "hr", "hrs", "hour", "hours": microseconds += value * 3_600_000_000
            case "m", "min", "mins", "minute", "minutes": microseconds += value * 60_000_000
            case "s", "sec", "secs", "second", "seconds": microseconds += value * 1_000_000
            case "ms", "msec", "msecs", "millisecond", "milliseconds": microseconds += value * 1_000
            case "us", "usec", "usecs", "microsecond", "microseconds": microseconds += value
            default: return false
            }
            return true
        }

        private mutating func addMonths(_ value: Double) {
            let whole = value.rounded(.towardZero)
            months += whole
            addDays(((value - whole) * 30 * 1_000_000).rounded() / 1_000_000)
        }

        private mutating func addDays(_ value: Double) {
            let whole = value.rounded(.towardZero)
            days += whole
            microseconds += (value - whole) * 86_400_000_000
        }

        var interval: Interval? {
            guard let months = Int32(exactly: months), let days = Int32(exactly: days),
                let time = Int64(exactly: microseconds.rounded(.toNearestOrEven))
            else { return nil }
            return Interval(months: months, days: days, microseconds: time)
        }
    }
}

/// Reads one interval.
struct IntervalParser {
    private var scanner: ByteScanner
    private let defaultUnit: String
    private var totals = IntervalText.Totals()

    init(_ bytes: UnsafeBufferPointer<UInt8>, unit: String?) {
        scanner = ByteScanner(bytes)
        // `day to hour`: a bare number counts the last unit.
        defaultUnit = unit?.split(separator: " ").last.map(String.init) ?? "second"
    }

    mutating func parse() -> IntervalText.Totals? {
        scanner.skipBlanks()
        if scanner.skip("P") || scanner.skip("p") { return iso() }
        _ = scanner.skip("@")
        var parts = 0
        while true {
            scanner.skipBlanks()
            if scanner.isAtEnd { break }
            if parts > 0, scanner.skip(word: "ago") {
                totals.months.negate()
                totals.days.negate()
                totals.microseconds.negate()
                return scanner.isAtEndAfterBlanks ? totals : nil
            }
            guard part() else { return nil }
            parts += 1
        }
        return parts > 0 ? totals : nil
    }

    /// `3 days`, `04:05:06`, `1-2`, or a bare number.
    private mutating func part() -> Bool {
        let isNegative = scanner.skipSign()
        guard let value = number() else { return false }
        let sign = isNegative ? -1.0 : 1.0
        if scanner.skip(":") { return clock(hours: value, sign) }
        if scanner.peek == UInt8(ascii: "-"), let next = scanner.peekSecond, next >= 0x30, next <= 0x39 {
            scanner.advance()
            guard let (months, _) = scanner.digits(), months < 12 else { return false }
            return totals.add(sign * (value * 12 + Double(months)), unit: "month")
        }
        scanner.skipBlanks()
        var ahead = scanner
        if let word = ahead.word(), word != "ago" {
            scanner = ahead
            return totals.add(sign * value, unit: word)
        }
        return totals.add(sign * value, unit: defaultUnit)
    }

    private mutating func number() -> Double? {
        var value = 0.0
        var hasDigits = false
        if let (whole, _) = scanner.digits() {
            value = Double(whole)
            hasDigits = true
        }
        if scanner.skip(".") {
            var factor = 0.1
            while let byte = scanner.peek, byte >= 0x30, byte <= 0x39 {
                value += Double(byte - 0x30) * factor
                factor /= 10
                hasDigits = true
                scanner.advance()
            }
        }
        return hasDigits ? value : nil
    }

    private mutating func clock(hours: Double, _ sign: Double) -> Bool {
        guard let (minutes, _) = scanner.digits(), minutes < 60 else { return false }
        var seconds = 0
        var fraction = 0
        if scanner.skip(":") {
            guard let (value, _) = scanner.digits(), value < 60 else { return false }
            seconds = value
            if scanner.skip(".") {
                guard let micros = scanner.microseconds() else { return false }
                fraction = micros
            }
        }
        let time =
            hours * 3_600_000_000 + Double(minutes) * 60_000_000 + Double(seconds) * 1_000_000
        totals.microseconds += sign * (time + Double(fraction))
        return true
    }

    /// `P1Y2M3DT4H5M6S`.
    private mutating func iso() -> IntervalText.Totals? {
        var isTime = false
        while !scanner.isAtEndAfterBlanks {
            if scanner.skip("T") || scanner.skip("t") {
                isTime = true
                continue
            }
            let isNegative = scanner.skipSign()
            guard let value = number(), let letter = scanner.peek else { return nil }
            scanner.advance()
            let unit: String
            switch UnicodeScalar(letter | 0x20) {
            case "y": unit = "year"
            case "m": unit = isTime ? "minute" : "month"
            case "w": unit = "week"
            case "d": unit = "day"
            case "h": unit = "hour"
            case "s": unit = "second"
            default: return nil
            }
            guard totals.add(isNegative ? -value : value, unit: unit) else { return nil }
        }
        return totals
    }
}
