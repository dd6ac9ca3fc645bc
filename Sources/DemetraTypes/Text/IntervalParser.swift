/// Reads an interval in PostgreSQL's own form and in the SQL standard's.
///
/// The text is split into numbers, clock times and words, and read from its end, because what a
/// bare number counts depends on what follows it: its unit, or days before a clock time, or
/// seconds.
///
/// Safe because the scanner checks each read, and the bytes outlive the parser.
struct IntervalParser {
    private enum Item {
        case number(whole: Int64, fraction: Double)
        case yearsAndMonths(Int64)
        case clock(microseconds: Int64)
        case word(String)
    }

    private var scanner: ByteScanner
    private let fields: IntervalFields?
    private var isOverflowing = false

    init(_ bytes: UnsafeBufferPointer<UInt8>, fields: IntervalFields?) {
        scanner = ByteScanner(bytes)
        self.fields = fields
    }

    /// The sum of the parts; nil for text in another form.
    mutating func parse() -> IntervalSum? {
        var items: [Item] = []
        scanner.skipBlanks()
        _ = scanner.skip("@")
        while !scanner.isAtEndAfterBlanks {
            guard let item = item() else { return nil }
            items.append(item)
        }
        if isOverflowing { return .overflowing }
        return Self.sum(items, fields)
    }

    private static func sum(_ items: [Item], _ fields: IntervalFields?) -> IntervalSum? {
        var sum = IntervalSum()
        var unit: IntervalUnit?
        var seen: Set<IntervalUnit> = []
        var isAgo = false
        var hasValue = false
        for item in items.reversed() {
            switch item {
            case .word("ago"):
                guard !hasValue, unit == nil, !isAgo else { return nil }
                isAgo = true
                continue
            case .word(let name):
                guard let named = IntervalUnit(name: name) else { return nil }
                unit = named
                continue
            case .clock(let microseconds):
                guard seen.isDisjoint(with: [.hour, .minute, .second]) else { return nil }
                seen.formUnion([.hour, .minute, .second])
                sum.add(microseconds, 0, .microsecond)
                unit = .day
            case .yearsAndMonths(let months):
                guard seen.isDisjoint(with: [.year, .month]) else { return nil }
                seen.formUnion([.year, .month])
                sum.add(months, 0, .month)
                unit = .month
            case .number(let whole, let fraction):
                let counted = unit ?? fields?.last ?? .second
                guard seen.insert(counted).inserted else { return nil }
                sum.add(whole, fraction, counted)
                unit = counted == .hour ? .day : counted
            }
            hasValue = true
        }
        guard hasValue else { return nil }
        if isAgo { sum.negate() }
        return sum
    }

    private mutating func item() -> Item? {
        if let word = scanner.word() { return .word(word) }
        let isNegative = scanner.peek == UInt8(ascii: "-")
        if isNegative || scanner.peek == UInt8(ascii: "+") {
            scanner.advance()
            scanner.skipBlanks()
        }
        let sign: Int64 = isNegative ? -1 : 1
        guard let (whole, fraction) = IntervalNumber.read(&scanner, &isOverflowing) else {
            return nil
        }
        if fraction == nil {
            if scanner.skip(":") {
                guard let time = clock(whole) else { return nil }
                return .clock(microseconds: sign &* time)
            }
            if scanner.peek == UInt8(ascii: "-"), let next = scanner.peekSecond, next >= 0x30,
                next <= 0x39
            {
                scanner.advance()
                guard let (months, _) = scanner.digits(), months < 12 else { return nil }
                let (years, overflow) = whole.multipliedReportingOverflow(by: 12)
                if overflow { isOverflowing = true }
                return .yearsAndMonths(sign &* (years &+ Int64(months)))
            }
        }
        return .number(whole: sign &* whole, fraction: Double(sign) * (fraction ?? 0))
    }

    /// `hh:mm[:ss[.fraction]]`; two fields are minutes and seconds where those are asked for, or
    /// when they end in a fraction.
    private mutating func clock(_ first: Int64) -> Int64? {
        guard let (second, _) = scanner.digits() else { return nil }
        var (hours, minutes, seconds) = (first, Int64(second), Int64(0))
        var isShifted = fields.map { $0.first == .minute && $0.last == .second } ?? false
        var fraction: Int64 = 0
        if scanner.skip(":") {
            guard let (third, _) = scanner.digits() else { return nil }
            (seconds, isShifted) = (Int64(third), false)
        } else if scanner.peek == UInt8(ascii: ".") {
            isShifted = true
        }
        if scanner.skip(".") { fraction = Int64(scanner.microseconds() ?? 0) }
        if isShifted { (hours, minutes, seconds) = (0, first, minutes) }
        guard minutes < 60 || isShifted, seconds < 60 || (seconds == 60 && fraction == 0) else {
            isOverflowing = true
            return 0
        }
        let (hourTime, overflow) = hours.multipliedReportingOverflow(by: Civil.microsecondsPerHour)
        let rest = minutes &* 60_000_000 &+ seconds &* 1_000_000 &+ fraction
        let (sum, carry) = hourTime.addingReportingOverflow(rest)
        if overflow || carry || minutes > 1 << 32 { isOverflowing = true }
        return sum
    }
}

