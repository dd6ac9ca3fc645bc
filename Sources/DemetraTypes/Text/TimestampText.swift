/// Dates and times as text, in the forms PostgreSQL reads and the one it writes.
package enum TimestampText {
    // MARK: Writing

    /// `2026-03-01`, with BC for years before 1.
    package static func text(_ date: CalendarDate) -> String {
        if date == .infinity { return "infinity" }
        if date == .minusInfinity { return "-infinity" }
        let (year, month, day) = Civil.date(days: Int(date.days))
        let shown = year > 0 ? year : 1 - year
        return padded(shown, 4) + "-" + padded(month, 2) + "-" + padded(day, 2)
            + (year > 0 ? "" : " BC")
    }

    /// `2026-03-01 12:00:00.5`.
    package static func text(_ timestamp: Timestamp) -> String {
        if timestamp == .infinity { return "infinity" }
        if timestamp == .minusInfinity { return "-infinity" }
        let fields = DateTimeFields(timestamp)
        let shown = fields.year > 0 ? fields.year : 1 - fields.year
        var text = padded(shown, 4) + "-" + padded(fields.month, 2) + "-" + padded(fields.day, 2)
        text += " " + padded(fields.hour, 2) + ":" + padded(fields.minute, 2) + ":"
        text += padded(fields.second, 2) + fraction(fields.microsecond)
        return text + (fields.year > 0 ? "" : " BC")
    }

    /// `2026-03-01 12:00:00+03`: the time in the zone, and the zone's offset.
    package static func text(_ instant: Timestamp, zone: TimeZoneRules) -> String {
        guard instant.isFinite else { return text(instant) }
        var local = text(zone.local(instant))
        let isBeforeChrist = local.hasSuffix(" BC")
        if isBeforeChrist { local.removeLast(3) }
        let offset = zone.offset(at: instant)
        local += offset < 0 ? "-" : "+"
        let seconds = abs(offset)
        local += padded(seconds / 3_600, 2)
        if seconds % 3_600 != 0 { local += ":" + padded(seconds / 60 % 60, 2) }
        if seconds % 60 != 0 { local += ":" + padded(seconds % 60, 2) }
        return local + (isBeforeChrist ? " BC" : "")
    }

    /// `04:05:06.5`.
    package static func text(timeOfDay microseconds: Int64) -> String {
        let value = Int(microseconds)
        return padded(value / 3_600_000_000, 2) + ":" + padded(value / 60_000_000 % 60, 2) + ":"
            + padded(value / 1_000_000 % 60, 2) + fraction(value % 1_000_000)
    }

    static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        let missing = width - digits.utf8.count
        return missing > 0 ? String(repeating: "0", count: missing) + digits : digits
    }

    static func fraction(_ microseconds: Int) -> String {
        guard microseconds > 0 else { return "" }
        var text = "." + padded(microseconds, 6)
        while text.hasSuffix("0") { text.removeLast() }
        return text
    }

    // MARK: Reading

    /// A date and time with what was given of a zone.
    package struct Parsed {
        /// The wall-clock time.
        package var local: Timestamp
        /// Seconds east of UTC, when the text had an offset.
        package var offset: Int?
        /// The zone's name, when the text had one.
        package var zoneName: String?
        /// The text had a time of day.
        package var hasTime: Bool
    }

    /// Reads a date with or without a time and zone.
    ///
    /// - Throws: 22007 for other text, 22008 for fields out of range.
    package static func parse(_ text: String, type: LogicalType) throws(DemetraError) -> Parsed {
        var copy = text
        let outcome = copy.withUTF8 { bytes -> Result<Parsed, DemetraError> in
            var parser = DateTimeParser(bytes, text: text, type: type)
            do throws(DemetraError) {
                return .success(try parser.parse())
            } catch {
                return .failure(error)
            }
        }
        switch outcome {
        case .success(let parsed): return parsed
        case .failure(let error): throw error
        }
    }

    /// Reads a time of day as microseconds since midnight.
    ///
    /// - Throws: 22007 for other text, 22008 for fields out of range.
    package static func parseTime(_ text: String) throws(DemetraError) -> Int64 {
        var copy = text
        let value = copy.withUTF8 { bytes -> Int64? in
            var scanner = ByteScanner(bytes)
            scanner.skipBlanks()
            guard let time = time(&scanner), scanner.isAtEndAfterBlanks else { return nil }
            return time
        }
        guard let value else {
            throw DemetraError(
                .invalidDatetimeFormat, "invalid input syntax for type time: \"\(text)\"")
        }
        guard value <= Civil.microsecondsPerDay else {
            throw DemetraError(
                .datetimeFieldOverflow, "date/time field value out of range: \"\(text)\"")
        }
        return value
    }

    /// `hh:mm[:ss[.fraction]] [am|pm]`; nil when it has another form.
    static func time(_ scanner: inout ByteScanner) -> Int64? {
        guard let (hour, _) = scanner.digits(), scanner.skip(":"),
            let (minute, _) = scanner.digits()
        else { return nil }
        var second = 0
        var fraction = 0
        if scanner.skip(":") {
            guard let (value, _) = scanner.digits() else { return nil }
            second = value
            if scanner.skip(".") {
                guard let micros = scanner.microseconds() else { return nil }
                fraction = micros
            }
        }
        var hours = hour
        var ahead = scanner
        ahead.skipBlanks()
        if ahead.skip(word: "am") || ahead.skip(word: "pm") {
            let isAfternoon = {
                var probe = scanner
                probe.skipBlanks()
                return probe.skip(word: "pm")
            }()
            guard (1...12).contains(hour) else { return nil }
            hours = hour % 12 + (isAfternoon ? 12 : 0)
            scanner = ahead
        }
        guard hours <= 24, minute < 60, second <= 60 else { return Int64.max }
        return Int64(hours * 3_600 + minute * 60 + second) * 1_000_000 + Int64(fraction)
    }

    /// `+03`, `-0530`, `+05:30`; nil when it has another form.
    static func offset(_ scanner: inout ByteScanner) -> Int? {
        let isNegative = scanner.skipSign()
        guard let (first, count) = scanner.digits() else { return nil }
        var seconds = count <= 2 ? first * 3_600 : first / 100 * 3_600 + first % 100 * 60
        if count <= 2, scanner.skip(":") {
            guard let (minutes, _) = scanner.digits() else { return nil }
            seconds += minutes * 60
            if scanner.skip(":"), let (rest, _) = scanner.digits() { seconds += rest }
        }
        guard seconds < 16 * 3_600 else { return nil }
        return isNegative ? -seconds : seconds
    }
}
