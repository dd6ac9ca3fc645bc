import DemetraTypes

// Parsers of date, time, timestamp and boolean fields: the ISO form at fixed offsets, others by
// the general readers.
//
// Safe because fields have 8 readable bytes behind them (see `FieldParser`), and offsets stay
// below the count that was checked.

/// The days of `YYYY-MM-DD` at `text`, or nil when the ten bytes are something else.
@inline(__always)
private func isoDays(_ text: UnsafePointer<UInt8>) -> Int32? {
    guard text[4] == UInt8(ascii: "-"), text[7] == UInt8(ascii: "-"),
        let year = parseDigits(text, 4), year > 0
    else { return nil }
    return daysSinceEpoch(
        year: Int(year), month: parseTwoDigits(text + 5), day: parseTwoDigits(text + 8))
}

/// Fields of a date column.
struct DateField: FieldParser {
    /// How `03/05/2024` is read.
    let order: DateOrder

    static let filler: Int32 = 0

    @inline(__always)
    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int32>
    ) -> FieldOutcome {
        if count == 10, let days = isoDays(text) {
            element.pointee = days
            return .parsed
        }
        return parseGenerally(text, count, element)
    }

    @inline(never)
    private func parseGenerally(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int32>
    ) -> FieldOutcome {
        if FieldWord.infinity.matches(text, count) {
            element.pointee = .max
            return .parsed
        }
        if FieldWord.minusInfinity.matches(text, count) {
            element.pointee = .min
            return .parsed
        }
        var date = DateText()
        let outcome = DateText.parse(text, count, order: order, &date)
        guard outcome == .parsed else { return outcome }
        if date.length < count {
            // A date column takes the day of a timestamp, as PostgreSQL's date input does.
            var time = TimeText()
            let rest = TimestampField.timeStart(text, count, date.length)
            let outcome = TimeText.parse(text + rest, count - rest, &time)
            guard outcome == .parsed else { return outcome }
        }
        element.pointee = date.days
        return .parsed
    }
}

/// Fields of a timestamp or timestamptz column.
struct TimestampField: FieldParser {
    /// How `03/05/2024` is read.
    private let order: DateOrder
    /// For timestamptz: the zone of times that have none; nil for timestamp, where a written zone
    /// is ignored, as in PostgreSQL.
    private let zone: TimeZoneRules?
    /// True when the digits alone give the value.
    private let isPlain: Bool

    static let filler: Int64 = 0
    private static let day: Int64 = 86_400_000_000

    /// Fields of a timestamp column, or of a timestamptz column of sessions in `zone`.
    init(order: DateOrder, zone: TimeZoneRules?) {
        self.order = order
        self.zone = zone
        isPlain = zone == nil || zone == .utc
    }

    @inline(__always)
    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> FieldOutcome {
        if count == 19, isPlain, text[10] == UInt8(ascii: " ") || text[10] == UInt8(ascii: "T"),
            text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"), let days = isoDays(text)
        {
            let hour = parseTwoDigits(text + 11)
            let minute = parseTwoDigits(text + 14)
            let second = parseTwoDigits(text + 17)
            if hour < 24, minute < 60, second < 60 {
                let seconds = Int64(hour &* 3_600 &+ minute &* 60 &+ second)
                element.pointee = Int64(days) &* Self.day &+ seconds &* 1_000_000
                return .parsed
            }
        }
        return parseGenerally(text, count, element)
    }

    @inline(never)
    private func parseGenerally(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> FieldOutcome {
        if FieldWord.infinity.matches(text, count) {
            element.pointee = .max
            return .parsed
        }
        if FieldWord.minusInfinity.matches(text, count) {
            element.pointee = .min
            return .parsed
        }
        var date = DateText()
        let outcome = DateText.parse(text, count, order: order, &date)
        guard outcome == .parsed else { return outcome }
        var time = TimeText()
        if date.length < count {
            let rest = Self.timeStart(text, count, date.length)
            let outcome = TimeText.parse(text + rest, count - rest, &time)
            guard outcome == .parsed else { return outcome }
        }
        let local = Int64(date.days) * Self.day + time.microseconds
        if let zone {
            element.pointee =
                time.offsetSeconds.map { local - $0 * 1_000_000 }
                ?? zone.instant(Timestamp(microseconds: local)).microseconds
        } else {
            element.pointee = local
        }
        return .parsed
    }

    /// Where the time of day begins behind a date that ends at `length`.
    static func timeStart(_ text: UnsafePointer<UInt8>, _ count: Int, _ length: Int) -> Int {
        var start = length
        if start < count, text[start] | 0x20 == UInt8(ascii: "t") { return start + 1 }
        if start < count, text[start] == UInt8(ascii: ",") { start += 1 }
        while start < count, text[start] == 0x20 { start += 1 }
        return start
    }
}

/// Fields of a time column; a written zone is ignored.
struct TimeField: FieldParser {
    static let filler: Int64 = 0

    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> FieldOutcome {
        var time = TimeText()
        let outcome = TimeText.parse(text, count, &time)
        if outcome == .parsed { element.pointee = time.microseconds }
        return outcome
    }
}

/// Fields of a boolean column.
struct BooleanField: FieldParser {
    static let filler: UInt8 = 0

    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<UInt8>
    ) -> FieldOutcome {
        if FieldWord.yes.matches(text, count) {
            element.pointee = 1
        } else if FieldWord.no.matches(text, count) {
            element.pointee = 0
        } else {
            return .malformed
        }
        return .parsed
    }
}
