/// The units that `date_trunc` and `extract` know.
package enum DateTimeUnit: String, Sendable, Hashable, CaseIterable {
    case microseconds, milliseconds, second, minute, hour, day, week, month, quarter, year
    case decade, century, millennium
    case dow, isodow, doy, isoyear, epoch, julian
    case timezone

    /// A unit by any of the names PostgreSQL knows.
    package init?(name: String) {
        let name = name.lowercased()
        if let unit = DateTimeUnit(rawValue: name) {
            self = unit
            return
        }
        switch name {
        case "microsecond", "us", "usec", "usecs": self = .microseconds
        case "millisecond", "ms", "msec", "msecs": self = .milliseconds
        case "seconds", "s", "sec", "secs": self = .second
        case "minutes", "m", "min", "mins": self = .minute
        case "hours", "h", "hr", "hrs": self = .hour
        case "days", "d": self = .day
        case "weeks", "w": self = .week
        case "months", "mon", "mons": self = .month
        case "qtr", "quarters": self = .quarter
        case "years", "y", "yr", "yrs": self = .year
        case "decades", "dec", "decs": self = .decade
        case "centuries", "c", "cent": self = .century
        case "millennia", "mil", "mils": self = .millennium
        default: return nil
        }
    }
}

extension Timestamp {
    /// The start of the unit the time lies in.
    ///
    /// - Throws: 22023 for units that cut nothing off.
    package func truncated(to unit: DateTimeUnit) throws(DemetraError) -> Timestamp {
        guard isFinite else { return self }
        func down(to length: Int64) -> Timestamp {
            Timestamp(microseconds: Civil.floorDivide(microseconds, length) * length)
        }
        func start(_ year: Int, _ month: Int) -> Timestamp {
            Timestamp(
                microseconds: Int64(Civil.days(year: year, month: month, day: 1))
                    * Civil.microsecondsPerDay)
        }
        switch unit {
        case .microseconds: return self
        case .milliseconds: return down(to: 1_000)
        case .second: return down(to: 1_000_000)
        case .minute: return down(to: 60_000_000)
        case .hour: return down(to: Civil.microsecondsPerHour)
        case .day: return down(to: Civil.microsecondsPerDay)
        case .week:
            let days = Int(Civil.floorDivide(microseconds, Civil.microsecondsPerDay))
            let monday = days - (Civil.dayOfWeek(days: days) + 6) % 7
            return Timestamp(microseconds: Int64(monday) * Civil.microsecondsPerDay)
        case .month:
            let fields = DateTimeFields(self)
            return start(fields.year, fields.month)
        case .quarter:
            let fields = DateTimeFields(self)
            return start(fields.year, (fields.month - 1) / 3 * 3 + 1)
        case .year: return start(DateTimeFields(self).year, 1)
        case .decade: return start(Int(Civil.floorDivide(Int64(DateTimeFields(self).year), 10)) * 10, 1)
        case .century: return start((DateTimeFields(self).year - 1) / 100 * 100 + 1, 1)
        case .millennium: return start((DateTimeFields(self).year - 1) / 1_000 * 1_000 + 1, 1)
        default:
            throw DemetraError(
                .invalidParameterValue,
                "unit \"\(unit.rawValue)\" not supported for type timestamp without time zone")
        }
    }

    /// A field of the time; seconds carry their fraction.
    ///
    /// - Throws: 22023 for units the type does not have.
    package func field(_ unit: DateTimeUnit) throws(DemetraError) -> Decimal {
        let fields = DateTimeFields(self)
        let days = Int(Civil.floorDivide(microseconds, Civil.microsecondsPerDay))
        func whole(_ value: Int) -> Decimal { Decimal(Int64(value)) }
        switch unit {
        case .microseconds: return whole(fields.second * 1_000_000 + fields.microsecond)
        case .milliseconds:
            return Decimal(
                unscaled: Int128(fields.second * 1_000_000 + fields.microsecond), scale: 3)
        case .second:
            return Decimal(
                unscaled: Int128(fields.second * 1_000_000 + fields.microsecond), scale: 6)
        case .minute: return whole(fields.minute)
        case .hour: return whole(fields.hour)
        case .day: return whole(fields.day)
        case .week: return whole(Civil.isoWeek(days: days).week)
        case .month: return whole(fields.month)
        case .quarter: return whole((fields.month - 1) / 3 + 1)
        case .year: return whole(fields.year > 0 ? fields.year : fields.year - 1)
        case .decade: return whole(Int(Civil.floorDivide(Int64(fields.year), 10)))
        case .century: return whole(fields.year > 0 ? (fields.year + 99) / 100 : fields.year / 100 - 1)
        case .millennium: return whole((fields.year + 999) / 1_000)
        case .dow: return whole(Civil.dayOfWeek(days: days))
        case .isodow: return whole((Civil.dayOfWeek(days: days) + 6) % 7 + 1)
        case .doy: return whole(days - Civil.days(year: fields.year, month: 1, day: 1) + 1)
        case .isoyear: return whole(Civil.isoWeek(days: days).year)
        case .epoch: return Decimal(unscaled: Int128(microseconds), scale: 6)
        case .julian: return whole(days + 2_440_588)
        case .timezone:
            throw DemetraError(
                .invalidParameterValue,
                "unit \"timezone\" not supported for type timestamp without time zone")
        }
    }

