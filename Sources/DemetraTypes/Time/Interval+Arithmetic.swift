// Sums, products and order of intervals.
//
// Source: the date/time functions of PostgreSQL 15; months are 30 days and days 24 hours only where
// parts have to be compared or split.

extension Interval {
    static func overflow() -> DemetraError {
        DemetraError(.datetimeFieldOverflow, "interval out of range")
    }

    /// - Throws: 22008 when a part overflows.
    package func adding(_ other: Interval) throws(DemetraError) -> Interval {
        let (months, a) = months.addingReportingOverflow(other.months)
        let (days, b) = days.addingReportingOverflow(other.days)
        let (time, c) = microseconds.addingReportingOverflow(other.microseconds)
        if a || b || c { throw Self.overflow() }
        return Interval(months: months, days: days, microseconds: time)
    }

    /// - Throws: 22008 when a part overflows.
    package func subtracting(_ other: Interval) throws(DemetraError) -> Interval {
        let (months, a) = months.subtractingReportingOverflow(other.months)
        let (days, b) = days.subtractingReportingOverflow(other.days)
        let (time, c) = microseconds.subtractingReportingOverflow(other.microseconds)
        if a || b || c { throw Self.overflow() }
        return Interval(months: months, days: days, microseconds: time)
    }

    /// - Throws: 22008 when a part overflows.
    package func negated() throws(DemetraError) -> Interval {
        guard months != .min, days != .min, microseconds != .min else { throw Self.overflow() }
        return Interval(months: -months, days: -days, microseconds: -microseconds)
    }

    /// The product; fractions of months become days, fractions of days become time.
    ///
    /// - Throws: 22008 when a part overflows.
    package func multiplied(by factor: Double) throws(DemetraError) -> Interval {
        try Self.carrying(
            months: Double(months) * factor, days: Double(days) * factor,
            microseconds: Double(microseconds) * factor)
    }

    /// The quotient.
    ///
    /// - Throws: 22012 for zero, 22008 when a part overflows.
    package func divided(by divisor: Double) throws(DemetraError) -> Interval {
        if divisor == 0 { throw DemetraError(.divisionByZero, "division by zero") }
        return try Self.carrying(
            months: Double(months) / divisor, days: Double(days) / divisor,
            microseconds: Double(microseconds) / divisor)
    }

    /// Whole months and days, and what their fractions are in smaller parts.
    private static func carrying(
        months: Double, days: Double, microseconds: Double
    ) throws(DemetraError) -> Interval {
        guard months.isFinite, days.isFinite, microseconds.isFinite else { throw overflow() }
        let wholeMonths = months.rounded(.towardZero)
        let wholeDays = days.rounded(.towardZero)
        let monthDays = cleaned((months - wholeMonths) * 30)
        let wholeMonthDays = monthDays.rounded(.towardZero)
        var seconds = cleaned((days - wholeDays + monthDays - wholeMonthDays) * 86_400)
        var carriedDays = 0.0
        if seconds.magnitude >= 86_400 {
            carriedDays = (seconds / 86_400).rounded(.towardZero)
            seconds -= carriedDays * 86_400
        }
        let time = (microseconds + seconds * 1_000_000).rounded(.toNearestOrEven)
        guard let months = Int32(exactly: wholeMonths),
            let days = Int32(exactly: wholeDays + carriedDays + wholeMonthDays),
            let micros = Int64(exactly: time)
        else { throw overflow() }
        return Interval(months: months, days: days, microseconds: micros)
    }

    /// Drops the noise of a double beyond a millionth.
    private static func cleaned(_ value: Double) -> Double {
        (value * 1_000_000).rounded(.toNearestOrEven) / 1_000_000
    }

    /// All of it in microseconds, months as 30 days: what intervals are compared by.
    package var comparableMicroseconds: Int128 {
        (Int128(months) * 30 + Int128(days)) * Int128(Civil.microsecondsPerDay)
            + Int128(microseconds)
    }

    /// 24-hour periods of the time become days.
    package func justifyingHours() -> Interval {
        let whole = microseconds / Civil.microsecondsPerDay
        var days = Int64(days) + whole
        var time = microseconds - whole * Civil.microsecondsPerDay
        if days > 0, time < 0 {
            time += Civil.microsecondsPerDay
            days -= 1
        } else if days < 0, time > 0 {
            time -= Civil.microsecondsPerDay
            days += 1
        }
        return Interval(months: months, days: Int32(clamping: days), microseconds: time)
    }

    /// 30-day periods become months.
    package func justifyingDays() -> Interval {
        let whole = days / 30
        var months = Int64(months) + Int64(whole)
        var days = days - whole * 30
        if months > 0, days < 0 {
            days += 30
            months -= 1
        } else if months < 0, days > 0 {
            days -= 30
            months += 1
        }
        return Interval(months: Int32(clamping: months), days: days, microseconds: microseconds)
    }

    /// Hours and days carried up, all parts of one sign.
    package func justifying() -> Interval {
        let day = Int128(Civil.microsecondsPerDay)
        let (months, rest) = comparableMicroseconds.quotientAndRemainder(dividingBy: 30 * day)
        let (days, time) = rest.quotientAndRemainder(dividingBy: day)
        return Interval(
            months: Int32(clamping: months), days: Int32(truncatingIfNeeded: days),
            microseconds: Int64(truncatingIfNeeded: time))
    }

    /// An interval from what `make_interval` takes.
    ///
    /// - Throws: 22008 when a part overflows.
    package init(
        years: Int, months: Int, weeks: Int, days: Int, hours: Int, minutes: Int, seconds: Double
    ) throws(DemetraError) {
        let (yearMonths, a) = years.multipliedReportingOverflow(by: 12)
        let (allMonths, b) = yearMonths.addingReportingOverflow(months)
        let (weekDays, c) = weeks.multipliedReportingOverflow(by: 7)
        let (allDays, d) = weekDays.addingReportingOverflow(days)
        let (hourMinutes, e) = hours.multipliedReportingOverflow(by: 60)
        let (allMinutes, f) = hourMinutes.addingReportingOverflow(minutes)
        let (minuteTime, g) = Int64(allMinutes).multipliedReportingOverflow(by: 60_000_000)
        guard !(a || b || c || d || e || f || g), let wholeMonths = Int32(exactly: allMonths),
            let wholeDays = Int32(exactly: allDays),
            let secondTime = Int64(exactly: (seconds * 1_000_000).rounded(.toNearestOrEven))
        else { throw Self.overflow() }
        let (time, h) = minuteTime.addingReportingOverflow(secondTime)
        if h { throw Self.overflow() }
        self.init(months: wholeMonths, days: wholeDays, microseconds: time)
    }
}
