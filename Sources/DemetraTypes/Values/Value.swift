/// One SQL value outside a vector: a literal, a parameter, a cell handed to an app.
///
/// Equality and hashing follow Swift, not SQL: `.null == .null` is true. Never used per row in the engine.
public enum Value: Sendable, Hashable {
    /// SQL NULL.
    case null
    /// A boolean.
    case boolean(Bool)
    /// A smallint, integer or bigint.
    case integer(Int64)
    /// A real or double precision.
    case double(Double)
    /// A numeric.
    case numeric(Decimal)
    /// Text, varchar, json, jsonb or uuid.
    case text(String)
    /// A bytea.
    case bytes([UInt8])
    /// A date.
    case date(CalendarDate)
    /// A time of day, in microseconds since midnight.
    case time(Int64)
    /// A timestamp without time zone.
    case timestamp(Timestamp)
    /// A timestamp with time zone.
    case timestamptz(Timestamp)
    /// An interval.
    case interval(Interval)
    /// An array: its elements in order, NULLs among them.
    case array([Value])

    /// True for NULL.
    ///
    /// By pattern: `self == .null` copies the value to a slot that Swift 6.3 aligns to 8 in debug
    /// builds, where the 16-byte payload of a numeric needs 16, and crashes for texts.
    public var isNull: Bool { if case .null = self { true } else { false } }
}
