/// Reads one date, perhaps with a time and a zone.
struct DateTimeParser {
    private var scanner: ByteScanner
    private let text: String
    private let type: LogicalType

    init(_ bytes: UnsafeBufferPointer<UInt8>, text: String, type: LogicalType) {
        scanner = ByteScanner(bytes)
        self.text = text
        self.type = type
    }

    private static let months = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ]

    private func invalid() -> DemetraError {
        DemetraError(
            .invalidDatetimeFormat, "invalid input syntax for type \(type): \"\(text)\"")
    }

    private func outOfRange() -> DemetraError {
        DemetraError(
            .datetimeFieldOverflow, "date/time field value out of range: \"\(text)\"")
    }

    mutating func parse() throws(DemetraError) -> TimestampText.Parsed {
        scanner.skipBlanks()
        if let special = special() {
            return TimestampText.Parsed(
                local: special, offset: special.isFinite ? 0 : nil, zoneName: nil, hasTime: true)
        }
        var (year, month, day) = try date()
        var time: Int64 = 0
        var hasTime = false
        _ = scanner.skip("T") || scanner.skip("t")
        scanner.skipBlanks()
        if let byte = scanner.peek, byte >= 0x30, byte <= 0x39 {
            guard let value = TimestampText.time(&scanner) else { throw invalid() }
            if value > Civil.microsecondsPerDay { throw outOfRange() }
            time = value
            hasTime = true
        }
        scanner.skipBlanks()
        var offset: Int?
        var zoneName: String?
        if scanner.peek == 0x2b || scanner.peek == 0x2d {
            guard let seconds = TimestampText.offset(&scanner) else { throw invalid() }
            offset = seconds
            scanner.skipBlanks()
        }
        if scanner.skip(word: "bc") {
            year = 1 - year
        } else if scanner.skip(word: "ad") {
            // The usual era.
        } else if !scanner.isAtEnd {
            let name = scanner.token()
            if name.uppercased() == "Z" { offset = 0 } else { zoneName = name }
            scanner.skipBlanks()
            if scanner.skip(word: "bc") { year = 1 - year }
        }
        guard scanner.isAtEndAfterBlanks else { throw invalid() }
        guard (1...12).contains(month), day >= 1,
            day <= Civil.daysInMonth(year: year, month: month), (-4713...294_276).contains(year)
        else { throw outOfRange() }
        let days = Int64(Civil.days(year: year, month: month, day: day))
        (month, day) = (0, 0)
        return TimestampText.Parsed(
            local: Timestamp(microseconds: days * Civil.microsecondsPerDay + time), offset: offset,
            zoneName: zoneName, hasTime: hasTime)
    }

    private mutating func special() -> Timestamp? {
        if scanner.skip(word: "epoch") { return Timestamp(microseconds: 0) }
        if scanner.skip(word: "-infinity") { return .minusInfinity }
        if scanner.skip(word: "infinity") { return .infinity }
        return nil
    }

    /// ISO, `2026/03/01`, `20260301`, `03/01/2026` (month first), `1 Mar 2026`, `Mar 1, 2026`.
    private mutating func date() throws(DemetraError) -> (Int, Int, Int) {
        if let word = scanner.word() {
            guard let month = Self.month(word) else { throw invalid() }
            scanner.skipBlanks()
            guard let (day, _) = scanner.digits() else { throw invalid() }
            _ = scanner.skip(",")
            scanner.skipBlanks()
            guard let (year, _) = scanner.digits() else { throw invalid() }
            return (year, month, day)
        }
        guard let (first, count) = scanner.digits() else { throw invalid() }
        if count == 8, scanner.isAtEnd || scanner.peek == 0x20 || scanner.peek == UInt8(ascii: "T") {
            return (first / 10_000, first / 100 % 100, first % 100)
        }
        guard let separator = scanner.peek else { throw invalid() }
        if separator == 0x20 || (separator == 0x2d && !Self.isDigit(scanner.peekSecond)) {
            scanner.advance()
            guard let word = scanner.word(), let month = Self.month(word) else { throw invalid() }
            _ = scanner.skip("-") || scanner.skip(" ")
            guard let (year, _) = scanner.digits() else { throw invalid() }
            return (year, month, first)
        }
        guard separator == 0x2d || separator == 0x2f || separator == 0x2e else { throw invalid() }
        scanner.advance()
        guard let (second, _) = scanner.digits(), scanner.peek == separator else { throw invalid() }
        scanner.advance()
        guard let (third, _) = scanner.digits() else { throw invalid() }
        if count >= 3 { return (first, second, third) }
        // Month first, as DateStyle ISO, MDY says; with points the day comes first.
        return separator == 0x2e ? (third, second, first) : (third, first, second)
    }

    private static func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return byte >= 0x30 && byte <= 0x39
    }

    private static func month(_ word: String) -> Int? {
        guard word.utf8.count >= 3 else { return nil }
        return months.firstIndex(of: String(word.prefix(3))).map { $0 + 1 }
    }
}