/// Reads an interval in the form of ISO 8601: `P1Y2M3DT4H5M6S`, `P1W`, `P0001-02-03T04:05:06`.
struct ISOIntervalParser {
    private var scanner: ByteScanner
    private var sum = IntervalSum()
    private var isOverflowing = false

    init(_ bytes: UnsafeBufferPointer<UInt8>) { scanner = ByteScanner(bytes) }

    /// The sum of the parts; nil for text in another form.
    mutating func parse() -> IntervalSum? {
        guard scanner.skip("P"), !scanner.isAtEnd else { return nil }
        var isTime = false
        while !scanner.isAtEnd {
            if !isTime, scanner.skip("T") {
                isTime = true
                continue
            }
            let isNegative = scanner.skipSign()
            guard let (whole, fraction) = IntervalNumber.read(&scanner, &isOverflowing) else {
                return nil
            }
            let sign: Int64 = isNegative ? -1 : 1
            guard part(sign &* whole, Double(sign) * (fraction ?? 0), isTime) else { return nil }
        }
        return isOverflowing ? .overflowing : sum
    }

    private mutating func part(_ whole: Int64, _ fraction: Double, _ isTime: Bool) -> Bool {
        guard let letter = scanner.peek else { return false }
        if fraction == 0, letter == UInt8(ascii: isTime ? ":" : "-") {
            return isTime ? clock(whole) : calendar(whole)
        }
        scanner.advance()
        let unit: IntervalUnit
        switch (UnicodeScalar(letter), isTime) {
        case ("Y", false): unit = .year
        case ("M", false): unit = .month
        case ("W", false): unit = .week
        case ("D", false): unit = .day
        case ("H", true): unit = .hour
        case ("M", true): unit = .minute
        case ("S", true): unit = .second
        default: return false
        }
        sum.add(whole, fraction, unit)
        return true
    }

    /// `-02-03` behind the years.
    private mutating func calendar(_ years: Int64) -> Bool {
        guard scanner.skip("-"), let (months, _) = scanner.digits(), scanner.skip("-"),
            let (days, _) = scanner.digits()
        else { return false }
        sum.add(years, 0, .year)
        sum.add(Int64(months), 0, .month)
        sum.add(Int64(days), 0, .day)
        return true
    }

    /// `:05:06.5` behind the hours.
    private mutating func clock(_ hours: Int64) -> Bool {
        guard scanner.skip(":"), let (minutes, _) = scanner.digits() else { return false }
        sum.add(hours, 0, .hour)
        sum.add(Int64(minutes), 0, .minute)
        guard scanner.skip(":") else { return scanner.isAtEnd }
        guard let (seconds, fraction) = IntervalNumber.read(&scanner, &isOverflowing) else {
            return false
        }
        sum.add(seconds, fraction ?? 0, .second)
        return scanner.isAtEnd
    }
}

/// Reads digits with an optional fraction.
private enum IntervalNumber {
    /// The whole number, and the fraction if there is a point; nil without digits.
    static func read(
        _ scanner: inout ByteScanner, _ isOverflowing: inout Bool
    ) -> (whole: Int64, fraction: Double?)? {
        var whole: Int64 = 0
        var hasDigits = false
        while let byte = scanner.peek, byte >= 0x30, byte <= 0x39 {
            let (product, first) = whole.multipliedReportingOverflow(by: 10)
            let (sum, second) = product.addingReportingOverflow(Int64(byte - 0x30))
            if first || second { isOverflowing = true }
            whole = sum
            hasDigits = true
            scanner.advance()
        }
        guard scanner.skip(".") else { return hasDigits ? (whole, nil) : nil }
        var numerator = 0.0
        var denominator = 1.0
        while let byte = scanner.peek, byte >= 0x30, byte <= 0x39 {
            // Beyond 15 digits a double has nothing to keep.
            if denominator < 1e15 {
                numerator = numerator * 10 + Double(byte - 0x30)
                denominator *= 10
            }
            hasDigits = true
            scanner.advance()
        }
        return hasDigits ? (whole, numerator / denominator) : nil
    }
}
