package import DemetraTypes

/// What became of parsing one field.
package enum FieldOutcome: UInt8, Sendable {
    /// A value was written.
    case parsed
    /// Not the text of a value of the type.
    case malformed
    /// A value, but outside the type's range.
    case outOfRange
    /// A date or time with a part that does not exist, such as month 13.
    case noSuchTime
    /// More characters than the type allows.
    case tooLong
    /// NULL in a column that must have a value.
    case missing
}

extension FieldOutcome {
    /// The error PostgreSQL gives for text `text` that should have been of type `type`.
    package func error(_ text: String, _ type: LogicalType) -> DemetraError {
        switch self {
        case .malformed where type.arrayElement != nil: Self.arrayError(text, type)
        case .parsed, .malformed: Self.syntaxError(text, type)
        case .noSuchTime:
            DemetraError(
                .datetimeFieldOverflow, "date/time field value out of range: \"\(text)\"")
        case .tooLong:
            DemetraError(.stringDataRightTruncation, "value too long for type \(type)")
        case .missing:
            DemetraError(.notNullViolation, "null value violates not-null constraint")
        case .outOfRange: Self.rangeError(text, type)
        }
    }

    private static func syntaxError(_ text: String, _ type: LogicalType) -> DemetraError {
        switch type {
        case .date, .time, .timestamp, .timestamptz, .interval:
            DemetraError(
                .invalidDatetimeFormat,
                "invalid input syntax for type \(type.shortName): \"\(text)\"")
        case .json, .jsonb:
            DemetraError(
                .invalidTextRepresentation, "invalid input syntax for type json",
                detail: "The text is \"\(text)\".")
        default:
            DemetraError(
                .invalidTextRepresentation,
                "invalid input syntax for type \(type.shortName): \"\(text)\"")
        }
    }

    /// What an array's own reader says of it.
    private static func arrayError(_ text: String, _ type: LogicalType) -> DemetraError {
        do throws(DemetraError) {
            _ = try ValueText.parse(text, as: type)
            return syntaxError(text, type)
        } catch {
            return error
        }
    }

    private static func rangeError(_ text: String, _ type: LogicalType) -> DemetraError {
        switch type {
        case .numeric(let modifier?):
            DemetraError(
                .numericValueOutOfRange, "numeric field overflow",
                detail:
                    "A field with precision \(modifier.precision), scale \(modifier.scale) must "
                    + "round to an absolute value less than 10^\(modifier.precision - modifier.scale)."
            )
        case .real, .double:
            DemetraError(
                .numericValueOutOfRange, "\"\(text)\" is out of range for type \(type)")
        case .date, .timestamp, .timestamptz:
            DemetraError(
                .datetimeFieldOverflow, "\(type.shortName) out of range: \"\(text)\"")
        default:
            DemetraError(
                .numericValueOutOfRange,
                "value \"\(text)\" is out of range for type \(type.shortName)")
        }
    }
}

extension LogicalType {
    /// The name messages about values use: without length, precision and scale.
    var shortName: String {
        switch self {
        case .numeric: "numeric"
        case .timestamp: "timestamp"
        case .timestamptz: "timestamp with time zone"
        case .time: "time"
        default: description
        }
    }
}
