// Times of day, and what may follow them: AM or PM and a zone.
//
// Safe because only the `count` bytes given are read.

/// A time of day with its zone.
struct TimeText {
    /// Microseconds since midnight; a whole day for 24:00.
    var microseconds: Int64 = 0
    /// Seconds east of UTC, nil when no zone was written.
    var offsetSeconds: Int64?

    private static let second: Int64 = 1_000_000

    /// Parses `H:MM[:SS[.fraction]][ AM|PM][ zone]` up to the end of the text.
    static func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ time: inout TimeText
    ) -> FieldOutcome {
        var index = 0
        guard let hour = takeNumber(text, count, &index), index < count,
            text[index] == UInt8(ascii: ":")
        else { return .malformed }
        index += 1
        guard let minute = takeNumber(text, count, &index) else { return .malformed }
        var seconds = 0
        var fraction: Int64 = 0
        if index < count, text[index] == UInt8(ascii: ":") {
            index += 1
            guard let taken = takeNumber(text, count, &index) else { return .malformed }
            seconds = taken
            fraction = takeFraction(text, count, &index)
        }
        var hours = hour
        skipBlanks(text, count, &index)
        if let isAfternoon = takeHalfDay(text, count, &index) {
            guard hour >= 1, hour <= 12 else { return .noSuchTime }
            hours = hour % 12 + (isAfternoon ? 12 : 0)
            skipBlanks(text, count, &index)
        }
        if index < count {
            guard let offset = takeZone(text, count, &index), index == count else {
                return .malformed
            }
            time.offsetSeconds = offset
        }
        guard hours <= 24, minute <= 59, seconds <= 60,
            hours < 24 || (minute == 0 && seconds == 0 && fraction == 0)
        else { return .noSuchTime }
        let whole = Int64(hours * 3_600 + minute * 60 + seconds)
        time.microseconds = whole * Self.second + fraction
        return .parsed
    }

    private static func takeNumber(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ index: inout Int
    ) -> Int? {
        let start = index
        var value = 0
        while index < count, index - start < 2, digit(text[index]) < 10 {
            value = value * 10 + Int(digit(text[index]))
            index += 1
        }
        return index > start ? value : nil
    }

    /// Microseconds of `.123456789`, the seventh digit rounded.
    static func takeFraction(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ index: inout Int
    ) -> Int64 {
        guard index < count, text[index] == UInt8(ascii: ".") || text[index] == UInt8(ascii: ",")
        else { return 0 }
        index += 1
        var value: Int64 = 0
        var digits = 0
        while index < count, digit(text[index]) < 10 {
            if digits < 6 {
                value = value * 10 + Int64(digit(text[index]))
            } else if digits == 6, digit(text[index]) >= 5 {
                value += 1
            }
            digits += 1
            index += 1
        }
        while digits < 6 {
            value *= 10
            digits += 1
        }
        return value
    }

    private static func skipBlanks(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ index: inout Int
    ) { while index < count, text[index] == 0x20 { index += 1 } }

    private static func takeHalfDay(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ index: inout Int
    ) -> Bool? {
        guard count - index >= 2, text[index + 1] | 0x20 == UInt8(ascii: "m") else { return nil }
        let letter = text[index] | 0x20
        guard letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p") else { return nil }
        index += 2
        return letter == UInt8(ascii: "p")
    }

    /// Seconds east of UTC of `Z`, `UTC`, `GMT`, `+03`, `+03:00`, `-0330`; nil for others, which a cast may know.
    static func takeZone(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ index: inout Int
    ) -> Int64? {
        let rest = count - index
        if rest == 1, text[index] | 0x20 == UInt8(ascii: "z") {
            index += 1
            return 0
        }
        if rest == 3, zeroZones.matches(text + index, 3) {
            index += 3
            return 0
        }
        guard rest >= 2, text[index] == UInt8(ascii: "+") || text[index] == UInt8(ascii: "-")
        else { return nil }
        let isWest = text[index] == UInt8(ascii: "-")
        index += 1
        let start = index
        guard let hours = takeNumber(text, count, &index) else { return nil }
        var minutes = 0
        if index < count {
            // Without a colon, `+024` is not two hours and four minutes.
            let hasColon = text[index] == UInt8(ascii: ":")
            guard hasColon || count - start == 4 else { return nil }
            if hasColon { index += 1 }
            guard let taken = takeNumber(text, count, &index), taken <= 59 else { return nil }
            minutes = taken
        }
        guard hours <= 15 else { return nil }
        let seconds = Int64(hours * 3_600 + minutes * 60)
        return isWest ? -seconds : seconds
    }

    private static let zeroZones = FieldWords(["utc", "gmt"])
}
