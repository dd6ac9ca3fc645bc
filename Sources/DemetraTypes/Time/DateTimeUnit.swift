/// The units that `date_trunc` and `extract` know.
package enum DateTimeUnit: String, Sendable, Hashable, CaseIterable {
    case microseconds, milliseconds, second, minute, hour, day, week, month, quarter, year
    case decade, century, millennium
    case dow, isodow, doy, isoyear, epoch, julian
    case timezone
    case timezoneHour = "timezone_hour"
    case timezoneMinute = "timezone_minute"

    /// A unit by any of the names PostgreSQL knows.
    package init?(name: String) {
        let name = name.lowercased()
        guard let unit = DateTimeUnit(rawValue: name) ?? Self.synonyms[name] else { return nil }
        self = unit
    }

    private static let synonyms: [String: DateTimeUnit] = [
        "microsecond": .microseconds, "us": .microseconds, "usec": .microseconds,
        "usecs": .microseconds, "useconds": .microseconds,
        "millisecond": .milliseconds, "ms": .milliseconds, "msec": .milliseconds,
        "msecs": .milliseconds, "mseconds": .milliseconds,
        "seconds": .second, "s": .second, "sec": .second, "secs": .second,
        "minutes": .minute, "m": .minute, "min": .minute, "mins": .minute,
        "hours": .hour, "h": .hour, "hr": .hour, "hrs": .hour,
        "days": .day, "d": .day,
        "weeks": .week, "w": .week,
        "months": .month, "mon": .month, "mons": .month,
        "quarters": .quarter, "qtr": .quarter,
        "years": .year, "y": .year, "yr": .year, "yrs": .year,
        "decades": .decade, "dec": .decade, "decs": .decade,
        "centuries": .century, "c": .century, "cent": .century,
        "millennia": .millennium, "mil": .millennium, "mils": .millennium,
    ]
}

extension Timestamp {
    /// The start of the unit the time lies in.
    ///
    /// - Throws: 22023 for units that cut nothing off, 22008 beyond the calendar.
    package func truncated(to unit: DateTimeUnit) throws(DemetraError) -> Timestamp {
        guard isFinite else { return self }
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
            return try Timestamp(days: Int64(monday), time: 0)
        case .month, .quarter, .year, .decade, .century, .millennium:
            let fields = DateTimeFields(self)
            switch unit {
            case .month: return try Self.start(fields.year, fields.month)
            case .quarter: return try Self.start(fields.year, (fields.month - 1) / 3 * 3 + 1)
            case .year: return try Self.start(fields.year, 1)
            case .decade: return try Self.start(Self.floor(fields.year, 10) * 10, 1)
            // Centuries begin with the year 1.
            case .century: return try Self.start(Self.floor(fields.year - 1, 100) * 100 + 1, 1)
            default: return try Self.start(Self.floor(fields.year - 1, 1_000) * 1_000 + 1, 1)
            }
        default:
            throw DemetraError(
                .invalidParameterValue,
                "unit \"\(unit.rawValue)\" not recognized for type timestamp without time zone")
        }
    }

    private func down(to length: Int64) -> Timestamp {
        Timestamp(microseconds: Civil.floorDivide(microseconds, length) * length)
    }

    private static func start(_ year: Int, _ month: Int) throws(DemetraError) -> Timestamp {
        try Timestamp(days: Int64(Civil.days(year: year, month: month, day: 1)), time: 0)
    }

    private static func floor(_ value: Int, _ divisor: Int) -> Int {
        Int(Civil.floorDivide(Int64(value), Int64(divisor)))
    }
}

extension Interval {
    /// The interval without what is smaller than the unit.
    ///
    /// - Throws: 22023 for units that cut nothing off, 0A000 for weeks.
    package func truncated(to unit: DateTimeUnit) throws(DemetraError) -> Interval {
        func time(_ length: Int64) -> Interval {
            Interval(months: months, days: days, microseconds: microseconds / length * length)
        }
        func calendar(_ length: Int32) -> Interval {
            Interval(months: months / length * length, days: 0, microseconds: 0)
        }
        switch unit {
        case .microseconds: return self
        case .milliseconds: return time(1_000)
        case .second: return time(1_000_000)
        case .minute: return time(60_000_000)
        case .hour: return time(Civil.microsecondsPerHour)
        case .day: return Interval(months: months, days: days, microseconds: 0)
        case .month: return calendar(1)
        case .quarter: return calendar(3)
        case .year: return calendar(12)
        case .decade: return calendar(120)
        case .century: return calendar(1_200)
        case .millennium: return calendar(12_000)
        case .week:
            throw DemetraError(
                .featureNotSupported, "unit \"week\" not supported for type interval",
                detail: "Months usually have fractional weeks.")
        default:
            throw DemetraError(
                .invalidParameterValue,
                "unit \"\(unit.rawValue)\" not recognized for type interval")
        }
    }
}
