/// Reads one date, perhaps with a time and a zone, in any of PostgreSQL's usual forms.
///
/// Words and numbers are taken one after the other, and each says what it is: a number with colons
/// is a time, one with dashes, slashes or points or of six or eight digits a date, a word a month,
/// an era, half of the day or a zone. Numbers beside the name of a month are its day and its year.
///
/// Safe because the scanner checks each read, and the bytes outlive the parser.
struct DateTimeParser {
    private var scanner: ByteScanner
    private let text: String
    private let type: LogicalType
    private let now: Timestamp?

    private var year: (value: Int, digitCount: Int)?
    private var month: Int?
    private var day: Int?
    private var time: Int64?
    private var offset: Int?
    private var zoneName: String?
    private var special: Timestamp?
    private var isNow = false
    private var isBeforeChrist = false

    init(
        _ bytes: UnsafeBufferPointer<UInt8>, text: String, type: LogicalType, now: Timestamp?
    ) {
        scanner = ByteScanner(bytes)
        self.text = text
        self.type = type
        self.now = now
    }

    mutating func parse() throws(DemetraError) -> TimestampText.Parsed {
        try tokens()
        var parsed = TimestampText.Parsed(
            days: 0, time: time ?? 0, special: special, isNow: isNow, offset: offset,
            zoneName: zoneName)
        guard special == nil else {
            guard year == nil, month == nil, day == nil else { throw invalid() }
            // `today 10:00` is a day with a time.
            if let time, let day = special, day.isFinite {
                parsed.special = Timestamp(microseconds: day.microseconds &+ time)
            }
            return parsed
        }
        parsed.days = Int64(try dayNumber())
        return parsed
    }

    mutating func parseTime() throws(DemetraError) -> Int64 {
        try tokens(isTimeFirst: true)
        if let special {
            guard isNow, time == nil, year == nil, month == nil, day == nil else { throw invalid() }
            return special.timeOfDay
        }
        if year != nil || month != nil || day != nil { _ = try dayNumber() }
        guard let time else { throw invalid() }
        return time
    }

    private mutating func tokens(isTimeFirst: Bool = false) throws(DemetraError) {
        while true {
            scanner.skipBlanks()
            guard let byte = scanner.peek else { return }
            switch byte {
            case UInt8(ascii: ","): scanner.advance()
            case 0x30...0x39: try number(isTimeFirst: isTimeFirst)
            case UInt8(ascii: "+"), UInt8(ascii: "-"): try sign()
            case 0x41...0x5a, 0x61...0x7a: try word()
            default: throw invalid()
            }
        }
    }

    private func dayNumber() throws(DemetraError) -> Int {
        guard let year, let month, let day else { throw invalid() }
        var value = year.value
        if isBeforeChrist {
            guard value > 0 else { throw outOfRange() }
            value = 1 - value
        } else if year.digitCount <= 2 {
            value += value < 70 ? 2_000 : 1_900
        } else if value == 0 {
            throw outOfRange()
        }
        guard (1...12).contains(month), day >= 1, value < 6_000_000, value > -5_000,
            day <= Civil.daysInMonth(year: value, month: month)
        else { throw outOfRange() }
        let days = Civil.days(year: value, month: month, day: day)
        guard days >= Int(CalendarDate.firstDays), days <= Int(CalendarDate.lastDays) else {
            throw outOfRange()
        }
        return days
    }

    // MARK: Numbers

