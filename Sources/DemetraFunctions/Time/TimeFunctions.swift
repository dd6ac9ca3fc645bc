import DemetraTypes
import DemetraVectors

/// Functions over dates, times and intervals.
///
/// Safe because every output has room for a batch's rows, and rows are below the count of their buffers.
enum TimeFunctions {
    static let all: [ScalarFunction] =
        truncation + buckets + FieldFunctions.all + current + zones + intervals
        + MakingFunctions.all

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
            },
            ScalarBuilder.function("date_trunc", [.text, .interval], .interval) {
                (values, _) throws(DemetraError) in
                guard case .interval(let interval) = values[1] else { return .null }
                return .interval(try interval.truncated(to: try unit(values[0])))
            },
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

    private static let bins: [ScalarFunction] = [LogicalType.timestamp, .timestamptz].map { type in
        ScalarBuilder.function("date_bin", [.interval, type, type], type) {
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
            let start = try timestamp(values[1]).bucket(width, origin: timestamp(values[2]))
            return type == .timestamp ? .timestamp(start) : .timestamptz(start)
        }
    }

    private static let buckets: [ScalarFunction] =
        bins + [
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
                return .timestamptz(
                    zone.instant(try zone.local(timestamp(values[1])).bucket(width)))
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
            ScalarBuilder.function("current_user", [], .system(.name), volatility: .stable) {
                _, context in .text(context.directory?.currentUser ?? context.userName)
            },
            ScalarBuilder.function("session_user", [], .system(.name), volatility: .stable) {
                _, context in .text(context.directory?.sessionUser ?? context.userName)
            },
            ScalarBuilder.function("current_database", [], .system(.name), volatility: .stable) {
                _, context in .text(context.databaseName)
            },
            ScalarBuilder.function("current_schema", [], .system(.name), volatility: .stable) {
                _, context in context.directory?.currentSchema.map { .text($0) } ?? .null
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
        // Of instants their clocks are compared.
        ScalarBuilder.function(
            "age", [.timestamptz, .timestamptz], .interval, volatility: .stable
        ) { (values, context) throws(DemetraError) in
            let zone = context.timeZone
            return .interval(
                try zone.local(timestamp(values[0])).age(since: zone.local(timestamp(values[1]))))
        },
        ScalarBuilder.function("age", [.timestamptz], .interval, volatility: .stable) {
            (values, context) throws(DemetraError) in
            let zone = context.timeZone
            let today = zone.local(context.transactionTime).date.timestamp
            return .interval(try today.age(since: zone.local(timestamp(values[0]))))
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
