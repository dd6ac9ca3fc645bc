/// The rule behind the last transition of a zone: `EST5EDT,M3.2.0,M11.1.0`.
///
/// - Source: POSIX.1-2017, section 8.3, environment variable TZ.
struct PosixTimeZone: Sendable, Hashable {
    private struct Change: Sendable, Hashable {
        /// Month, week (5 is the last) and weekday (0 is Sunday); or a day of the year.
        var month = 0
        var week = 0
        var weekday = 0
        var dayOfYear: Int?
        var skipsLeapDay = false
        var seconds = 7_200

        /// Seconds from the start of the year, on the wall clock.
        func offset(in year: Int) -> Int64 {
            let first = Civil.days(year: year, month: 1, day: 1)
            if let dayOfYear {
                let leap = skipsLeapDay && Civil.isLeap(year) && dayOfYear >= 60 ? 1 : 0
                return Int64(dayOfYear - (skipsLeapDay ? 1 : 0) + leap) * 86_400 + Int64(seconds)
            }
            let monthStart = Civil.days(year: year, month: month, day: 1)
            var day = monthStart + (weekday - Civil.dayOfWeek(days: monthStart) + 7) % 7
            day += (week - 1) * 7
            while day >= monthStart + Civil.daysInMonth(year: year, month: month) { day -= 7 }
            return Int64(day - first) * 86_400 + Int64(seconds)
        }
    }

    private let standardOffset: Int
    private let daylightOffset: Int
    private let start: Change?
    private let end: Change?

    init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        var text = text
        let parsed = text.withUTF8 { bytes -> (Int, Int, Change?, Change?)? in
            var scanner = ByteScanner(bytes)
            guard Self.skipName(&scanner), let standard = Self.time(&scanner) else { return nil }
            if scanner.isAtEnd { return (-standard, -standard, nil, nil) }
            guard Self.skipName(&scanner) else { return nil }
            var daylight = standard - 3_600
            if scanner.peek != UInt8(ascii: ",") {
                guard let given = Self.time(&scanner) else { return nil }
                daylight = given
            }
            guard scanner.skip(","), let start = Self.change(&scanner), scanner.skip(","),
                let end = Self.change(&scanner)
            else { return nil }
            return (-standard, -daylight, start, end)
        }
        guard let parsed else { return nil }
        (standardOffset, daylightOffset, start, end) = parsed
    }

    /// Seconds east of UTC.
    func offset(at seconds: Int64) -> Int {
        guard let start, let end else { return standardOffset }
        let local = seconds + Int64(standardOffset)
        let year = Civil.date(days: Int(Civil.floorDivide(local, 86_400))).year
        let first = Int64(Civil.days(year: year, month: 1, day: 1)) * 86_400
        // Changes are on the wall clock of the time that ends there.
        let begin = first + start.offset(in: year) - Int64(standardOffset)
        let finish = first + end.offset(in: year) - Int64(daylightOffset)
        let isDaylight =
            begin < finish
            ? seconds >= begin && seconds < finish : seconds >= begin || seconds < finish
        return isDaylight ? daylightOffset : standardOffset
    }

    private static func skipName(_ scanner: inout ByteScanner) -> Bool {
        if scanner.skip("<") {
            while let byte = scanner.peek, byte != UInt8(ascii: ">") { scanner.advance() }
            return scanner.skip(">")
        }
        return (scanner.word()?.utf8.count ?? 0) >= 3
    }

    private static func time(_ scanner: inout ByteScanner) -> Int? {
        let isNegative = scanner.skipSign()
        guard let (hours, _) = scanner.digits() else { return nil }
        guard hours <= 167 else { return nil }
        var seconds = hours * 3_600
        if scanner.skip(":"), let (minutes, _) = scanner.digits() { seconds += minutes * 60 }
        if scanner.skip(":"), let (rest, _) = scanner.digits() { seconds += rest }
        return isNegative ? -seconds : seconds
    }

    private static func change(_ scanner: inout ByteScanner) -> Change? {
        var change = Change()
        if scanner.skip("M") {
            guard let (month, _) = scanner.digits(), scanner.skip("."),
                let (week, _) = scanner.digits(), scanner.skip("."),
                let (weekday, _) = scanner.digits(), (1...12).contains(month)
            else { return nil }
            (change.month, change.week, change.weekday) = (month, week, weekday)
        } else {
            change.skipsLeapDay = scanner.skip("J")
            guard let (day, _) = scanner.digits() else { return nil }
            change.dayOfYear = day
        }
        if scanner.skip("/") {
            guard let seconds = time(&scanner) else { return nil }
            change.seconds = seconds
        }
        return change
    }
}
