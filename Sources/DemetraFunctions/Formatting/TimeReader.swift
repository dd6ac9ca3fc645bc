import DemetraTypes

/// Takes the fields of a template out of a text, one by one.
struct TimeReader {
    let text: [Unicode.Scalar]
    private(set) var time = ReadTime()
    private var position = 0

    init(text: [Unicode.Scalar]) { self.text = text }

    /// True when nothing is left.
    var isAtEnd: Bool { position >= text.count }

    private var next: Unicode.Scalar? { position < text.count ? text[position] : nil }

    private static func isBlank(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || (scalar.value >= 9 && scalar.value <= 13)
    }

    /// Skips one blank or punctuation mark, if there is one.
    mutating func skipSeparator() -> Bool {
        guard let next, Self.isBlank(next) || TimePattern.isSeparator(next) else { return false }
        position += 1
        return true
    }

    /// Skips one character, whatever it is.
    mutating func skipOne() { if !isAtEnd { position += 1 } }

    /// Skips blanks; gives their number.
    mutating func skipBlanks() -> Int {
        let start = position
        while let next, Self.isBlank(next) { position += 1 }
        return position - start
    }

    /// Skips up to so many letters: `st`, `nd`, `rd` and `th`.
    mutating func skipLetters(_ limit: Int) {
        var left = limit
        while left > 0, let next, next.properties.isAlphabetic {
            position += 1
            left -= 1
        }
    }

    /// Reads one field; `isLoose` lets a number have more or fewer digits than the field's width.
    mutating func read(_ field: TimePattern.Field, isLoose: Bool) throws(DemetraError) {
        func number(_ width: Int) throws(DemetraError) -> Int {
            try integer(field, width, isLoose).value
        }
        switch field {
        case .hour, .hour12:
            time.hour = try number(2)
            time.isTwelveHour = true
        case .hour24: time.hour = try number(2)
        case .minute: time.minute = try number(2)
        case .second: time.second = try number(2)
        case .millisecond: try fraction(field, 3, isLoose)
        case .fraction1: try fraction(field, 1, isLoose)
        case .fraction2: try fraction(field, 2, isLoose)
        case .fraction3: try fraction(field, 3, isLoose)
        case .fraction4: try fraction(field, 4, isLoose)
        case .fraction5: try fraction(field, 5, isLoose)
        case .microsecond, .fraction6: try fraction(field, 6, isLoose)
        case .secondOfDay, .secondsOfDay: time.secondOfDay = try number(5)
        case .meridiem, .meridiemPM:
            time.isAfternoon = try choice(["am", "pm"], field) == 1
            time.isTwelveHour = true
        case .meridiemDots, .meridiemPMDots:
            time.isAfternoon = try choice(["a.m.", "p.m."], field) == 1
            time.isTwelveHour = true
        case .zoneHour:
            var isNegative = false
            if next == "+" || next == "-" {
                isNegative = next == "-"
                position += 1
            }
            let hours = try displacement(number(2), below: 16) * 3_600
            time.isOffsetNegative = isNegative
            time.offset = isNegative ? -hours : hours
        case .zoneMinute:
            let minutes = try displacement(number(2), below: 60) * 60
            time.offset = (time.offset ?? 0) + (time.isOffsetNegative ? -minutes : minutes)
        case .zone, .offset:
            throw DemetraError(
                .featureNotSupported,
                "formatting field \"\(field.rawValue)\" is only supported in to_char",
                hint: "TZH and TZM read an offset.")
        default: try readDay(field, isLoose: isLoose)
        }
    }

    /// The hours or minutes of an offset from UTC.
    private func displacement(
        _ value: Int, below limit: Int
    ) throws(DemetraError) -> Int {
        guard value < limit else {
            throw DemetraError(
                .datetimeFieldOverflow, "date/time field value out of range",
                detail: "An offset from UTC has at most 15 hours and 59 minutes.")
        }
        return value
    }

