import DemetraTypes

/// A run of days, both ends included.
struct DayPeriod: Sendable, Equatable {
    /// Days since 1970.
    let days: ClosedRange<Int64>

    /// The number of days.
    var count: Int { days.count }

    /// Reads an argument: `'2026-01-01/2026-01-31'`, `'2026-01'`, one date, or an array of two.
    ///
    /// - Throws: 42883 when it is missing, 22023 for NULL, an infinite or a reversed period, 42804 for
    ///   other types.
    init(_ name: String, _ call: FunctionArguments) throws(DemetraError) {
        do throws(DemetraError) {
            days = try Self.days(name, try call.value(name))
        } catch { throw error.at(call.range(name)) }
    }

    private static func days(
        _ name: String, _ value: Value?
    ) throws(DemetraError) -> ClosedRange<Int64> {
        let hint = "Write \(name) => '2026-01-01/2026-01-31'; both days belong to the period."
        let ends: [ClosedRange<Int64>]
        switch value {
        case .none:
            throw DemetraError(
                .undefinedFunction, "DRIVERS needs the argument \"\(name)\"", hint: hint)
        case .some(.null):
            throw DemetraError(
                .invalidParameterValue, "argument \"\(name)\" of DRIVERS must not be NULL")
        case .some(.text(let text)):
            var found: [ClosedRange<Int64>] = []
            for part in text.split(separator: "/", omittingEmptySubsequences: false) {
                found.append(try span(.text(ArgumentList.parts(String(part)).first ?? ""), name))
            }
            ends = found
        case .some(.array(let values)):
            var found: [ClosedRange<Int64>] = []
            for value in values { found.append(try span(value, name)) }
            ends = found
        case .some(let value): ends = [try span(value, name)]
        }
        guard let first = ends.first, let last = ends.last, ends.count <= 2 else {
            throw DemetraError(
                .invalidParameterValue, "argument \"\(name)\" must have a first and a last day",
                hint: hint)
        }
        guard first.lowerBound <= last.upperBound else {
            throw DemetraError(
                .invalidParameterValue, "argument \"\(name)\" ends before it begins", hint: hint)
        }
        return first.lowerBound...last.upperBound
    }

    /// A day, or the days of a month such as 2026-01.
    private static func span(
        _ value: Value, _ name: String
    ) throws(DemetraError) -> ClosedRange<Int64> {
        switch value {
        case .date(let date) where date.isFinite:
            return Int64(date.days)...Int64(date.days)
        case .timestamp(let time), .timestamptz(let time):
            let day = DayColumn.day(time.microseconds)
            guard time.isFinite else { break }
            return day...day
        case .text(let text):
            if text.utf8.count == 7, text.utf8.dropFirst(4).first == UInt8(ascii: "-") {
                return try month(text)
            }
            return try span(try ValueText.parse(text, as: .date), name)
        case .date: break
        default:
            throw DemetraError(
                .datatypeMismatch, "argument \"\(name)\" of DRIVERS must be a period of days",
                hint: "Write \(name) => '2026-01-01/2026-01-31', or an array of two dates.")
        }
        throw DemetraError(
            .invalidParameterValue, "argument \"\(name)\" of DRIVERS must be finite")
    }

    private static func month(_ text: String) throws(DemetraError) -> ClosedRange<Int64> {
        guard case .date(let first) = try ValueText.parse(text + "-01", as: .date) else {
            throw DemetraError(.invalidParameterValue, "'\(text)' is no month")
        }
        // The next month begins within 31 days; its first day is the one after the last.
        var last = Int64(first.days) + 27
        for length in 29...31 {
            let day = "\(text)-\(length)"
            do throws(DemetraError) {
                if case .date(let date) = try ValueText.parse(day, as: .date) {
                    last = Int64(date.days)
                }
            } catch { break }
        }
        return Int64(first.days)...last
    }
}
