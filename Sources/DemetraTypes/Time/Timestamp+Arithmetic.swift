// Times plus intervals, and the intervals between times.

extension Timestamp {
    /// The time so much later: months keep the day where the month has it, else take its last day.
    ///
    /// - Throws: 22008 beyond the calendar.
    package func adding(_ interval: Interval) throws(DemetraError) -> Timestamp {
        guard isFinite else { return self }
        return try addingDate(interval).addingTime(interval.microseconds)
    }

    /// The instant so much later on the clocks of a zone: a day keeps the time of day across a
    /// change of the clocks, 24 hours do not.
    ///
    /// - Throws: 22008 beyond the calendar.
    package func adding(
        _ interval: Interval, in zone: TimeZoneRules
    ) throws(DemetraError) -> Timestamp {
        guard isFinite else { return self }
        guard interval.months != 0 || interval.days != 0 else {
            return try addingTime(interval.microseconds)
        }
        let moved = try zone.instant(zone.local(self).addingDate(interval))
        return try moved.addingTime(interval.microseconds)
    }

    /// - Throws: 22008 beyond the calendar.
    package func addingTime(_ delta: Int64) throws(DemetraError) -> Timestamp {
        let (sum, overflow) = microseconds.addingReportingOverflow(delta)
        if overflow { throw DemetraError(.datetimeFieldOverflow, "timestamp out of range") }
        return try Timestamp(checking: sum)
    }

    /// Adds the months, then the days.
    private func addingDate(_ interval: Interval) throws(DemetraError) -> Timestamp {
        var days = Civil.floorDivide(microseconds, Civil.microsecondsPerDay)
        let time = microseconds - days * Civil.microsecondsPerDay
        if interval.months != 0 {
            let (year, month, day) = Civil.date(days: Int(days))
            let total = year * 12 + month - 1 + Int(interval.months)
            let newYear = Int(Civil.floorDivide(Int64(total), 12))
            let newMonth = total - newYear * 12 + 1
            let newDay = min(day, Civil.daysInMonth(year: newYear, month: newMonth))
            days = Int64(Civil.days(year: newYear, month: newMonth, day: newDay))
        }
        return try Timestamp(days: days + Int64(interval.days), time: time)
    }

    /// The time from `other` to this one, in days and hours.
    ///
    /// - Throws: 22008 for infinity.
    package func since(_ other: Timestamp) throws(DemetraError) -> Interval {
        guard isFinite, other.isFinite else {
            throw DemetraError(.datetimeFieldOverflow, "cannot subtract infinite timestamps")
        }
        let (difference, overflow) = microseconds.subtractingReportingOverflow(
            other.microseconds)
        if overflow { throw Interval.overflow() }
        let days = difference / Civil.microsecondsPerDay
        return Interval(
            days: Int32(truncatingIfNeeded: days),
            microseconds: difference - days * Civil.microsecondsPerDay)
    }

    /// The time from `other` to this one in years, months, days and hours, as a person counts.
    ///
    /// - Throws: 22008 for infinity.
    package func age(since other: Timestamp) throws(DemetraError) -> Interval {
        guard isFinite, other.isFinite else {
            throw DemetraError(.datetimeFieldOverflow, "cannot subtract infinite timestamps")
        }
        guard self >= other else { return try other.age(since: self).negated() }
        let (later, earlier) = (DateTimeFields(self), DateTimeFields(other))
        var months = (later.year - earlier.year) * 12 + later.month - earlier.month
        var days = later.day - earlier.day
        var time = timeOfDay - other.timeOfDay
        if time < 0 {
            time += Civil.microsecondsPerDay
            days -= 1
        }
        if days < 0 {
            // The length of the month of the earlier time decides.
            days += Civil.daysInMonth(year: earlier.year, month: earlier.month)
            months -= 1
        }
        return Interval(
            months: Int32(truncatingIfNeeded: months), days: Int32(truncatingIfNeeded: days),
            microseconds: time)
    }
}

extension CalendarDate {
    /// The day so many days later.
    ///
    /// - Throws: 22008 beyond the calendar.
    package func adding(days count: Int64) throws(DemetraError) -> CalendarDate {
        guard isFinite else { return self }
        let (sum, overflow) = Int64(days).addingReportingOverflow(count)
        if overflow { throw DemetraError(.datetimeFieldOverflow, "date out of range") }
        return try CalendarDate(checking: sum)
    }

    /// The days from `other` to this one.
    ///
    /// - Throws: 22008 for infinity.
    package func days(since other: CalendarDate) throws(DemetraError) -> Int32 {
        guard isFinite, other.isFinite else {
            throw DemetraError(.datetimeFieldOverflow, "cannot subtract infinite dates")
        }
        return days &- other.days
    }
}
