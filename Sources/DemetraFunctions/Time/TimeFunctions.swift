import DemetraTypes
import DemetraVectors

/// Functions over dates, times and intervals.
///
/// Safe because every output has room for a batch's rows, and rows are below the count of their buffers.
enum TimeFunctions {
    static let all: [ScalarFunction] =
        truncation + buckets + FieldFunctions.all + current + zones + making + intervals

    private static func unit(_ value: Value) throws(DemetraError) -> DateTimeUnit {
        try TimeArguments.unit(value)
    }

    private static func timestamp(_ value: Value) -> Timestamp { TimeArguments.timestamp(value) }

    // MARK: Truncation

    /// Rows one after the other mostly fall into the same unit: the last start is remembered, and that no unit
    /// is shorter than `leastLength` microseconds.
    private static func truncated(
        _ vector: Vector, _ count: Int, leastLength: Int64,
        _ start: (Timestamp) throws(DemetraError) -> Timestamp, type: LogicalType
    ) throws(DemetraError) -> Vector {
        let flat = vector.flattened()
        let builder = BufferBuilder<Int64>(capacity: count)
        let output = builder.pointer
        let isDate = flat.type == .date
        var (low, high): (Int64, Int64) = (1, 0)
        for row in 0..<count {
            output[row] = 0
            let raw: Int64
            switch flat.storage {
            case .int32(let buffer):
                raw = isDate ? CalendarDate(days: buffer.pointer[row]).timestamp.microseconds : 0
            case .int64(let buffer): raw = buffer.pointer[row]
            default: raw = 0
            }
            if raw >= low, raw < high {
                output[row] = low
                continue
            }
            guard flat.isValid(row) else { continue }
            let time = Timestamp(microseconds: raw)
            let begin = try start(time)
            output[row] = begin.microseconds
            if time.isFinite {
                low = begin.microseconds
                let (end, overflow) = low.addingReportingOverflow(leastLength)
                high = overflow ? low : end
            }
        }
        return Vector(
            type: type, count: count, validity: flat.validity,
            storage: .int64(builder.freeze(count: count)))
    }

    /// Microseconds that every unit has at least: months and years are not all equally long.
    private static func leastLength(_ unit: DateTimeUnit) -> Int64 {
        let day = Civil.microsecondsPerDay
        return switch unit {
        case .microseconds: 1
        case .milliseconds: 1_000
        case .second: 1_000_000
        case .minute: 60_000_000
        case .hour: Civil.microsecondsPerHour
        case .day: day
        case .week: 7 * day
        case .month: 28 * day
        case .quarter: 90 * day
        case .year: 365 * day
        case .decade: 3_652 * day
        default: 36_524 * day
        }
    }

    private static func leastLength(_ width: Interval) -> Int64 {
        width.months > 0
            ? Int64(width.months) * 28 * Civil.microsecondsPerDay : width.fixedMicroseconds ?? 0
    }

    /// As `truncated(to: .month)`: the day of the month is all that has to be known.
    private static func monthStart(_ time: Timestamp) throws(DemetraError) -> Timestamp {
        guard time.isFinite else { return time }
        let day = Civil.floorDivide(time.microseconds, Civil.microsecondsPerDay)
        let first = day - Int64(Civil.date(days: Int(day)).day - 1)
        return try Timestamp(checking: first * Civil.microsecondsPerDay)
    }

    private static let truncation: [ScalarFunction] =
        [LogicalType.timestamp, .date].map { type in
            ScalarFunction(
                "date_trunc", Signature([.type(.text), .type(type)], result: .fixed(.timestamp)),
                isMonotonic: true
            ) { (arguments, count, _) throws(DemetraError) in
                let isUniform = arguments[0].isConstant && count > 0 && arguments[0].isValid(0)
                if !isUniform {
                    return try byRow(arguments, count, .timestamp) {
                        (values) throws(DemetraError) in
                        .timestamp(try timestamp(values[1]).truncated(to: try unit(values[0])))
                    }
                }
                let truncationUnit = try unit(arguments[0].value(at: 0))
                let least = leastLength(truncationUnit)
                if truncationUnit == .month {
                    return try truncated(
                        arguments[1], count, leastLength: least,
                        { (time) throws(DemetraError) in
                            try monthStart(time)
                        }, type: .timestamp)
                }
                return try truncated(
                    arguments[1], count, leastLength: least,
                    { (time) throws(DemetraError) in
                        try time.truncated(to: truncationUnit)
                    }, type: .timestamp)
            }
        }
        + [
            ScalarBuilder.function(
                "date_trunc", [.text, .timestamptz, .text], .timestamptz, optional: 1,
                volatility: .stable
            ) { (values, context) throws(DemetraError) in
                let zone =
                    values.count > 2
                    ? try context.timeZones.rules(values[2].textOrEmpty) : context.timeZone
                let local = zone.local(timestamp(values[1]))
                return .timestamptz(zone.instant(try local.truncated(to: try unit(values[0]))))
            }
        ]

