// Sums, products and order of intervals, and their sums with timestamps.
//
// Source: the date/time functions of PostgreSQL 15; months are 30 days and days 24 hours only where
// parts have to be compared or split.

extension Interval {
    private static func overflow() -> DemetraError {
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
    package func negated() throws(DemetraError) -> Interval {
        guard months != .min, days != .min, microseconds != .min else { throw Self.overflow() }
        return Interval(months: -months, days: -days, microseconds: -microseconds)
    }

    /// The product; fractions of months become days, fractions of days become time.
    ///
    /// - Throws: 22008 when a part overflows.
    package func multiplied(by factor: Double) throws(DemetraError) -> Interval {
        guard factor.isFinite else { throw Self.overflow() }
        let exactMonths = Double(months) * factor
        let wholeMonths = exactMonths.rounded(.towardZero)
        let exactDays = Double(days) * factor
        let wholeDays = exactDays.rounded(.towardZero)
        var monthRest = Self.cleaned((exactMonths - wholeMonths) * 30)
        let restDays = monthRest.rounded(.towardZero)
        monthRest = Self.cleaned(monthRest - restDays)
        var dayRest = Self.cleaned(exactDays - wholeDays) + monthRest
        var carried = 0.0
        if abs(dayRest) >= 1 {
            carried = dayRest.rounded(.towardZero)
            dayRest -= carried
        }
        let time = (Double(microseconds) * factor + dayRest * 86_400_000_000).rounded(.toNearestOrEven)
        guard let months = Int32(exactly: wholeMonths),
            let days = Int32(exactly: wholeDays + restDays + carried), let micros = Int64(exactly: time)
        else { throw Self.overflow() }
        return Interval(months: months, days: days, microseconds: micros)
    }

    /// Drops the noise of a double beyond a microsecond.
    private static func cleaned(_ value: Double) -> Double {
        (value * 1_000_000).rounded(.toNearestOrEven) / 1_000_000
    }

    /// The quotient.
    ///
    /// - Throws: 22012 for zero, 22008 when a part overflows.
    package func divided(by divisor: Double) throws(DemetraError) -> Interval {
        if divisor == 0 { throw DemetraError(.divisionByZero, "division by zero") }
        return try multiplied(by: 1 / divisor)
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
        return Interval(
            months: months, days: Int32(truncatingIfNeeded: days), microseconds: time)
    }

    /// 30-day periods become months.
    package func justifyingDays() -> Interval {
        let whole = days / 30
        var months = months + whole
        var days = days - whole * 30
        if months > 0, days < 0 {
            days += 30
            months -= 1
        } else if months < 0, days > 0 {
            days -= 30
            months += 1
        }
        return Interval(months: months, days: days, microseconds: microseconds)
    }

    /// Hours and days carried up, all parts of one sign.
    package func justifying() -> Interval {
        let total = comparableMicroseconds
        let monthLength = Int128(30) * Int128(Civil.microsecondsPerDay)
        let months = total / monthLength
        let rest = total - months * monthLength
        let days = rest / Int128(Civil.microsecondsPerDay)
        let time = rest - days * Int128(Civil.microsecondsPerDay)
        return Interval(
            months: Int32(truncatingIfNeeded: months), days: Int32(truncatingIfNeeded: days),
            microseconds: Int64(truncatingIfNeeded: time))
    }
}

extension Timestamp {
    private static func overflow() -> DemetraError {
        DemetraError(.datetimeFieldOverflow, "timestamp out of range")
    }

    /// The time so much later: months keep the day where the month has it, else take its last day.
    ///
    /// - Throws: 22008 beyond the calendar.
    package func adding(_ interval: Interval) throws(DemetraError) -> Timestamp {
        guard isFinite else { return self }
        var result = microseconds
        if interval.months != 0 {
            let fields = DateTimeFields(self)
            let total = fields.year * 12 + fields.month - 1 + Int(interval.months)
            let year = Int(Civil.floorDivide(Int64(total), 12))
            let month = total - year * 12 + 1
            let day = min(fields.day, Civil.daysInMonth(year: year, month: month))
            let time = result - Civil.floorDivide(result, Civil.microsecondsPerDay)
                * Civil.microsecondsPerDay
            let days = Int64(Civil.days(year: year, month: month, day: day))
            let (start, overflow) = days.multipliedReportingOverflow(by: Civil.microsecondsPerDay)
            if overflow { throw Self.overflow() }
            result = start + time
        }
        let (dayPart, a) = Int64(interval.days).multipliedReportingOverflow(
            by: Civil.microsecondsPerDay)
        let (withDays, b) = result.addingReportingOverflow(dayPart)
        let (all, c) = withDays.addingReportingOverflow(interval.microseconds)
        if a || b || c || all == .max || all == .min { throw Self.overflow() }
        return Timestamp(microseconds: all)
    }

    /// The time from `other` to this one, in days and hours.
    ///
    /// - Throws: 22008 for infinity.
    package func since(_ other: Timestamp) throws(DemetraError) -> Interval {
        guard isFinite, other.isFinite else {
            throw DemetraError(.datetimeFieldOverflow, "cannot subtract infinite timestamps")
        }
        let (difference, overflow) = microseconds.subtractingReportingOverflow(other.microseconds)
        if overflow { throw Self.overflow() }
        let days = difference / Civil.microsecondsPerDay
        return Interval(
            days: Int32(truncatingIfNeeded: days),
            microseconds: difference - days * Civil.microsecondsPerDay)
    }

    /// The time from `other` to this one in years, months, days and hours, as a person counts.
    package func age(since other: Timestamp) throws(DemetraError) -> Interval {
        guard self >= other else { return try other.age(since: self).negated() }
        let (later, earlier) = (DateTimeFields(self), DateTimeFields(other))
        var months = (later.year - earlier.year) * 12 + later.month - earlier.month
        var days = later.day - earlier.day
        let day = Civil.microsecondsPerDay
        var time =
            microseconds - Civil.floorDivide(microseconds, day) * day
            - (other.microseconds - Civil.floorDivide(other.microseconds, day) * day)
        if time < 0 {
            time += day
            days -= 1
        }
        while days < 0 {
            // The length of the month of the earlier time decides.
            days += Civil.daysInMonth(year: earlier.year, month: earlier.month)
            months -= 1
        }
        return Interval(months: Int32(months), days: Int32(days), microseconds: time)
    }
}