    private mutating func readDay(
        _ field: TimePattern.Field, isLoose: Bool
    ) throws(DemetraError) {
        func number(_ width: Int) throws(DemetraError) -> Int {
            try integer(field, width, isLoose).value
        }
        switch field {
        case .year, .isoYear:
            let year = try number(4)
            if field == .year { time.year = year } else { time.isoYear = year }
        case .year3, .year2, .year1, .isoYear3, .isoYear2, .isoYear1:
            try shortYear(field, isLoose)
        case .yearComma:
            let thousands = try integer(field, 4, true).value
            guard next == "," else { throw invalid(field) }
            position += 1
            time.year = thousands * 1_000 + (try integer(field, 3, isLoose).value)
        case .era, .eraAD: time.isBeforeChrist = try choice(["ad", "bc"], field) == 1
        case .eraDots, .eraADDots: time.isBeforeChrist = try choice(["a.d.", "b.c."], field) == 1
        case .monthName: time.month = try choice(TimePattern.monthNames, field) + 1
        case .monthShort:
            time.month = try choice(TimePattern.monthNames.map { String($0.prefix(3)) }, field) + 1
        case .monthRoman:
            // Longer numerals first: VIII begins like V.
            let order = TimePattern.romanMonths.indices.sorted {
                TimePattern.romanMonths[$0].count > TimePattern.romanMonths[$1].count
            }
            let index = try choice(order.map { TimePattern.romanMonths[$0] }, field)
            time.month = order[index] + 1
        case .month: time.month = try number(2)
        // The name of the day is read and has no say.
        case .dayName: _ = try choice(TimePattern.dayNames, field)
        case .dayShort: _ = try choice(TimePattern.dayNames.map { String($0.prefix(3)) }, field)
        case .dayOfYear: time.dayOfYear = try number(3)
        case .isoDayOfYear: time.isoDayOfYear = try number(3)
        case .day: time.day = try number(2)
        case .dayOfWeek, .quarter: _ = try number(1)
        case .isoDayOfWeek: time.isoDay = try number(1)
        case .weekOfYear: time.weekOfYear = try number(2)
        case .isoWeek: time.isoWeek = try number(2)
        case .weekOfMonth: time.weekOfMonth = try number(1)
        case .century: time.century = try number(2)
        case .julian: time.julian = try integer(field, 10, true).value
        default: throw invalid(field)
        }
    }

    // MARK: Values

    /// Years of less than four digits are those nearest to 2020.
    private mutating func shortYear(
        _ field: TimePattern.Field, _ isLoose: Bool
    ) throws(DemetraError) {
        let (value, digits) = try integer(field, field.rawValue.count, isLoose)
        var year = value
        if digits < 4 {
            switch year {
            case ..<70: year += 2_000
            case ..<100: year += 1_900
            case ..<520: year += 2_000
            case ..<1_000: year += 1_000
            default: break
            }
        }
        if field.rawValue.hasPrefix("I") {
            time.isoYear = year
        } else {
            time.year = year
            time.yearDigits = digits
        }
    }

    private mutating func fraction(
        _ field: TimePattern.Field, _ width: Int, _ isLoose: Bool
    ) throws(DemetraError) {
        // Written with fewer digits they are the first ones of the fraction; more must not exceed it.
        var (value, digits) = try integer(field, width, isLoose)
        while digits < width {
            value *= 10
            digits += 1
        }
        for _ in width..<6 { value *= 10 }
        guard value < 1_000_000 else {
            throw DemetraError(
                .datetimeFieldOverflow, "date/time field value out of range",
                detail: "\"\(field.rawValue)\" has at most \(width) digits.")
        }
        time.microsecond = value
    }

    /// A number of exactly `width` digits, or of as many as there are.
    private mutating func integer(
        _ field: TimePattern.Field, _ width: Int, _ isLoose: Bool
    ) throws(DemetraError) -> (value: Int, digits: Int) {
        var value = 0
        var digits = 0
        while digits < (isLoose ? 10 : width), let next, ("0"..."9").contains(next) {
            value = value * 10 + Int(next.value - 0x30)
            digits += 1
            position += 1
        }
        guard digits > 0, isLoose || digits == width else { throw invalid(field) }
        return (value, digits)
    }

    /// The index of the name that stands here in any case.
    private mutating func choice(
        _ names: [String], _ field: TimePattern.Field
    ) throws(DemetraError) -> Int {
        for (index, name) in names.enumerated() {
            let letters = Array(name.lowercased().unicodeScalars)
            guard position + letters.count <= text.count else { continue }
            let found = text[position..<(position + letters.count)]
            let isSame = zip(found, letters).allSatisfy { given, letter in
                given == letter || (given.value | 0x20) == letter.value
            }
            if isSame {
                position += letters.count
                return index
            }
        }
        throw invalid(field)
    }

    private func invalid(_ field: TimePattern.Field) -> DemetraError {
        var shown = String.UnicodeScalarView()
        shown.append(
            contentsOf: text[position...].prefix(field.isDigits ? field.rawValue.count : 12))
        return DemetraError(
            .invalidDatetimeFormat, "invalid value \"\(String(shown))\" for \"\(field.rawValue)\"",
            detail: field.isDigits
                ? "Value must be an integer."
                : "The given value did not match any of the allowed values for this field.")
    }
}
