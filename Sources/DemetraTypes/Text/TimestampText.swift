/// Dates and times as text, in the forms PostgreSQL reads and the one it writes.
package enum TimestampText {
    // MARK: Writing

    /// `2026-03-01`, with BC for years before 1.
    package static func text(_ date: CalendarDate) -> String {
        TextCursor.string { $0.write(date) }
    }

    /// `2026-03-01 12:00:00.5`.
    package static func text(_ timestamp: Timestamp) -> String {
        TextCursor.string { $0.write(timestamp) }
    }

    /// `2026-03-01 12:00:00+03`: the time in the zone, and the zone's offset.
    package static func text(_ instant: Timestamp, zone: TimeZoneRules) -> String {
        TextCursor.string { $0.write(instant, zone: zone) }
    }

    /// `04:05:06.5`.
    package static func text(timeOfDay microseconds: Int64) -> String {
        TextCursor.string { $0.write(timeOfDay: microseconds) }
    }

    // MARK: Reading

    /// A date and time with what was given of a zone.
    package struct Parsed {
        /// The day, as days since 1970.
        package var days: Int64
        /// Microseconds since midnight; a whole day for 24:00.
        package var time: Int64
        /// Infinity, or a word that stands for a time.
        package var special: Timestamp?
        /// That time is the present one.
        package var isNow = false
        /// Seconds east of UTC, when the text had an offset.
        package var offset: Int?
        /// The zone's name, when the text had one.
        package var zoneName: String?

        /// The wall-clock time.
        ///
        /// - Throws: 22008 beyond the calendar.
        package var local: Timestamp {
            get throws(DemetraError) {
                if let special { return special }
                return try Timestamp(days: days, time: time)
            }
        }
    }

    /// Reads a date with or without a time and zone.
    ///
    /// - Parameter now: what `now`, `today`, `yesterday` and `tomorrow` mean, as a local time; nil
    ///   where they mean nothing.
    /// - Throws: 22007 for other text, 22008 for fields out of range.
    package static func parse(
        _ text: String, type: LogicalType, now: Timestamp? = nil
    ) throws(DemetraError) -> Parsed {
        var copy = text
        let outcome = copy.withUTF8 { bytes -> Result<Parsed, DemetraError> in
            var parser = DateTimeParser(bytes, text: text, type: type, now: now)
            do throws(DemetraError) {
                return .success(try parser.parse())
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    /// Reads a time of day as microseconds since midnight; a date in front and a zone behind it are
    /// read over.
    ///
    /// - Parameter now: what `now` means, as a local time; nil where it means nothing.
    /// - Throws: 22007 for other text, 22008 for fields out of range.
    package static func parseTime(
        _ text: String, now: Timestamp? = nil
    ) throws(DemetraError) -> Int64 {
        var copy = text
        let outcome = copy.withUTF8 { bytes -> Result<Int64, DemetraError> in
            var parser = DateTimeParser(bytes, text: text, type: .time, now: now)
            do throws(DemetraError) {
                return .success(try parser.parseTime())
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }
}

extension TextCursor {
    /// Writes a date.
    package mutating func write(_ date: CalendarDate) {
        if date == .infinity { return write("infinity") }
        if date == .minusInfinity { return write("-infinity") }
        let isBeforeChrist = writeDay(Int(date.days))
        if isBeforeChrist { write(" BC") }
    }

    /// Writes a wall-clock time.
    package mutating func write(_ timestamp: Timestamp) {
        if timestamp == .infinity { return write("infinity") }
        if timestamp == .minusInfinity { return write("-infinity") }
        if writeLocal(timestamp) { write(" BC") }
    }

    /// Writes an instant as the clocks of a zone show it.
    package mutating func write(_ instant: Timestamp, zone: TimeZoneRules) {
        guard instant.isFinite else { return write(instant) }
        let offset = zone.offset(at: instant)
        let isBeforeChrist = writeLocal(
            Timestamp(microseconds: instant.microseconds &+ Int64(offset) &* 1_000_000))
        write(character: offset < 0 ? "-" : "+")
        let seconds = abs(offset)
        writeTwo(seconds / 3_600)
        if seconds % 3_600 != 0 {
            write(character: ":")
            writeTwo(seconds / 60 % 60)
        }
        if seconds % 60 != 0 {
            write(character: ":")
            writeTwo(seconds % 60)
        }
        if isBeforeChrist { write(" BC") }
    }

    /// Writes a time of day.
    package mutating func write(timeOfDay microseconds: Int64) {
        writeClock(microseconds)
    }

    /// Writes day and clock; true when the year is before 1.
    private mutating func writeLocal(_ time: Timestamp) -> Bool {
        let days = Civil.floorDivide(time.microseconds, Civil.microsecondsPerDay)
        let isBeforeChrist = writeDay(Int(days))
        write(character: " ")
        writeClock(time.microseconds &- days &* Civil.microsecondsPerDay)
        return isBeforeChrist
    }

    private mutating func writeDay(_ days: Int) -> Bool {
        let (year, month, day) = Civil.date(days: days)
        write(UInt64(year > 0 ? year : 1 - year), width: 4)
        write(character: "-")
        writeTwo(month)
        write(character: "-")
        writeTwo(day)
        return year <= 0
    }

    private mutating func writeClock(_ microseconds: Int64) {
        let seconds = Int(microseconds / 1_000_000)
        writeTwo(seconds / 3_600)
        write(character: ":")
        writeTwo(seconds / 60 % 60)
        write(character: ":")
        writeTwo(seconds % 60)
        writeFraction(microseconds: Int(microseconds % 1_000_000))
    }
}
