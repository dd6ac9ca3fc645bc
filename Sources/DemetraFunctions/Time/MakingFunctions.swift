import DemetraTypes
import DemetraVectors

/// Times made of numbers: `make_date`, `make_timestamp`, `make_interval`; and `isfinite`.
enum MakingFunctions {
    static let all: [ScalarFunction] = dates + timestamps + finiteness

    private static func date(_ values: ArraySlice<Value>) throws(DemetraError) -> CalendarDate {
        let parts = values.map(\.integerOrZero)
        return try CalendarDate(year: parts[0], month: parts[1], day: parts[2])
    }

    /// Microseconds since midnight of hours, minutes and seconds.
    private static func timeOfDay(_ values: ArraySlice<Value>) throws(DemetraError) -> Int64 {
        let parts = Array(values)
        let (hours, minutes) = (parts[0].integerOrZero, parts[1].integerOrZero)
        let seconds = parts[2].doubleOrZero
        let isMidnight = hours == 24 && minutes == 0 && seconds == 0
        guard isMidnight || (0..<24).contains(hours), (0..<60).contains(minutes),
            (0...60).contains(seconds)
        else {
            throw DemetraError(
                .datetimeFieldOverflow, "time field value out of range: \(hours):\(minutes)")
        }
        return Int64(hours * 3_600 + minutes * 60) * 1_000_000
            + Int64((seconds * 1_000_000).rounded())
    }

    private static func timestamp(_ values: [Value]) throws(DemetraError) -> Timestamp {
        let time = try timeOfDay(values[3..<6])
        return Timestamp(microseconds: try date(values[0..<3]).timestamp.microseconds + time)
    }

    private static let timestamps: [ScalarFunction] = {
        let parts: [LogicalType] = [.integer, .integer, .integer, .integer, .integer, .double]
        return [
            ScalarBuilder.function("make_timestamp", parts, .timestamp) {
                (values, _) throws(DemetraError) in .timestamp(try timestamp(values))
            },
            ScalarBuilder.function(
                "make_timestamptz", parts + [.text], .timestamptz, optional: 1, volatility: .stable
            ) { (values, context) throws(DemetraError) in
                let zone =
                    values.count > 6
                    ? try context.timeZones.rules(values[6].textOrEmpty) : context.timeZone
                return .timestamptz(zone.instant(try timestamp(values)))
            },
        ]
    }()

    private static let finiteness: [ScalarFunction] = [
        ScalarBuilder.function("isfinite", [.date], .boolean) { values, _ in
            if case .date(let date) = values[0] { .boolean(date.isFinite) } else { .null }
        },
        ScalarBuilder.function("isfinite", [.timestamp], .boolean) { values, _ in
            .boolean(TimeArguments.timestamp(values[0]).isFinite)
        },
        ScalarBuilder.function("isfinite", [.timestamptz], .boolean) { values, _ in
            .boolean(TimeArguments.timestamp(values[0]).isFinite)
        },
        ScalarBuilder.function("isfinite", [.interval], .boolean) { _, _ in .boolean(true) },
    ]

    private static let dates: [ScalarFunction] = [
        ScalarBuilder.function("make_date", [.integer, .integer, .integer], .date) {
            (values, _) throws(DemetraError) in .date(try date(values[0..<3]))
        },
        ScalarBuilder.function("make_time", [.integer, .integer, .double], .time) {
            (values, _) throws(DemetraError) in .time(try timeOfDay(values[0..<3]))
        },
        ScalarBuilder.function(
            "make_interval",
            [.integer, .integer, .integer, .integer, .integer, .integer, .double], .interval,
            optional: 7
        ) { (values, _) throws(DemetraError) in
            func part(_ index: Int) -> Int {
                index < values.count ? values[index].integerOrZero : 0
            }
            // Hours and minutes of 32 bits fit 64 bits of microseconds; seconds may be anything.
            let seconds = values.count > 6 ? values[6].doubleOrZero : 0
            let time = Int64(part(4) * 3_600 + part(5) * 60) * 1_000_000
            guard let months = Int32(exactly: part(0) * 12 + part(1)),
                let days = Int32(exactly: part(2) * 7 + part(3)),
                let fraction = Int64(exactly: (seconds * 1_000_000).rounded()),
                case let (microseconds, isTooLong) = time.addingReportingOverflow(fraction),
                !isTooLong
            else { throw DemetraError(.datetimeFieldOverflow, "interval out of range") }
            return .interval(Interval(months: months, days: days, microseconds: microseconds))
        },
    ]
}
