import DemetraTypes

/// A time or an interval as the fields that a template can show.
struct ShownTime {
    var year = 0
    var month = 0
    var day = 0
    var hour = 0
    var minute = 0
    var second = 0
    var microsecond = 0
    /// Day number since 1970; nil for intervals, which have no place in the calendar.
    var dayNumber: Int?
    /// Seconds east of UTC and the zone's name; nil for times without a zone.
    var zone: (offset: Int, name: String)?

    /// A local time.
    init(_ local: Timestamp, zone: (offset: Int, name: String)? = nil) {
        let fields = DateTimeFields(local)
        (year, month, day) = (fields.year, fields.month, fields.day)
        (hour, minute, second) = (fields.hour, fields.minute, fields.second)
        microsecond = fields.microsecond
        dayNumber = Int(Civil.floorDivide(local.microseconds, Civil.microsecondsPerDay))
        self.zone = zone
    }

    /// An interval: hours may be more than a day has.
    init(_ interval: Interval) {
        (year, month) = (Int(interval.months) / 12, Int(interval.months) % 12)
        day = Int(interval.days)
        let time = interval.microseconds
        hour = Int(time / Civil.microsecondsPerHour)
        minute = Int(time / 60_000_000 % 60)
        second = Int(time / 1_000_000 % 60)
        microsecond = Int(time % 1_000_000)
    }
}

extension TimePattern {
    /// The time by the template.
    ///
    /// - Throws: 22007 when an interval is to be shown by fields of the calendar.
    func text(_ time: ShownTime) throws(DemetraError) -> String {
        var result = ""
        for element in elements {
            switch element {
            case .literal(let scalar), .separator(let scalar):
                result.unicodeScalars.append(scalar)
            case .field(let field, let letterCase, let fills, let ordinal):
                if time.dayNumber == nil, field.needsCalendar {
                    throw DemetraError(
                        .invalidDatetimeFormat,
                        "invalid format specification for an interval value",
                        detail: "\"\(field.rawValue)\" names a place in the calendar.",
                        hint: "Intervals are not tied to specific calendar dates.")
                }
                var text = Self.text(field, time, letterCase, fills: fills)
                if let ordinal, let number = Int(text.drop { $0 == " " }) {
                    let suffix = Self.ordinalSuffix(number)
                    text += ordinal == .upper ? suffix.uppercased() : suffix
                }
                result += text
            }
        }
        return result
    }

    static func ordinalSuffix(_ number: Int) -> String {
        let (tens, units) = (abs(number) / 10 % 10, abs(number) % 10)
        if tens == 1 { return "th" }
        return units == 1 ? "st" : (units == 2 ? "nd" : (units == 3 ? "rd" : "th"))
    }

    private static func text(
        _ field: Field, _ time: ShownTime, _ letterCase: Case, fills: Bool
    ) -> String {
        func number(_ value: Int, _ width: Int) -> String {
            padded(value, to: fills ? width : 0)
        }
        switch field {
        case .hour, .hour12: return number(time.hour % 12 == 0 ? 12 : time.hour % 12, 2)
        case .hour24: return number(time.hour, 2)
        case .minute: return number(time.minute, 2)
        case .second: return number(time.second, 2)
        case .millisecond, .fraction3: return padded(time.microsecond / 1_000, to: 3)
        case .microsecond, .fraction6: return padded(time.microsecond, to: 6)
        case .fraction1: return padded(time.microsecond / 100_000, to: 1)
        case .fraction2: return padded(time.microsecond / 10_000, to: 2)
        case .fraction4: return padded(time.microsecond / 100, to: 4)
        case .fraction5: return padded(time.microsecond / 10, to: 5)
        case .secondOfDay, .secondsOfDay:
            return String(time.hour * 3_600 + time.minute * 60 + time.second)
        case .meridiem, .meridiemPM:
            return cased(isAfternoon(time) ? "PM" : "AM", letterCase)
        case .meridiemDots, .meridiemPMDots:
            return cased(isAfternoon(time) ? "P.M." : "A.M.", letterCase)
        case .zone: return cased(time.zone?.name ?? "", letterCase)
        case .zoneHour:
            let offset = time.zone?.offset ?? 0
            return (offset < 0 ? "-" : "+") + padded(abs(offset) / 3_600, to: 2)
        case .zoneMinute: return padded(abs(time.zone?.offset ?? 0) / 60 % 60, to: 2)
        case .offset:
            let offset = time.zone?.offset ?? 0
            let hours = (offset < 0 ? "-" : "+") + padded(abs(offset) / 3_600, to: 2)
            let minutes = abs(offset) / 60 % 60
            return minutes == 0 ? hours : hours + ":" + padded(minutes, to: 2)
        default: return dayText(field, time, letterCase, fills: fills)
        }
    }