    private static func byRow(
        _ arguments: [Vector], _ count: Int, _ type: LogicalType,
        _ body: ([Value]) throws(DemetraError) -> Value
    ) throws(DemetraError) -> Vector {
        var builder = VectorBuilder(type: type, capacity: count)
        for row in 0..<count {
            if arguments.contains(where: { !$0.isValid(row) }) {
                builder.appendNull()
            } else {
                builder.append(try body(arguments.map { $0.value(at: row) }))
            }
        }
        return builder.finish()
    }

    // MARK: Buckets

    private static let buckets: [ScalarFunction] = [
        bucket(.timestamp, .timestamp), bucket(.date, .date),
        ScalarBuilder.function("time_bucket", [.interval, .timestamp, .timestamp], .timestamp) {
            (values, _) throws(DemetraError) in
            guard case .interval(let width) = values[0] else { return .null }
            return .timestamp(
                try timestamp(values[1]).bucket(width, origin: timestamp(values[2])))
        },
        ScalarBuilder.function("time_bucket", [.interval, .timestamp, .interval], .timestamp) {
            (values, _) throws(DemetraError) in
            guard case .interval(let width) = values[0], case .interval(let offset) = values[2]
            else {
                return .null
            }
            let moved = try timestamp(values[1]).adding(try offset.negated())
            return .timestamp(try moved.bucket(width).adding(offset))
        },
        ScalarBuilder.function(
            "time_bucket", [.interval, .timestamptz, .text], .timestamptz, optional: 1,
            volatility: .stable
        ) { (values, context) throws(DemetraError) in
            guard case .interval(let width) = values[0] else { return .null }
            let zone =
                values.count > 2
                ? try context.timeZones.rules(values[2].textOrEmpty) : context.timeZone
            return .timestamptz(zone.instant(try zone.local(timestamp(values[1])).bucket(width)))
        },
        ScalarBuilder.function("date_bin", [.interval, .timestamp, .timestamp], .timestamp) {
            (values, _) throws(DemetraError) in
            guard case .interval(let width) = values[0] else { return .null }
            guard width.months == 0 else {
                throw DemetraError(
                    .featureNotSupported,
                    "timestamps cannot be binned into intervals containing months or years",
                    hint: "Use time_bucket.")
            }
            let length = Int64(width.days) * Civil.microsecondsPerDay + width.microseconds
            guard length > 0 else {
                throw DemetraError(.datetimeFieldOverflow, "stride must be greater than zero")
            }
            return .timestamp(
                try timestamp(values[1]).bucket(width, origin: timestamp(values[2])))
        },
    ]

    private static func bucket(_ type: LogicalType, _ result: LogicalType) -> ScalarFunction {
        ScalarFunction(
            "time_bucket", Signature([.type(.interval), .type(type)], result: .fixed(result)),
            isMonotonic: true
        ) { (arguments, count, _) throws(DemetraError) in
            guard type == .timestamp, arguments[0].isConstant, count > 0, arguments[0].isValid(0),
                case .interval(let width) = arguments[0].value(at: 0)
            else {
                return try byRow(arguments, count, result) { (values) throws(DemetraError) in
                    guard case .interval(let width) = values[0] else { return .null }
                    let start = try timestamp(values[1]).bucket(width)
                    return result == .date ? .date(start.date) : .timestamp(start)
                }
            }
            return try truncated(
                arguments[1], count, leastLength: leastLength(width),
                { (time) throws(DemetraError) in try time.bucket(width) }, type: .timestamp)
        }
    }

    // MARK: Current time

    private static let current: [ScalarFunction] =
        ["now", "transaction_timestamp"].map { name in
            ScalarBuilder.function(name, [], .timestamptz, volatility: .stable) { _, context in
                .timestamptz(context.transactionTime)
            }
        }
        + [
            ScalarBuilder.function(
                "statement_timestamp", [], .timestamptz, volatility: .stable
            ) { _, context in .timestamptz(context.statementTime) },
            ScalarBuilder.function("localtimestamp", [], .timestamp, volatility: .stable) {
                _, context in
                .timestamp(context.timeZone.local(context.transactionTime))
            },
            ScalarBuilder.function("current_date", [], .date, volatility: .stable) { _, context in
                .date(context.timeZone.local(context.transactionTime).date)
            },
            ScalarBuilder.function("current_user", [], .text, volatility: .stable) { _, context in
                .text(context.userName)
            },
            ScalarBuilder.function("session_user", [], .text, volatility: .stable) { _, context in
                .text(context.userName)
            },
            ScalarBuilder.function("current_database", [], .text) { _, _ in .text("demetra") },
            ScalarBuilder.function("current_schema", [], .text, volatility: .stable) {
                _, context in context.currentSchema.map { .text($0) } ?? .null
            },
            ScalarBuilder.function("version", [], .text) { _, _ in
                .text("PostgreSQL 15.0 (Demetra 0.1)")
            },
        ]

