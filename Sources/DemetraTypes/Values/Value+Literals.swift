// Values as they are written in an app: literals, and the texts of dates and numbers.

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByNilLiteral
{
    /// A text.
    public init(stringLiteral value: String) { self = .text(value) }

    /// An integer.
    public init(integerLiteral value: Int64) { self = .integer(value) }

    /// A floating-point number.
    public init(floatLiteral value: Double) { self = .double(value) }

    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }

    /// NULL.
    public init(nilLiteral: ()) { self = .null }
}

extension CalendarDate: CustomStringConvertible {
    /// Reads a date such as `2026-03-01`.
    ///
    /// - Throws: 22007 when it is no date, 22008 when a part does not exist, such as month 13.
    public init(_ text: String) throws(DemetraError) {
        guard case .date(let date) = try ValueText.parse(text, as: .date) else {
            throw DemetraError(
                .invalidDatetimeFormat, "invalid input syntax for type date: \"\(text)\"")
        }
        self = date
    }

    /// The date as `2026-03-01`.
    public var description: String { TimestampText.text(self) }
}

extension Timestamp: CustomStringConvertible {
    /// Reads a timestamp such as `2026-03-01 12:30:00`.
    ///
    /// - Throws: 22007 when it is no timestamp, 22008 when a part does not exist, such as hour 25.
    public init(_ text: String) throws(DemetraError) {
        guard case .timestamp(let time) = try ValueText.parse(text, as: .timestamp) else {
            throw DemetraError(
                .invalidDatetimeFormat, "invalid input syntax for type timestamp: \"\(text)\"")
        }
        self = time
    }

    /// The timestamp as `2026-03-01 12:30:00`.
    public var description: String { TimestampText.text(self) }
}

extension Decimal {
    /// Reads a number such as `1234.50`, exactly.
    ///
    /// - Throws: 22P02 when it is no number, 22003 when it has more than 76 digits before the point.
    public init(_ text: String) throws(DemetraError) { self = try Decimal.parse(text) }
}
