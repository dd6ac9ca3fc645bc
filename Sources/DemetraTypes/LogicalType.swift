/// The SQL type of a column, expression or value.
///
/// A logical type says what a value *means*; its `physicalType` says how a vector keeps it.
///
///     logical                       physical          unit
///     smallint, integer             int32
///     bigint                        int64
///     real, double precision        float64           real is rounded to single precision
///     numeric(p <= 18, s)           int64             value * 10^s
///     numeric(p <= 38, s)           int128            value * 10^s
///     numeric(p <= 76, s)           decimal           value * 10^s
///     numeric                       decimal           a scale for each value
///     date                          int32             days since 1970-01-01
///     time                          int64             microseconds since midnight
///     timestamp, timestamptz        int64             microseconds since 1970-01-01 00:00 UTC
///     interval                      interval          months, days, microseconds
///     text, varchar, json, bytea    text              bytes
///     integer[], text[], ...        text              bytes whose order is the arrays' order
///     oid, name, regclass, ...      see `SystemType`
///
/// - Source: the type chapter of the PostgreSQL 15 documentation.
public enum LogicalType: Sendable, Hashable {
    /// True or false.
    case boolean
    /// A 16-bit integer.
    case smallint
    /// A 32-bit integer.
    case integer
    /// A 64-bit integer.
    case bigint
    /// Single precision floating point.
    case real
    /// Double precision floating point.
    case double
    /// Exact decimal; without a modifier each value carries its own scale.
    case numeric(NumericModifier?)
    /// Text of any length.
    case text
    /// Text of at most `limit` code points.
    case varchar(limit: Int?)
    /// A day.
    case date
    /// A time of day.
    case time
    /// A wall-clock time without a zone.
    case timestamp
    /// An instant.
    case timestamptz
    /// A span of months, days and microseconds.
    case interval
    /// JSON kept as its text.
    case json
    /// JSON kept as normalised text.
    case jsonb
    /// Raw bytes.
    case bytea
    /// A universally unique identifier, kept as its 36-character text.
    case uuid
    /// A list of values of another type, which is no list itself.
    indirect case array(LogicalType)
    /// A type of the system catalog.
    case system(SystemType)
    /// The type of NULL and of string literals before their context gives them one.
    case unknown
}

/// Precision and scale of a `numeric(precision, scale)`.
public struct NumericModifier: Sendable, Hashable {
    /// Total digits, 1...76.
    public let precision: Int
    /// Digits after the point, 0...precision.
    public let scale: Int

    /// Makes a modifier from digits in total and after the point.
    public init(precision: Int, scale: Int) {
        self.precision = precision
        self.scale = scale
    }
}

/// How the values of a logical type lie in memory.
package enum PhysicalType: Sendable, Hashable {
    case boolean
    case int32
    case int64
    case float64
    case int128
    case decimal
    case interval
    case text
}

extension LogicalType {
    /// The in-memory form of values of this type.
    package var physicalType: PhysicalType {
        switch self {
        case .boolean: .boolean
        case .smallint, .integer, .date: .int32
        case .bigint, .time, .timestamp, .timestamptz: .int64
        case .real, .double: .float64
        case .numeric(let modifier):
            switch modifier {
            case .none: .decimal
            case .some(let modifier):
                modifier.precision <= 18 ? .int64 : (modifier.precision <= 38 ? .int128 : .decimal)
            }
        case .interval: .interval
        case .text, .varchar, .json, .jsonb, .bytea, .uuid, .array, .unknown: .text
        case .system(let type): type.isNumber ? .int64 : .text
        }
    }

    /// The scale of a `numeric(p, s)`, else 0.
    package var numericScale: Int {
        if case .numeric(let modifier?) = self { modifier.scale } else { 0 }
    }

    /// smallint, integer or bigint.
    package var isInteger: Bool { self == .smallint || self == .integer || self == .bigint }

    /// real or double precision.
    package var isFloat: Bool { self == .real || self == .double }

    /// numeric with or without a modifier.
    package var isNumeric: Bool { if case .numeric = self { true } else { false } }

    /// numeric(p, s) of more digits than 128 bits hold.
    package var isWideNumeric: Bool { physicalType == .decimal && self != .numeric(nil) }

    /// Any type that takes part in arithmetic with others of its kind.
    package var isNumber: Bool { isInteger || isFloat || isNumeric }

    /// text, varchar, a name of the catalog or a literal without a type yet.
    package var isText: Bool {
        switch self {
        case .text, .varchar, .unknown, .system(.name), .system(.char): true
        default: false
        }
    }

    /// The type of the elements of an array or a vector of the catalog; nil for a type that is no list.
    package var arrayElement: LogicalType? {
        switch self {
        case .array(let element): element
        case .system(let type): type.element
        default: nil
        }
    }

    /// The bytes a vector keeps for a value are the text that is shown of it.
    package var isStoredAsShown: Bool {
        switch self {
        case .text, .varchar, .json, .jsonb, .uuid, .unknown: true
        case .system(let type): !type.isNumber && type.element == nil
        default: false
        }
    }

    /// date, timestamp or timestamptz.
    package var isDateTime: Bool { self == .date || self == .timestamp || self == .timestamptz }

    /// The same type without length, precision and scale: what function signatures compare.
    package var unmodified: LogicalType {
        switch self {
        case .numeric: .numeric(nil)
        case .varchar: .varchar(limit: nil)
        case .array(let element): .array(element.unmodified)
        default: self
        }
    }
}

extension LogicalType: CustomStringConvertible {
    /// The name as PostgreSQL's `format_type` spells it.
    public var description: String {
        switch self {
        case .boolean: "boolean"
        case .smallint: "smallint"
        case .integer: "integer"
        case .bigint: "bigint"
        case .real: "real"
        case .double: "double precision"
        case .numeric(let modifier):
            if let modifier {
                "numeric(\(modifier.precision),\(modifier.scale))"
            } else {
                "numeric"
            }
        case .text: "text"
        case .varchar(let limit):
            if let limit { "character varying(\(limit))" } else { "character varying" }
        case .date: "date"
        case .time: "time without time zone"
        case .timestamp: "timestamp without time zone"
        case .timestamptz: "timestamp with time zone"
        case .interval: "interval"
        case .json: "json"
        case .jsonb: "jsonb"
        case .bytea: "bytea"
        case .uuid: "uuid"
        case .array(let element): "\(element)[]"
        case .system(let type): type.description
        case .unknown: "unknown"
        }
    }
}
