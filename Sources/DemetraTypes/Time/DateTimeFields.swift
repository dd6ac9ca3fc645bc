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
    /// 4714-11-24 BC, where the Julian day count starts.
    package static let firstDays: Int32 = -2_440_588
    /// 5874897-12-31.
    package static let lastDays: Int32 = 2_145_042_905

    /// False for infinity.
    package var isFinite: Bool { days != .max && days != .min }

    /// A date from a day number.
    ///
    /// - Throws: 22008 beyond the calendar.
    package init(checking days: Int64) throws(DemetraError) {
        guard days >= Int64(Self.firstDays), days <= Int64(Self.lastDays) else {
            throw DemetraError(.datetimeFieldOverflow, "date out of range")
        }
        self.init(days: Int32(days))
    }

    /// A date from its parts; the year before year 1 is -1.
    ///
    /// - Throws: 22008 when there is no such day.
    package init(year: Int, month: Int, day: Int) throws(DemetraError) {
        let astronomical = year < 0 ? year + 1 : year
        guard (1...12).contains(month), day >= 1, year != 0, abs(year) < 6_000_000,
            day <= Civil.daysInMonth(year: astronomical, month: month)
        else {
            throw DemetraError(
                .datetimeFieldOverflow,
                "date field value out of range: \(year)-\(Self.padded(month))-\(Self.padded(day))")
        }
        try self.init(checking: Int64(Civil.days(year: astronomical, month: month, day: day)))
    }

    private static func padded(_ value: Int) -> String {
        (0..<10).contains(value) ? "0\(value)" : String(value)
    }

    /// Midnight at its start; infinity for dates behind the last timestamp.
    package var timestamp: Timestamp {
        if days == .min { return .minusInfinity }
        let (start, overflow) = Int64(days).multipliedReportingOverflow(
            by: Civil.microsecondsPerDay)
        return overflow || start >= Timestamp.end
            ? .infinity : Timestamp(microseconds: max(start, Timestamp.first))
    }

    /// Midnight at its start.
    ///
    /// - Throws: 22008 for dates behind the last timestamp.
    package func startOfDay() throws(DemetraError) -> Timestamp {
        let start = timestamp
        guard start.isFinite == isFinite else {
            throw DemetraError(.datetimeFieldOverflow, "date out of range for timestamp")
        }
        return start
    }
}

extension Timestamp {
    /// Later than every time.
    package static let infinity = Timestamp(microseconds: .max)
    /// Earlier than every time.
    package static let minusInfinity = Timestamp(microseconds: .min)
    /// 4714-11-24 00:00 BC, the first time.
    package static let first: Int64 = -210_866_803_200_000_000
    /// 294247-01-01 00:00, behind the last time: 64 bits of microseconds since 1970 end ten days
    /// later.
    package static let end: Int64 = 9_223_371_244_800_000_000

    /// False for infinity.
    package var isFinite: Bool { microseconds != .max && microseconds != .min }

    /// A time from microseconds since 1970.
    ///
    /// - Throws: 22008 beyond the calendar.
    package init(checking microseconds: Int64) throws(DemetraError) {
        guard microseconds >= Self.first, microseconds < Self.end else {
            throw DemetraError(.datetimeFieldOverflow, "timestamp out of range")
        }
        self.init(microseconds: microseconds)
    }

    /// A time from a day number and the microseconds since its midnight.
    ///
    /// - Throws: 22008 beyond the calendar.
    package init(days: Int64, time: Int64) throws(DemetraError) {
        let (start, overflow) = days.multipliedReportingOverflow(by: Civil.microsecondsPerDay)
        let (sum, carry) = start.addingReportingOverflow(time)
        if overflow || carry {
            throw DemetraError(.datetimeFieldOverflow, "timestamp out of range")
        }
        try self.init(checking: sum)
    }

    /// A time from its fields as `make_timestamp` takes them; the year before year 1 is -1.
    ///
    /// - Throws: 22008 when there is no such time.
    package init(
        year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Double
    ) throws(DemetraError) {
        let date = try CalendarDate(year: year, month: month, day: day)
        let isEndOfDay = hour == 24 && minute == 0 && second == 0
        guard (0..<24).contains(hour) || isEndOfDay, (0..<60).contains(minute),
            second >= 0, second <= 60
        else {
            throw DemetraError(.datetimeFieldOverflow, "time field value out of range")
        }
        let time = Int64(hour * 3_600 + minute * 60) * 1_000_000
        try self.init(
            days: Int64(date.days),
            time: time + Int64((second * 1_000_000).rounded(.toNearestOrEven)))
    }

    /// The day it lies in.
    package var date: CalendarDate {
        if self == .infinity { return .infinity }
        if self == .minusInfinity { return .minusInfinity }
        return CalendarDate(
            days: Int32(
                truncatingIfNeeded: Civil.floorDivide(microseconds, Civil.microsecondsPerDay)))
    }

    /// Microseconds since midnight.
    package var timeOfDay: Int64 {
        microseconds &- Civil.floorDivide(microseconds, Civil.microsecondsPerDay)
            &* Civil.microsecondsPerDay
    }
}
