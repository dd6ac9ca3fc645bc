/// The proleptic Gregorian calendar as arithmetic on whole numbers.
///
/// - Source: Neri and Schneider, "Euclidean affine functions and their application to calendar
///   algorithms", 2022; the era form by Howard Hinnant, "chrono-compatible low-level date algorithms".
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

/// A point in time as the fields of a calendar and a clock.
package struct DateTimeFields: Sendable, Hashable {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int
    package var microsecond: Int

    /// The fields of a timestamp.
    package init(_ timestamp: Timestamp) {
        let days = Civil.floorDivide(timestamp.microseconds, Civil.microsecondsPerDay)
        let rest = Int(timestamp.microseconds - days * Civil.microsecondsPerDay)
        (year, month, day) = Civil.date(days: Int(days))
        hour = rest / 3_600_000_000
        minute = rest / 60_000_000 % 60
        second = rest / 1_000_000 % 60
        microsecond = rest % 1_000_000
    }
}

extension CalendarDate {
    /// Later than every date.
    package static let infinity = CalendarDate(days: .max)
    /// Earlier than every date.
    package static let minusInfinity = CalendarDate(days: .min)

    /// False for infinity.
    package var isFinite: Bool { days != .max && days != .min }

    /// A date from its parts.
    ///
    /// - Throws: 22008 when there is no such day.
    package init(year: Int, month: Int, day: Int) throws(DemetraError) {
        guard (1...12).contains(month), day >= 1, (-4713...5_874_897).contains(year),
            day <= Civil.daysInMonth(year: year, month: month)
        else {
            throw DemetraError(
                .datetimeFieldOverflow, "date field value out of range: \(year)-\(month)-\(day)")
        }
        self.init(days: Int32(Civil.days(year: year, month: month, day: day)))
    }

    /// Midnight at its start.
    package var timestamp: Timestamp {
        if self == .infinity { return .infinity }
        if self == .minusInfinity { return .minusInfinity }
        return Timestamp(microseconds: Int64(days) * Civil.microsecondsPerDay)
    }
}

extension Timestamp {
    /// Later than every time.
    package static let infinity = Timestamp(microseconds: .max)
    /// Earlier than every time.
    package static let minusInfinity = Timestamp(microseconds: .min)

    /// False for infinity.
    package var isFinite: Bool { microseconds != .max && microseconds != .min }

    /// The day it lies in.
    package var date: CalendarDate {
        if self == .infinity { return .infinity }
        if self == .minusInfinity { return .minusInfinity }
        return CalendarDate(
            days: Int32(truncatingIfNeeded: Civil.floorDivide(microseconds, Civil.microsecondsPerDay)))
    }
}
