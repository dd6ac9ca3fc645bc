/// The proleptic Gregorian calendar as arithmetic on whole numbers.
///
/// - Source: Neri and Schneider, "Euclidean affine functions and their application to calendar
///   algorithms", 2022; the era form by Howard Hinnant, "chrono-compatible low-level date
///   algorithms".
@usableFromInline
package enum Civil {
    /// Microseconds of a day.
    package static let microsecondsPerDay: Int64 = 86_400_000_000
    /// Microseconds of an hour.
    package static let microsecondsPerHour: Int64 = 3_600_000_000

    /// Days since 1970-01-01; the month may be any number, the day too.
    @inlinable
    package static func days(year: Int, month: Int, day: Int) -> Int {
        let y = month <= 2 ? year - 1 : year
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// Year, month and day of a day number.
    @inlinable
    package static func date(days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra =
            (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// Days of a month.
    package static func daysInMonth(year: Int, month: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Whether February has 29 days.
    package static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// The quotient rounded down, also for negative numbers.
    @inlinable
    package static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
        let quotient = value / divisor
        return value % divisor < 0 ? quotient - 1 : quotient
    }

    /// 0 for Sunday to 6 for Saturday.
    package static func dayOfWeek(days: Int) -> Int {
        let shifted = (days + 4) % 7
        return shifted < 0 ? shifted + 7 : shifted
    }

    /// ISO 8601 week and the year it belongs to.
    package static func isoWeek(days: Int) -> (year: Int, week: Int) {
        let weekday = (dayOfWeek(days: days) + 6) % 7
        // The Thursday of the week decides the year.
        let thursday = days - weekday + 3
        let year = date(days: thursday).year
        let first = self.days(year: year, month: 1, day: 1)
        return (year, (thursday - first) / 7 + 1)
    }
}
