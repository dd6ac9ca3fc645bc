/// A day of the proleptic Gregorian calendar.
public struct CalendarDate: Sendable, Hashable, Comparable, BitwiseCopyable {
    /// Days since 1970-01-01; `Int32.max` and `Int32.min` are infinity and -infinity.
    public let days: Int32

    /// Makes a date from days since 1970-01-01.
    public init(days: Int32) { self.days = days }

    /// Earlier days come first.
    public static func < (left: CalendarDate, right: CalendarDate) -> Bool {
        left.days < right.days
    }
}

/// A point on the time line, or on a wall clock without a zone.
public struct Timestamp: Sendable, Hashable, Comparable, BitwiseCopyable {
    /// Microseconds since 1970-01-01 00:00 (UTC for instants); `Int64.max` and `Int64.min` are
    /// infinity and -infinity.
    public let microseconds: Int64

    /// Makes a timestamp from microseconds since 1970.
    public init(microseconds: Int64) { self.microseconds = microseconds }

    /// Earlier times come first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.microseconds < right.microseconds
    }
}

/// A span of time whose parts PostgreSQL keeps apart: a month has no fixed days, a day no fixed hours.
public struct Interval: Sendable, Hashable, BitwiseCopyable {
    /// Whole months; a year is 12.
    public let months: Int32
    /// Whole days.
    public let days: Int32
    /// Microseconds.
    public let microseconds: Int64

    /// Makes an interval from its three parts.
    public init(months: Int32 = 0, days: Int32 = 0, microseconds: Int64 = 0) {
        self.months = months
        self.days = days
        self.microseconds = microseconds
    }
}
