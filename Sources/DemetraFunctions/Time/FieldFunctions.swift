import DemetraTypes
import DemetraVectors

/// `extract(unit from x)` and `date_part(unit, x)`.
///
/// Most units are whole numbers although `extract` is numeric in PostgreSQL: for those the functions offer
/// an integer form, so that a heat map by weekday and hour groups by integers.
///
/// Safe because every output has room for a batch's rows, and rows are below the count of their buffers.
enum FieldFunctions {
    static let all: [ScalarFunction] = ["extract", "date_part"].flatMap { name in
        [LogicalType.timestamp, .date, .interval, .timestamptz, .time].map { type in
            function(name, type)
        }
    }

    private static func function(_ name: String, _ type: LogicalType) -> ScalarFunction {
        let result: LogicalType = name == "extract" ? .numeric(nil) : .double
        let volatility: Volatility = type == .timestamptz ? .stable : .immutable
        let general = ScalarBuilder.function(name, [.text, type], result, volatility: volatility) {
            (values, context) throws(DemetraError) in
            let unit = try TimeArguments.unit(values[0])
            let field = try field(unit, of: values[1], context, isPart: result == .double)
            return result == .double ? .double(field.doubleValue) : .numeric(field)
        }
        return ScalarFunction(
            name, general.signature, volatility: volatility,
            integerForm: { constants in integerForm(name, type, volatility, constants) },
            evaluate: general.evaluate)
    }

    private static func field(
        _ unit: DateTimeUnit, of value: Value, _ context: EvaluationContext, isPart: Bool
    ) throws(DemetraError) -> Decimal {
        switch value {
        case .interval(let interval): return try interval.field(unit)
        case .timestamptz(let time): return try time.field(unit, in: context.timeZone)
        case .time(let time): return try Timestamp(microseconds: time).field(unit)
        // date_part reads a date as its midnight, extract knows that a date has no clock.
        case .date(let date) where !isPart: return try date.field(unit)
        default: return try TimeArguments.timestamp(value).field(unit)
        }
    }

    // MARK: Whole numbers

    private static let clockUnits: Set<DateTimeUnit> = [.microseconds, .minute, .hour]
    private static let dayUnits: Set<DateTimeUnit> = [
        .day, .week, .month, .quarter, .year, .decade, .century, .millennium, .dow, .isodow, .doy,
        .isoyear,
    ]

    private static func integerForm(
        _ name: String, _ type: LogicalType, _ volatility: Volatility, _ constants: [Value?]
    ) -> ScalarFunction? {
        guard case .text(let text)?? = constants.first, let unit = DateTimeUnit(name: text) else {
            return nil
        }
        switch type {
        case .timestamp, .timestamptz:
            guard dayUnits.contains(unit) || clockUnits.contains(unit) else { return nil }
        case .date: guard dayUnits.contains(unit) else { return nil }
        default: return nil
        }
        return ScalarFunction(
            name, Signature([.type(.text), .type(type)], result: .fixed(.bigint)),
            volatility: volatility
        ) { (arguments, count, context) throws(DemetraError) in
            let flat = arguments[1].withoutConstant()
            let output = BufferBuilder<Int64>(capacity: count)
            output.pointer.update(repeating: 0, count: count)
            switch flat.storage {
            case .int32(let buffer):
                try days(buffer.pointer, flat, unit, output.pointer, count)
            case .int64(let buffer):
                let zone = type == .timestamptz ? context.timeZone : nil
                try instants(buffer.pointer, flat, unit, zone, output.pointer, count)
            default: break
            }
            return Vector(
                type: .bigint, count: count, validity: flat.validity,
                storage: .int64(output.freeze(count: count)))
        }
    }

    /// Rows one after the other are mostly of one day: its number is remembered.
    private static func days(
        _ source: UnsafePointer<Int32>, _ vector: Vector, _ unit: DateTimeUnit,
        _ output: UnsafeMutablePointer<Int64>, _ count: Int
    ) throws(DemetraError) {
        let mask = RowMask(vector)
        var known = (day: Int32.max, field: Int64(0))
        for row in 0..<count {
            let day = source[row]
            if day != known.day {
                guard mask?.isValid(row) ?? true else { continue }
                let date = CalendarDate(days: day)
                guard date.isFinite else { throw infinite(unit) }
                known = (day, Int64(date.wholeField(unit)))
            }
            output[row] = known.field
        }
    }

    private static func instants(
        _ source: UnsafePointer<Int64>, _ vector: Vector, _ unit: DateTimeUnit,
        _ zone: TimeZoneRules?, _ output: UnsafeMutablePointer<Int64>, _ count: Int
    ) throws(DemetraError) {
        let mask = RowMask(vector)
        for row in 0..<count where source[row] == .max || source[row] == .min {
            if mask?.isValid(row) ?? true { throw infinite(unit) }
        }
        guard let zone else { return fields(source, unit, output, count) }
        let local = BufferBuilder<Int64>(capacity: count)
        for row in 0..<count {
            local.pointer[row] = zone.local(Timestamp(microseconds: source[row])).microseconds
        }
        fields(UnsafePointer(local.pointer), unit, output, count)
    }

    private static func infinite(_ unit: DateTimeUnit) -> DemetraError {
        DemetraError(
            .datetimeFieldOverflow, "cannot extract \"\(unit.rawValue)\" from infinity")
    }
}

private let dayLength: Int64 = 86_400_000_000
private let hourLength: Int64 = 3_600_000_000

/// The field of each time; the NULL rows' fillers are times too.
private func fields(
    _ source: UnsafePointer<Int64>, _ unit: DateTimeUnit, _ output: UnsafeMutablePointer<Int64>,
    _ count: Int
) {
    switch unit {
    case .hour: for row in 0..<count { output[row] = clock(source[row]) / hourLength }
    case .minute: for row in 0..<count { output[row] = clock(source[row]) / 60_000_000 % 60 }
    case .microseconds: for row in 0..<count { output[row] = clock(source[row]) % 60_000_000 }
    default:
        // The day remembered, as its first microsecond and the one behind its last.
        var (start, end, field): (Int64, Int64, Int64) = (0, 0, 0)
        for row in 0..<count {
            let time = source[row]
            if time < start || time >= end {
                let day = (time &- clock(time)) / dayLength
                start = day &* dayLength
                end = start &+ dayLength
                field = Int64(CalendarDate(days: Int32(truncatingIfNeeded: day)).wholeField(unit))
            }
            output[row] = field
        }
    }
}

/// Microseconds since midnight, also before 1970.
@inline(__always)
private func clock(_ time: Int64) -> Int64 {
    let rest = time % dayLength
    return rest < 0 ? rest &+ dayLength : rest
}

/// Arguments of functions over times.
enum TimeArguments {
    /// A unit by its name.
    ///
    /// - Throws: 22023 for a name that is none.
    static func unit(_ value: Value) throws(DemetraError) -> DateTimeUnit {
        guard let unit = DateTimeUnit(name: value.textOrEmpty) else {
            throw DemetraError(
                .invalidParameterValue, "unit \"\(value.textOrEmpty)\" not recognized",
                hint: "Units are second, minute, hour, day, week, month, quarter, year and others.")
        }
        return unit
    }

    /// A time or the midnight of a date.
    static func timestamp(_ value: Value) -> Timestamp {
        switch value {
        case .timestamp(let time), .timestamptz(let time): time
        case .date(let date): date.timestamp
        default: Timestamp(microseconds: 0)
        }
    }
}