    /// The start of the bucket of `width` the time lies in.
    ///
    /// Widths of days and less count from `origin` (2000-01-03, a Monday, by default), widths of
    /// months and years from 2000-01-01.
    ///
    /// - Throws: 22023 for widths that are not positive or mix months with days.
    /// - Source: the behaviour of TimescaleDB and DuckDB.
    package func bucket(
        _ width: Interval, origin: Timestamp? = nil
    ) throws(DemetraError) -> Timestamp {
        guard isFinite else { return self }
        if width.months != 0 {
            guard width.months > 0, width.days == 0, width.microseconds == 0 else {
                throw DemetraError(
                    .invalidParameterValue,
                    "a bucket width must be positive and not mix months with shorter units")
            }
            let start = DateTimeFields(
                origin ?? Timestamp(microseconds: 946_684_800_000_000))
            let fields = DateTimeFields(self)
            let first = start.year * 12 + start.month - 1
            let months = fields.year * 12 + fields.month - 1 - first
            let bucket =
                Civil.floorDivide(Int64(months), Int64(width.months)) * Int64(width.months)
                + Int64(first)
            let year = Civil.floorDivide(bucket, 12)
            let days = Civil.days(year: Int(year), month: Int(bucket - year * 12) + 1, day: 1)
            return Timestamp(microseconds: Int64(days) * Civil.microsecondsPerDay)
        }
        let length = Int64(width.days) * Civil.microsecondsPerDay + width.microseconds
        guard length > 0 else {
            throw DemetraError(
                .invalidParameterValue, "a bucket width must be greater than zero")
        }
        let start = (origin ?? Timestamp(microseconds: Self.bucketOrigin)).microseconds
        return Timestamp(
            microseconds: start + Civil.floorDivide(microseconds - start, length) * length)
    }

    /// 2000-01-03 00:00, a Monday.
    package static let bucketOrigin: Int64 = 946_857_600_000_000
}

extension Interval {
    /// A field of the interval.
    ///
    /// - Throws: 22023 for units an interval does not have.
    package func field(_ unit: DateTimeUnit) throws(DemetraError) -> Decimal {
        func whole(_ value: Int64) -> Decimal { Decimal(value) }
        let seconds = microseconds % 60_000_000
        switch unit {
        case .microseconds: return whole(seconds)
        case .milliseconds: return Decimal(unscaled: Int128(seconds), scale: 3)
        case .second: return Decimal(unscaled: Int128(seconds), scale: 6)
        case .minute: return whole(microseconds / 60_000_000 % 60)
        case .hour: return whole(microseconds / Civil.microsecondsPerHour)
        case .day: return whole(Int64(days))
        case .month: return whole(Int64(months % 12))
        case .quarter: return whole(Int64(months % 12 / 3 + 1))
        case .year: return whole(Int64(months / 12))
        case .decade: return whole(Int64(months / 120))
        case .century: return whole(Int64(months / 1_200))
        case .millennium: return whole(Int64(months / 12_000))
        case .epoch:
            // A year counts 365.25 days, the months left over 30 days each.
            let yearly = Int128(months / 12) * 31_557_600_000_000
            let monthly = Int128(months % 12) * 30 * Int128(Civil.microsecondsPerDay)
            let rest = Int128(days) * Int128(Civil.microsecondsPerDay) + Int128(microseconds)
            return Decimal(unscaled: yearly + monthly + rest, scale: 6)
        default:
            throw DemetraError(
                .invalidParameterValue,
                "unit \"\(unit.rawValue)\" not supported for type interval")
        }
    }
}
