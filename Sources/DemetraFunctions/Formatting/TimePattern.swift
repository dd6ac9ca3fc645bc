import DemetraTypes

/// A template of `to_char`, `to_date` and `to_timestamp` over times, cut into fields and literal text.
///
/// - Source: PostgreSQL 15 documentation, table 9.27 and 9.28, and `formatting.c` for what they leave open.
struct TimePattern: Sendable {
    /// What a template letter group stands for.
    enum Field: String, Sendable, CaseIterable {
        case millisecond = "MS", microsecond = "US"
        case fraction1 = "FF1", fraction2 = "FF2", fraction3 = "FF3"
        case fraction4 = "FF4", fraction5 = "FF5", fraction6 = "FF6"
        case hour24 = "HH24", hour12 = "HH12", hour = "HH", minute = "MI", second = "SS"
        case secondOfDay = "SSSS", secondsOfDay = "SSSSS"
        case meridiem = "AM", meridiemPM = "PM", meridiemDots = "A.M.", meridiemPMDots = "P.M."
        case yearComma = "Y,YYY", year = "YYYY", year3 = "YYY", year2 = "YY", year1 = "Y"
        case isoYear = "IYYY", isoYear3 = "IYY", isoYear2 = "IY", isoYear1 = "I"
        case era = "BC", eraAD = "AD", eraDots = "B.C.", eraADDots = "A.D."
        case monthName = "MONTH", monthShort = "MON", month = "MM", monthRoman = "RM"
        case dayName = "DAY", dayShort = "DY", dayOfYear = "DDD", isoDayOfYear = "IDDD"
        case day = "DD", dayOfWeek = "D", isoDayOfWeek = "ID"
        case weekOfMonth = "W", weekOfYear = "WW", isoWeek = "IW"
        case century = "CC", julian = "J", quarter = "Q"
        case zone = "TZ", zoneHour = "TZH", zoneMinute = "TZM", offset = "OF"

        /// Means nothing for an interval.
        var needsCalendar: Bool {
            switch self {
            case .isoYear, .isoYear3, .isoYear2, .isoYear1, .era, .eraAD, .eraDots, .eraADDots,
                .monthName, .monthShort, .monthRoman, .dayName, .dayShort, .dayOfYear,
                .isoDayOfYear, .dayOfWeek, .isoDayOfWeek, .weekOfYear, .weekOfMonth, .isoWeek,
                .julian:
                true
            default: false
            }
        }

        /// Read as digits, so that a number before it must not run into it.
        var isDigits: Bool {
            switch self {
            case .meridiem, .meridiemPM, .meridiemDots, .meridiemPMDots, .era, .eraAD, .eraDots,
                .eraADDots, .monthName, .monthShort, .monthRoman, .dayName, .dayShort, .zone,
                .zoneHour, .zoneMinute, .offset:
                false
            default: true
            }
        }
    }

    /// How the letters of a name are written, as the template's are.
    enum Case: Sendable { case upper, capitalised, lower }

    /// A part of a template.
    enum Element: Sendable {
        /// `fills` false with FM: no padding; `ordinal` is TH or th.
        case field(Field, Case, fills: Bool, ordinal: Case?)
        /// Text to be copied; read, any character matches.
        case literal(Unicode.Scalar)
        /// A blank or punctuation: read, it matches any one separator, or nothing.
        case separator(Unicode.Scalar)
    }

    let elements: [Element]

    /// Longer names first, as `HH24` begins like `HH`.
    private static let names: [(text: [UInt8], field: Field)] =
        Field.allCases.map { (Array($0.rawValue.utf8), $0) }.sorted { $0.0.count > $1.0.count }

    init(_ template: String) {
        var elements: [Element] = []
        var rest = template.unicodeScalars[...]
        var fills = true
        while let first = rest.first {
            if Self.skip("FM", &rest) || Self.skip("fm", &rest) {
                fills = false
                continue
            }
            if Self.skip("FX", &rest) || Self.skip("fx", &rest) || Self.skip("TM", &rest) {
                continue
            }
            if let (field, letterCase) = Self.field(&rest) {
                var ordinal: Case?
                if Self.skip("TH", &rest) { ordinal = .upper }
                if ordinal == nil, Self.skip("th", &rest) { ordinal = .lower }
                elements.append(.field(field, letterCase, fills: fills, ordinal: ordinal))
                fills = true
                continue
            }
            rest.removeFirst()
            switch first {
            case "\"": elements += Self.quoted(&rest)
            case "\\" where !rest.isEmpty: elements.append(.literal(rest.removeFirst()))
            default:
                elements.append(
                    Self.isSeparator(first) ? .separator(first) : .literal(first))
            }
        }
        self.elements = elements
    }

    private static func skip(_ text: String, _ rest: inout Substring.UnicodeScalarView) -> Bool {
        guard rest.starts(with: text.unicodeScalars) else { return false }
        rest.removeFirst(text.unicodeScalars.count)
        return true
    }

    private static func quoted(_ rest: inout Substring.UnicodeScalarView) -> [Element] {
        var result: [Element] = []
        while let scalar = rest.popFirst(), scalar != "\"" {
            if scalar == "\\", let escaped = rest.popFirst() {
                result.append(.literal(escaped))
            } else {
                result.append(.literal(scalar))
            }
        }
        return result
    }

    private static func field(_ rest: inout Substring.UnicodeScalarView) -> (Field, Case)? {
        for (name, field) in names where matches(name, rest) {
            let letters = rest.prefix(name.count).filter { $0.properties.isAlphabetic }
            rest.removeFirst(name.count)
            let isUpper = { (scalar: Unicode.Scalar) in scalar.value < 0x60 }
            guard let first = letters.first, isUpper(first) else { return (field, .lower) }
            let second = letters.dropFirst().first
            return (field, second.map { isUpper($0) } ?? true ? .upper : .capitalised)
        }
        return nil
    }

    private static func matches(_ name: [UInt8], _ rest: Substring.UnicodeScalarView) -> Bool {
        var index = rest.startIndex
        for byte in name {
            guard index < rest.endIndex else { return false }
            let value = rest[index].value
            let upper = value >= 0x61 && value <= 0x7a ? value - 0x20 : value
            guard upper == UInt32(byte) else { return false }
            index = rest.index(after: index)
        }
        return true
    }

    /// Neither a letter nor a digit.
    static func isSeparator(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: false
        default: scalar.value < 0x7f
        }
    }

    static let monthNames = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September",
        "October", "November", "December",
    ]
    static let dayNames = [
        "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
    ]
    static let romanMonths = [
        "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII",
    ]
}