    private mutating func number(isTimeFirst: Bool) throws(DemetraError) {
        var ahead = scanner
        guard let (value, count) = ahead.digits() else { throw outOfRange() }
        if ahead.peek == UInt8(ascii: ":") { return try clock() }
        if count >= 4, year != nil || isTimeFirst, month == nil || day != nil, time == nil,
            !Self.isSeparator(ahead.peek) || (count == 6 && ahead.peek == UInt8(ascii: "."))
        {
            scanner = ahead
            return try packedTime(value, count)
        }
        scanner = ahead
        if let separator = scanner.peek, Self.isSeparator(separator) {
            // A dash may also stand before a zone: `Mar 1 2024-05`.
            if month == nil || year == nil { return try date(value, count, separator) }
        }
        if month == nil, count == 8 || count == 6 {
            guard year == nil, day == nil else { throw invalid() }
            year = (value / 10_000, count - 4)
            (month, day) = (value / 100 % 100, value % 100)
        } else if day == nil, count <= 2 {
            day = value
        } else if year == nil {
            year = (value, count)
        } else {
            throw invalid()
        }
    }

    private static func isSeparator(_ byte: UInt8?) -> Bool {
        byte == UInt8(ascii: "-") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".")
    }

    /// `2026-03-01`, `03/01/2026` (month first), `1-Mar-2026`, `2026-Mar-01`.
    private mutating func date(
        _ first: Int, _ count: Int, _ separator: UInt8
    ) throws(DemetraError) {
        guard year == nil, day == nil else { throw invalid() }
        scanner.advance()
        if let word = scanner.word() {
            guard let named = Self.month(word), month == nil, scanner.peek == separator else {
                throw invalid()
            }
            scanner.advance()
            guard let (last, lastCount) = scanner.digits() else { throw invalid() }
            month = named
            if count >= 3 {
                (year, day) = ((first, count), last)
            } else {
                (day, year) = (first, (last, lastCount))
            }
            return
        }
        guard let (second, secondCount) = scanner.digits() else { throw invalid() }
        guard scanner.peek == separator else {
            // `Mar-01-2026` has its month already.
            guard month != nil else { throw invalid() }
            (day, year) = (first, (second, secondCount))
            return
        }
        guard month == nil else { throw invalid() }
        scanner.advance()
        guard let (third, thirdCount) = scanner.digits() else { throw invalid() }
        if count >= 3 {
            (year, month, day) = ((first, count), second, third)
        } else {
            (month, day, year) = (first, second, (third, thirdCount))
        }
    }

    /// `hh:mm[:ss[.fraction]]`.
    private mutating func clock() throws(DemetraError) {
        guard time == nil, let (hour, _) = scanner.digits(), scanner.skip(":"),
            let (minute, _) = scanner.digits()
        else { throw invalid() }
        var second = 0
        var fraction = 0
        if scanner.skip(":") {
            guard let (value, _) = scanner.digits() else { throw invalid() }
            second = value
            if scanner.skip(".") { fraction = scanner.microseconds() ?? 0 }
        }
        try setTime(hour, minute, second, fraction)
    }

    /// `hhmm`, `hhmmss[.fraction]`.
    private mutating func packedTime(_ value: Int, _ count: Int) throws(DemetraError) {
        if count == 4 { return try setTime(value / 100, value % 100, 0, 0) }
        guard count == 6 else { throw invalid() }
        var fraction = 0
        if scanner.skip(".") { fraction = scanner.microseconds() ?? 0 }
        try setTime(value / 10_000, value / 100 % 100, value % 100, fraction)
    }

    private mutating func setTime(
        _ hour: Int, _ minute: Int, _ second: Int, _ fraction: Int
    ) throws(DemetraError) {
        guard hour <= 24, minute < 60, second <= 60 else { throw outOfRange() }
        let value = Int64(hour * 3_600 + minute * 60 + second) * 1_000_000 + Int64(fraction)
        guard value <= Civil.microsecondsPerDay, second < 60 || fraction == 0 else {
            throw outOfRange()
        }
        time = value
    }

    // MARK: Signs and words

    /// `-infinity`, or the offset of a zone: `+03`, `-0530`, `+05:30:15`.
    private mutating func sign() throws(DemetraError) {
        if scanner.skip(word: "-infinity") {
            special = .minusInfinity
            return
        }
        // `Mar-01-2026`: a dash between the month and its day.
        if month != nil, day == nil, scanner.peek == UInt8(ascii: "-") {
            scanner.advance()
            return
        }
        guard offset == nil, zoneName == nil, time != nil || year != nil,
            let seconds = ZoneOffset.parse(&scanner)
        else { throw invalid() }
        guard abs(seconds) < 16 * 3_600 else {
            throw DemetraError(
                .invalidTimeZoneDisplacement,
                "time zone displacement out of range: \"\(text)\"")
        }
        offset = seconds
    }

    private mutating func word() throws(DemetraError) {
        let start = scanner
        guard let word = scanner.word() else { throw invalid() }
        switch word {
        case "t" where year != nil && scanner.peek.map { $0 >= 0x30 && $0 <= 0x39 } ?? false:
            return
        case "am", "pm": try halfOfDay(isAfternoon: word == "pm")
        case "bc": isBeforeChrist = true
        case "ad": return
        case "epoch": special = Timestamp(microseconds: 0)
        case "infinity": special = .infinity
        case "now": try relative(days: nil)
        case "allballs":
            guard time == nil, offset == nil, zoneName == nil else { throw invalid() }
            (time, offset) = (0, 0)
        case "today": try relative(days: 0)
        case "tomorrow": try relative(days: 1)
        case "yesterday": try relative(days: -1)
        default:
            if month == nil, let named = Self.month(word) {
                month = named
            } else if !Self.weekdays.contains(word),
                !Self.weekdays.contains(where: {
                    word.utf8.count >= 6 && word.hasPrefix($0) && word.hasSuffix("day")
                })
            {
                scanner = start
                try zone(word)
            }
        }
    }

    private mutating func halfOfDay(isAfternoon: Bool) throws(DemetraError) {
        guard let value = time else { throw invalid() }
        let hour = value / Civil.microsecondsPerHour
        guard hour <= 12 else { throw outOfRange() }
        if isAfternoon, hour < 12 { time = value + 12 * Civil.microsecondsPerHour }
        if !isAfternoon, hour == 12 { time = value - 12 * Civil.microsecondsPerHour }
    }

    private mutating func relative(days: Int64?) throws(DemetraError) {
        guard let now, special == nil else { throw invalid() }
        guard let days else {
            (special, isNow) = (now, true)
            return
        }
        let midnight = now.microseconds - now.timeOfDay
        special = Timestamp(microseconds: midnight + days * Civil.microsecondsPerDay)
    }

    /// A zone by name, abbreviation or POSIX rule, up to the next blank.
    private mutating func zone(_ word: String) throws(DemetraError) {
        guard offset == nil, zoneName == nil, time != nil || year != nil else { throw invalid() }
        let name = scanner.token()
        if let seconds = ZoneOffset.abbreviation(word), name.utf8.count == word.utf8.count {
            offset = seconds
        } else if name.contains("/") || name.contains(where: \.isNumber) {
            zoneName = name
        } else {
            throw invalid()
        }
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]
    private static let weekdays: Set<String> = [
        "sun", "mon", "tue", "tues", "wed", "weds", "thu", "thur", "thurs", "fri", "sat",
    ]

    /// The number of a month by its name or the first three letters of it.
    private static func month(_ word: String) -> Int? {
        guard let index = months.firstIndex(of: String(word.prefix(3))) else { return nil }
        let isShort = word.utf8.count == 3 || word == "sept"
        return isShort || fullMonths[index] == word ? index + 1 : nil
    }

    private static let fullMonths = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
    ]

    // MARK: Errors

    private var typeName: String {
        switch type {
        case .timestamp: "timestamp"
        case .time: "time"
        default: type.description
        }
    }

    private func invalid() -> DemetraError {
        DemetraError(
            .invalidDatetimeFormat, "invalid input syntax for type \(typeName): \"\(text)\"")
    }

    private func outOfRange() -> DemetraError {
        DemetraError(
            .datetimeFieldOverflow, "date/time field value out of range: \"\(text)\"")
    }
}
