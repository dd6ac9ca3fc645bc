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

    func parseAsLiteral(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int32>
    ) -> Bool {
        guard case .date(let date)? = literal(text, count, .date) else { return false }
        element.pointee = date.days
        return true
    }
}

/// A field as a cast of its text reads it; nil where that is an error.
private func literal(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ type: LogicalType, zone: TimeZoneRules = .utc
) -> Value? {
    let string = String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
    return try? ValueText.parse(string, as: type, zone: zone)
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
        if count >= 19, text[10] == UInt8(ascii: " ") || text[10] == UInt8(ascii: "T"),
            text[13] == UInt8(ascii: ":"), text[16] == UInt8(ascii: ":"), let days = isoDays(text)
        {
            let hour = parseTwoDigits(text + 11)
            let minute = parseTwoDigits(text + 14)
            let second = parseTwoDigits(text + 17)
            if hour < 24, minute < 60, second < 60 {
                let seconds = Int64(hour &* 3_600 &+ minute &* 60 &+ second)
                let local = Int64(days) &* Self.day &+ seconds &* 1_000_000
                if count == 19, isPlain {
                    element.pointee = local
                    return .parsed
                }
                if count > 19, parseTail(text + 19, count &- 19, local, element) { return .parsed }
            }
        }
        return parseGenerally(text, count, element)
    }

    /// Parses what may follow the seconds: at most six digits of a fraction, and an offset of whole minutes. False for
    /// anything else.
    @inline(__always)
    private func parseTail(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ local: Int64,
        _ element: UnsafeMutablePointer<Int64>
    ) -> Bool {
        var index = 0
        var fraction: Int64 = 0
        if text[0] == UInt8(ascii: ".") {
            index = 1
            var unit: Int64 = 100_000
            while index < count, digit(text[index]) < 10, unit > 0 {
                fraction &+= Int64(digit(text[index])) &* unit
                unit /= 10
                index &+= 1
            }
            guard index > 1 else { return false }
        }
        guard index < count else {
            guard isPlain else { return false }
            element.pointee = local &+ fraction
            return true
        }
        guard let offset = Self.offsetMinutes(text + index, count &- index) else { return false }
        // Without a zone of its own the type takes no notice of one that is written.
        element.pointee = local &+ fraction &- (zone == nil ? 0 : offset &* 60_000_000)
        return true
    }

    /// The minutes of `Z`, `+02`, `-0330` or `+05:30`; nil for anything else.
    @inline(__always)
    private static func offsetMinutes(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
        if count == 1, text[0] | 0x20 == UInt8(ascii: "z") { return 0 }
        let isBehind = text[0] == UInt8(ascii: "-")
        guard isBehind || text[0] == UInt8(ascii: "+"), count == 3 || count == 5 || count == 6
        else { return nil }
        let hours = Int64(parseTwoDigits(text + 1))
        var minutes: Int64 = 0
        if count == 5 { minutes = Int64(parseTwoDigits(text + 3)) }
        if count == 6 {
            guard text[3] == UInt8(ascii: ":") else { return nil }
            minutes = Int64(parseTwoDigits(text + 4))
        }
        // Offsets that no place has go the general way.
        guard hours <= 14, minutes < 60 else { return nil }
        let offset = hours &* 60 &+ minutes
        return isBehind ? 0 &- offset : offset
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
        do throws(DemetraError) {
            let local = try Timestamp(days: Int64(date.days), time: time.microseconds)
            element.pointee = try instant(local, time.offsetSeconds).microseconds
            return .parsed
        } catch {
            return .outOfRange
        }
    }

    /// The instant of a wall-clock time with or without an offset, which counts for timestamptz alone.
    private func instant(
        _ local: Timestamp, _ offset: Int64?
    ) throws(DemetraError) -> Timestamp {
        guard let zone else { return local }
        guard let offset else { return zone.instant(local) }
        return try local.addingTime(-offset * 1_000_000)
    }

    func parseAsLiteral(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> Bool {
        let type = zone == nil ? LogicalType.timestamp : .timestamptz
        switch literal(text, count, type, zone: zone ?? .utc) {
        case .timestamp(let time)?, .timestamptz(let time)?:
            element.pointee = time.microseconds
            return true
        default: return false
        }
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

    func parseAsLiteral(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Int64>
    ) -> Bool {
        guard case .time(let time)? = literal(text, count, .time) else { return false }
        element.pointee = time
        return true
    }
}

/// Fields of a boolean column.
struct BooleanField: FieldParser {
    static let filler: UInt8 = 0

    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<UInt8>
    ) -> FieldOutcome {
        if count == 1, text[0] == UInt8(ascii: "t") || text[0] == UInt8(ascii: "f") {
            element.pointee = text[0] == UInt8(ascii: "t") ? 1 : 0
        } else if FieldWord.yes.matches(text, count) {
            element.pointee = 1
        } else if FieldWord.no.matches(text, count) {
            element.pointee = 0
        } else {
            return .malformed
        }
        return .parsed
    }
}
