// What `extract` and `date_part` take out of times and intervals.
//
// Source: the chapter on date/time functions of the PostgreSQL 15 documentation.

extension Timestamp {
    /// A field of the time; seconds carry their fraction.
    ///
    /// - Throws: 0A000 for units the type does not have, 22008 for infinity.
    package func field(_ unit: DateTimeUnit) throws(DemetraError) -> Decimal {
        guard isFinite else {
            throw DemetraError(
                .datetimeFieldOverflow, "cannot extract \"\(unit.rawValue)\" from infinity")
        }
        let fields = DateTimeFields(self)
        let days = Int(Civil.floorDivide(microseconds, Civil.microsecondsPerDay))
        let micros = Int128(fields.second * 1_000_000 + fields.microsecond)
        switch unit {
        case .microseconds: return Decimal(unscaled: micros, scale: 0)
        case .milliseconds: return Decimal(unscaled: micros, scale: 3)
        case .second: return Decimal(unscaled: micros, scale: 6)
        case .minute: return Decimal(Int64(fields.minute))
        case .hour: return Decimal(Int64(fields.hour))
        case .epoch: return Decimal(unscaled: Int128(microseconds), scale: 6)
        case .julian:
            let fraction = try Decimal(timeOfDay).divided(by: Decimal(Civil.microsecondsPerDay))
            return try Decimal(Int64(days) + 2_440_588).adding(fraction)
        case .timezone, .timezoneHour, .timezoneMinute:
            throw DemetraError(
                .featureNotSupported,
                "unit \"\(unit.rawValue)\" not supported for type timestamp without time zone")
        default: return Decimal(Int64(Self.dayField(unit, days, fields)))
        }
    }

    /// A field of an instant on the clocks of a zone.
    ///
    /// - Throws: as `field(_:)`.
    package func field(
        _ unit: DateTimeUnit, in zone: TimeZoneRules
    ) throws(DemetraError) -> Decimal {
        let offset = Int64(isFinite ? zone.offset(at: self) : 0)
        switch unit {
        case .epoch: return try field(unit)
        case .timezone: return Decimal(offset)
        case .timezoneHour: return Decimal(offset / 3_600)
        case .timezoneMinute: return Decimal(offset / 60 % 60)
        default: return try zone.local(self).field(unit)
        }
    }

    fileprivate static func dayField(
        _ unit: DateTimeUnit, _ days: Int, _ fields: DateTimeFields
    ) -> Int {
        // There is no year 0 in SQL: 1 BC is -1.
        func counted(_ year: Int) -> Int { year > 0 ? year : year - 1 }
        func floor(_ value: Int, _ divisor: Int) -> Int {
            Int(Civil.floorDivide(Int64(value), Int64(divisor)))
        }
        return switch unit {
        case .day: fields.day
        case .month: fields.month
        case .quarter: (fields.month - 1) / 3 + 1
        case .year: counted(fields.year)
        case .decade: floor(fields.year, 10)
        case .century: counted(floor(fields.year - 1, 100) + 1)
        case .millennium: counted(floor(fields.year - 1, 1_000) + 1)
        case .dow: Civil.dayOfWeek(days: days)
        case .isodow: (Civil.dayOfWeek(days: days) + 6) % 7 + 1
        case .doy: days - Civil.days(year: fields.year, month: 1, day: 1) + 1
        case .week: Civil.isoWeek(days: days).week
        case .isoyear: counted(Civil.isoWeek(days: days).year)
        default: 0
        }
    }
}

extension CalendarDate {
    /// A field of the day: whole numbers, as a date has no clock.
    ///
    /// - Throws: 0A000 for units of a clock, 22008 for infinity.
    package func field(_ unit: DateTimeUnit) throws(DemetraError) -> Decimal {
        guard isFinite else {
            throw DemetraError(
                .datetimeFieldOverflow, "cannot extract \"\(unit.rawValue)\" from infinity")
        }
        switch unit {
        case .microseconds, .milliseconds, .second, .minute, .hour, .timezone, .timezoneHour,
            .timezoneMinute:
            throw DemetraError(
                .featureNotSupported, "unit \"\(unit.rawValue)\" not supported for type date")
        case .epoch: return Decimal(Int64(days) * 86_400)
        case .julian: return Decimal(Int64(days) + 2_440_588)
        default: return Decimal(Int64(wholeField(unit)))
        }
    }

    /// A field of a finite day that is a whole number and no matter of the clock; 0 for other units.
    package func wholeField(_ unit: DateTimeUnit) -> Int {
        var fields = DateTimeFields(Timestamp(microseconds: 0))
        (fields.year, fields.month, fields.day) = Civil.date(days: Int(days))
        return Timestamp.dayField(unit, Int(days), fields)
    }
}

extension Interval {
    /// A field of the interval.
    ///
    /// - Throws: 0A000 for units an interval does not have.
    package func field(_ unit: DateTimeUnit) throws(DemetraError) -> Decimal {
        func whole(_ value: Int32) -> Decimal { Decimal(Int64(value)) }
        let seconds = Int128(microseconds % 60_000_000)
        switch unit {
        case .microseconds: return Decimal(unscaled: seconds, scale: 0)
        case .milliseconds: return Decimal(unscaled: seconds, scale: 3)
        case .second: return Decimal(unscaled: seconds, scale: 6)
        case .minute: return Decimal(microseconds / 60_000_000 % 60)
        case .hour: return Decimal(microseconds / Civil.microsecondsPerHour)
        case .day: return whole(days)
        case .month: return whole(months % 12)
        case .quarter: return whole(months % 12 / 3 + 1)
        case .year: return whole(months / 12)
        case .decade: return whole(months / 120)
        case .century: return whole(months / 1_200)
        case .millennium: return whole(months / 12_000)
        case .epoch:
            // A year counts 365.25 days, the months left over 30 days each.
            let yearly = Int128(months / 12) * 31_557_600_000_000
            let monthly = Int128(months % 12) * 30 * Int128(Civil.microsecondsPerDay)
            let rest = Int128(days) * Int128(Civil.microsecondsPerDay) + Int128(microseconds)
            return Decimal(unscaled: yearly + monthly + rest, scale: 6)
        default:
            throw DemetraError(
                .featureNotSupported, "unit \"\(unit.rawValue)\" not supported for type interval")
        }
    }
}
