/// The text of one or more statements, with values kept apart from it.
///
/// Written as a string literal; interpolated values become parameters, never text, so no value can
/// change what the statement means:
///
/// ```swift
/// let rows = try await db.query("SELECT * FROM campaigns WHERE channel = \(channel) AND roi > \(1.5)")
/// ```
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// The text, with `$1`, `$2`, ... where values belong.
    public let text: String
    /// The values of the parameters, in order.
    public let parameters: [Parameter]

    /// A value with the type it is given to the statement as.
    public struct Parameter: Sendable, Hashable {
        /// The value.
        public let value: Value
        /// Its type.
        public let type: LogicalType

        /// Makes a parameter.
        public init(_ value: Value, _ type: LogicalType) {
            self.value = value
            self.type = type
        }
    }

    /// A statement without values.
    public init(_ text: String) {
        self.text = text
        parameters = []
    }

    /// A statement without values, from a literal.
    public init(stringLiteral value: String) { self.init(value) }

    /// A statement with values.
    public init(stringInterpolation interpolation: StringInterpolation) {
        text = interpolation.text
        parameters = interpolation.parameters
    }

    /// Collects text and values.
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""
        fileprivate var parameters: [Parameter] = []

        /// Room for the literal.
        public init(literalCapacity: Int, interpolationCount: Int) {
            text.reserveCapacity(literalCapacity + interpolationCount * 3)
        }

        /// Adds text.
        public mutating func appendLiteral(_ literal: String) { text += literal }

        /// Adds a text value.
        public mutating func appendInterpolation(_ value: String?) {
            append(value.map { .text($0) } ?? .null, .text)
        }

        /// Adds an integer.
        public mutating func appendInterpolation(_ value: Int?) {
            append(value.map { .integer(Int64($0)) } ?? .null, .bigint)
        }

        /// Adds a floating-point number.
        public mutating func appendInterpolation(_ value: Double?) {
            append(value.map { .double($0) } ?? .null, .double)
        }

        /// Adds a boolean.
        public mutating func appendInterpolation(_ value: Bool?) {
            append(value.map { .boolean($0) } ?? .null, .boolean)
        }

        /// Adds an exact number.
        public mutating func appendInterpolation(_ value: Decimal?) {
            append(value.map { .numeric($0) } ?? .null, .numeric(nil))
        }

        /// Adds a date.
        public mutating func appendInterpolation(_ value: CalendarDate?) {
            append(value.map { .date($0) } ?? .null, .date)
        }

        /// Adds a timestamp without time zone.
        public mutating func appendInterpolation(_ value: Timestamp?) {
            append(value.map { .timestamp($0) } ?? .null, .timestamp)
        }

        /// Adds an array of texts: `WHERE channel = ANY(\(channels))`.
        public mutating func appendInterpolation(_ value: [String]) {
            append(value.rowValue, .array(.text))
        }

        /// Adds an array of integers.
        public mutating func appendInterpolation(_ value: [Int]) {
            append(value.rowValue, .array(.bigint))
        }

        /// Adds an array of floating-point numbers.
        public mutating func appendInterpolation(_ value: [Double]) {
            append(value.rowValue, .array(.double))
        }

        /// Adds an array of exact numbers.
        public mutating func appendInterpolation(_ value: [Decimal]) {
            append(value.rowValue, .array(.numeric(nil)))
        }

        /// Adds an array of dates.
        public mutating func appendInterpolation(_ value: [CalendarDate]) {
            append(value.rowValue, .array(.date))
        }

        private mutating func append(_ value: Value, _ type: LogicalType) {
            parameters.append(Parameter(value, type))
            text += "$\(parameters.count)"
        }
    }
}
