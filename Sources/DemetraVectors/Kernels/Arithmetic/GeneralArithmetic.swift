import DemetraTypes

/// Arithmetic one value at a time: decimals, dates and intervals.
enum GeneralArithmetic {
    static func run(
        _ operation: ArithmeticKernel.Operation, _ left: Vector, _ right: Vector,
        _ validity: ValidityMask?, _ type: LogicalType
    ) throws(DemetraError) -> Vector {
        let count = left.count
        if let fast = try decimals(operation, left, right, validity, type) { return fast }
        var builder = VectorBuilder(type: type, capacity: count)
        for row in 0..<count {
            guard validity?.isValid(row) ?? true else {
                builder.appendNull()
                continue
            }
            let value = try compute(operation, left.value(at: row), right.value(at: row), type)
            builder.append(value)
        }
        return builder.finish()
    }

    /// Decimals without going through single values.
    private static func decimals(
        _ operation: ArithmeticKernel.Operation, _ left: Vector, _ right: Vector,
        _ validity: ValidityMask?, _ type: LogicalType
    ) throws(DemetraError) -> Vector? {
        guard type.physicalType == .decimal, let a = decimalBuffer(left),
            let b = decimalBuffer(right)
        else { return nil }
        let count = left.count
        let (stepA, stepB) = (left.isConstant ? 0 : 1, right.isConstant ? 0 : 1)
        var builder = BufferBuilder<Decimal>(capacity: count)
        for row in 0..<count {
            guard validity?.isValid(row) ?? true else {
                builder.append(.zero)
                continue
            }
            builder.append(try decimal(operation, a[row * stepA], b[row * stepB]))
        }
        return Vector(
            type: type, count: count, validity: validity, storage: .decimal(builder.freeze()))
    }

    private static func decimalBuffer(_ vector: Vector) -> Buffer<Decimal>? {
        var storage = vector.storage
        if case .constant(let one) = storage { storage = one.vector.storage }
        if case .decimal(let buffer) = storage { return buffer }
        return nil
    }

    private static func decimal(
        _ operation: ArithmeticKernel.Operation, _ left: Decimal, _ right: Decimal
    ) throws(DemetraError) -> Decimal {
        switch operation {
        case .add: try left.adding(right)
        case .subtract: try left.subtracting(right)
        case .multiply: try left.multiplied(by: right)
        case .divide: try left.divided(by: right)
        case .modulo: try left.remainder(dividingBy: right)
        }
    }

    private static func compute(
        _ operation: ArithmeticKernel.Operation, _ left: Value, _ right: Value,
        _ type: LogicalType
    ) throws(DemetraError) -> Value {
        let isAdding = operation == .add
        switch (left, right) {
        case (.numeric(let a), .numeric(let b)): return .numeric(try decimal(operation, a, b))
        case (.date(let date), .integer(let days)):
            return .date(try shifted(date, isAdding ? days : -days))
        case (.integer(let days), .date(let date)): return .date(try shifted(date, days))
        case (.date(let a), .date(let b)):
            guard a.isFinite, b.isFinite else {
                throw DemetraError(.datetimeFieldOverflow, "cannot subtract infinite dates")
            }
            return .integer(Int64(a.days) - Int64(b.days))
        case (.interval(let a), .interval(let b)):
            return .interval(try a.adding(isAdding ? b : try b.negated()))
        case (.interval(let a), .double(let factor)):
            let product =
                operation == .divide ? try a.divided(by: factor) : try a.multiplied(by: factor)
            return .interval(product)
        case (.double(let factor), .interval(let a)):
            return .interval(try a.multiplied(by: factor))
        case (.date(let date), .time(let time)), (.time(let time), .date(let date)):
            return .timestamp(
                Timestamp(microseconds: date.timestamp.microseconds + time))
        default: return try instants(operation, left, right, type)
        }
    }

    private static func shifted(_ date: CalendarDate, _ days: Int64) throws(DemetraError)
        -> CalendarDate
    {
        guard date.isFinite else { return date }
        guard let result = Int32(exactly: Int64(date.days) + days) else {
            throw DemetraError(.datetimeFieldOverflow, "date out of range")
        }
        return CalendarDate(days: result)
    }

    private static func instants(
        _ operation: ArithmeticKernel.Operation, _ left: Value, _ right: Value,
        _ type: LogicalType
    ) throws(DemetraError) -> Value {
        if let a = timestamp(left), let b = timestamp(right) { return .interval(try a.since(b)) }
        if case .interval(let interval) = right {
            let signed = operation == .add ? interval : try interval.negated()
            if let time = timestamp(left) { return wrapped(try time.adding(signed), type) }
            if case .time(let time) = left {
                let day = Civil.microsecondsPerDay
                let sum = time + signed.microseconds % day
                return .time(((sum % day) + day) % day)
            }
        }
        if case .interval(let interval) = left, let time = timestamp(right) {
            return wrapped(try time.adding(interval), type)
        }
        if case .time(let a) = left, case .time(let b) = right {
            return .interval(Interval(microseconds: a - b))
        }
        throw DemetraError(.undefinedFunction, "operator does not exist for these values")
    }

    private static func timestamp(_ value: Value) -> Timestamp? {
        switch value {
        case .timestamp(let time), .timestamptz(let time): time
        case .date(let date): date.timestamp
        default: nil
        }
    }

    private static func wrapped(_ time: Timestamp, _ type: LogicalType) -> Value {
        type == .timestamptz ? .timestamptz(time) : .timestamp(time)
    }
}