    private static func isAfternoon(_ time: ShownTime) -> Bool { abs(time.hour) % 24 >= 12 }

    /// The year as SQL counts it: 1 BC is before 1.
    private static func shownYear(_ time: ShownTime) -> Int {
        time.dayNumber == nil ? time.year : (time.year > 0 ? time.year : 1 - time.year)
    }

    private static func dayText(
        _ field: Field, _ time: ShownTime, _ letterCase: Case, fills: Bool
    ) -> String {
        func number(_ value: Int, _ width: Int) -> String {
            padded(value, to: fills ? width : 0)
        }
        func name(_ text: String, _ width: Int) -> String {
            let text = cased(text, letterCase)
            return fills ? text + String(repeating: " ", count: max(0, width - text.count)) : text
        }
        let year = shownYear(time)
        switch field {
        case .yearComma: return String(year / 1_000) + "," + padded(year % 1_000, to: 3)
        case .year: return number(year, 4)
        case .year3: return number(year % 1_000, 3)
        case .year2: return number(year % 100, 2)
        case .year1: return String(year % 10)
        case .era, .eraAD: return cased(time.year > 0 ? "AD" : "BC", letterCase)
        case .eraDots, .eraADDots: return cased(time.year > 0 ? "A.D." : "B.C.", letterCase)
        case .monthName: return time.month == 0 ? "" : name(monthNames[time.month - 1], 9)
        case .monthShort:
            return time.month == 0
                ? "" : cased(String(monthNames[time.month - 1].prefix(3)), letterCase)
        case .month: return number(time.month, 2)
        case .monthRoman: return time.month == 0 ? "" : name(romanMonths[time.month - 1], 4)
        case .day: return number(time.day, 2)
        case .century:
            return number(year % 100 == 0 ? year / 100 : year / 100 + 1, 2)
        case .quarter: return time.month == 0 ? "" : String((time.month - 1) / 3 + 1)
        case .weekOfMonth: return String((time.day - 1) / 7 + 1)
        default: return time.dayNumber.map { calendarText(field, $0, name, number) } ?? ""
        }
    }

    /// Fields that need a place in the calendar.
    private static func calendarText(
        _ field: Field, _ dayNumber: Int, _ name: (String, Int) -> String,
        _ number: (Int, Int) -> String
    ) -> String {
        let date = CalendarDate(days: Int32(truncatingIfNeeded: dayNumber))
        let weekday = Civil.dayOfWeek(days: dayNumber)
        let iso = Civil.isoWeek(days: dayNumber)
        switch field {
        case .dayName: return name(dayNames[weekday], 9)
        case .dayShort: return name(String(dayNames[weekday].prefix(3)), 3)
        case .dayOfYear: return number(date.wholeField(.doy), 3)
        case .isoDayOfYear: return number((iso.week - 1) * 7 + (weekday + 6) % 7 + 1, 3)
        case .dayOfWeek: return String(weekday + 1)
        case .isoDayOfWeek: return String(weekday == 0 ? 7 : weekday)
        case .weekOfYear: return number((date.wholeField(.doy) - 1) / 7 + 1, 2)
        case .isoWeek: return number(iso.week, 2)
        case .isoYear: return number(iso.year, 4)
        case .isoYear3: return number(iso.year % 1_000, 3)
        case .isoYear2: return number(iso.year % 100, 2)
        case .isoYear1: return String(iso.year % 10)
        case .julian: return String(dayNumber + 2_440_588)
        default: return ""
        }
    }

    /// Zeros in front up to a width; a minus does not count.
    static func padded(_ value: Int, to width: Int) -> String {
        let digits = String(abs(value))
        let zeros = String(repeating: "0", count: max(0, width - digits.count))
        return (value < 0 ? "-" : "") + zeros + digits
    }

    private static func cased(_ text: String, _ letterCase: Case) -> String {
        switch letterCase {
        case .upper: text.uppercased()
        case .lower: text.lowercased()
        case .capitalised: text
        }
    }
}