    // MARK: Zones

    private static let zones: [ScalarFunction] = [
        // What + and - stand for; the names are PostgreSQL's.
        ScalarBuilder.function(
            "timestamptz_pl_interval", [.timestamptz, .interval], .timestamptz, volatility: .stable
        ) { (values, context) throws(DemetraError) in
            guard case .interval(let interval) = values[1] else { return .null }
            return .timestamptz(try timestamp(values[0]).adding(interval, in: context.timeZone))
        },
        ScalarBuilder.function(
            "timestamptz_mi_interval", [.timestamptz, .interval], .timestamptz, volatility: .stable
        ) { (values, context) throws(DemetraError) in
            guard case .interval(let interval) = values[1] else { return .null }
            return .timestamptz(
                try timestamp(values[0]).adding(try interval.negated(), in: context.timeZone))
        },
        ScalarBuilder.function("timezone", [.text, .timestamptz], .timestamp, volatility: .stable) {
            (values, context) throws(DemetraError) in
            .timestamp(
                try context.timeZones.rules(values[0].textOrEmpty).local(timestamp(values[1])))
        },
        ScalarBuilder.function("timezone", [.text, .timestamp], .timestamptz, volatility: .stable) {
            (values, context) throws(DemetraError) in
            .timestamptz(
                try context.timeZones.rules(values[0].textOrEmpty).instant(timestamp(values[1])))
        },
        ScalarBuilder.function("to_timestamp", [.double], .timestamptz) {
            (values, _) throws(DemetraError) in
            let microseconds = (values[0].doubleOrZero * 1_000_000).rounded()
            guard let whole = Int64(exactly: microseconds) else {
                throw DemetraError(.datetimeFieldOverflow, "timestamp out of range")
            }
            return .timestamptz(Timestamp(microseconds: whole))
        },
    ]

    // MARK: Making

    private static let making: [ScalarFunction] = [
        ScalarBuilder.function("make_date", [.integer, .integer, .integer], .date) {
            (values, _) throws(DemetraError) in
            .date(
                try CalendarDate(
                    year: values[0].integerOrZero, month: values[1].integerOrZero,
                    day: values[2].integerOrZero))
        },
        ScalarBuilder.function(
            "make_timestamp", [.integer, .integer, .integer, .integer, .integer, .double],
            .timestamp
        ) { (values, _) throws(DemetraError) in
            let date = try CalendarDate(
                year: values[0].integerOrZero, month: values[1].integerOrZero,
                day: values[2].integerOrZero)
            let seconds = values[5].doubleOrZero
            guard (0...24).contains(values[3].integerOrZero),
                (0..<60).contains(values[4].integerOrZero),
                (0...60).contains(seconds)
            else { throw DemetraError(.datetimeFieldOverflow, "time field value out of range") }
            let time =
                Int64(values[3].integerOrZero * 3_600 + values[4].integerOrZero * 60) * 1_000_000
            return .timestamp(
                Timestamp(
                    microseconds: date.timestamp.microseconds + time
                        + Int64((seconds * 1_000_000).rounded())))
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

    // MARK: Intervals

    private static let intervals: [ScalarFunction] = [
        interval("justify_hours") { $0.justifyingHours() },
        interval("justify_days") { $0.justifyingDays() },
        interval("justify_interval") { $0.justifying() },
        ScalarBuilder.function("age", [.timestamp, .timestamp], .interval) {
            (values, _) throws(DemetraError) in
            .interval(try timestamp(values[0]).age(since: timestamp(values[1])))
        },
        ScalarBuilder.function("age", [.timestamp], .interval, volatility: .stable) {
            (values, context) throws(DemetraError) in
            let today = context.timeZone.local(context.transactionTime).date.timestamp
            return .interval(try today.age(since: timestamp(values[0])))
        },
    ]

    private static func interval(
        _ name: String, _ body: @escaping @Sendable (Interval) -> Interval
    ) -> ScalarFunction {
        ScalarBuilder.function(name, [.interval], .interval) { values, _ in
            guard case .interval(let interval) = values[0] else { return .null }
            return .interval(body(interval))
        }
    }
}
