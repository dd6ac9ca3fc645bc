import DemetraTypes
import DemetraVectors

/// `generate_series` over integers, numerics and times.
enum SeriesFunctions {
    /// Rows that a series may have.
    static let largestCount = 100_000_000

    static let all: [TableFunction] = [
        TableFunction("generate_series", usage: "start, stop [, step]") {
            (arguments) throws(DemetraError) in
            var values: [(Value, LogicalType)] = []
            for argument in arguments {
                guard case .value(let value, let type) = argument.content else {
                    throw DemetraError(
                        .undefinedFunction, "generate_series takes values, not relations"
                    ).at(argument.range)
                }
                values.append((value, type))
            }
            guard values.count == 2 || values.count == 3 else {
                throw DemetraError(
                    .undefinedFunction, "generate_series takes start, stop and an optional step")
            }
            return try bind(values)
        }
    ]

    private static func bind(
        _ values: [(Value, LogicalType)]
    ) throws(DemetraError) -> BoundTableFunction {
        let types = values.map { $0.1 }
        if types.contains(where: { $0.isDateTime || $0 == .interval }) { return try times(values) }
        if types.contains(where: \.isNumeric) { return try decimals(values.map { $0.0 }) }
        let type: LogicalType = types.contains(.bigint) ? .bigint : .integer
        return try integers(values.map { $0.0 }, type)
    }

    private static func zeroStep() -> DemetraError {
        DemetraError(.invalidParameterValue, "step size cannot equal zero")
    }

    private static func tooLong() -> DemetraError {
        DemetraError(
            .programLimitExceeded, "generate_series gives more than \(largestCount) rows",
            hint: "Use a larger step.")
    }

    private static func bound(
        _ type: LogicalType,
        _ make: @escaping @Sendable (inout VectorBuilder) throws(DemetraError) -> Void
    ) -> BoundTableFunction {
        let schema = Schema([Field(name: "generate_series", type: type)])
        return BoundTableFunction(schema: schema) { (_, _) throws(DemetraError) in
            var builder = VectorBuilder(type: type, capacity: Batch.capacity)
            try make(&builder)
            let column = builder.finish()
            var batches: [Batch] = []
            var start = 0
            while start < column.count {
                let count = min(Batch.capacity, column.count - start)
                batches.append(Batch([column.slice(from: start, count: count)], count: count))
                start += count
            }
            return batches
        }
    }

    private static func integers(
        _ values: [Value], _ type: LogicalType
    ) throws(DemetraError) -> BoundTableFunction {
        let hasNull = values.contains { if case .null = $0 { true } else { false } }
        let (start, stop) = (Int64(values[0].integerOrZero), Int64(values[1].integerOrZero))
        let step = values.count > 2 ? Int64(values[2].integerOrZero) : 1
        if step == 0, !hasNull { throw zeroStep() }
        if !hasNull, (Int128(stop) - Int128(start)) / Int128(step) > Int128(largestCount) {
            throw tooLong()
        }
        return bound(type) { (builder) throws(DemetraError) in
            guard !hasNull else { return }
            var value = start
            while step > 0 ? value <= stop : value >= stop {
                if type == .integer {
                    builder.append(int32: Int32(truncatingIfNeeded: value))
                } else {
                    builder.append(int64: value)
                }
                let (next, overflow) = value.addingReportingOverflow(step)
                if overflow { return }
                value = next
            }
        }
    }

    private static func decimals(_ values: [Value]) throws(DemetraError) -> BoundTableFunction {
        func decimal(_ value: Value) -> Decimal {
            if case .integer(let number) = value { return Decimal(number) }
            return value.decimalOrZero
        }
        let (start, stop) = (decimal(values[0]), decimal(values[1]))
        let step = values.count > 2 ? decimal(values[2]) : Decimal(Int64(1))
        if step.unscaled == 0 { throw zeroStep() }
        return bound(.numeric(nil)) { (builder) throws(DemetraError) in
            var value = start
            while step.unscaled > 0 ? value.compare(stop) <= 0 : value.compare(stop) >= 0 {
                builder.append(decimal: value)
                guard builder.count <= largestCount else { throw tooLong() }
                value = try value.adding(step)
            }
        }
    }

    private static func times(
        _ values: [(Value, LogicalType)]
    ) throws(DemetraError) -> BoundTableFunction {
        func time(_ value: Value) throws(DemetraError) -> Timestamp {
            switch value {
            case .timestamp(let time), .timestamptz(let time): return time
            case .date(let date): return date.timestamp
            case .text(let text): return try TimestampText.parse(text, type: .timestamp).local
            default: throw DemetraError(.undefinedFunction, "generate_series needs times here")
            }
        }
        let type: LogicalType =
            values.contains { $0.1 == .timestamptz } ? .timestamptz : .timestamp
        guard values.count == 3 else {
            throw DemetraError(
                .undefinedFunction, "generate_series over times needs a step",
                hint: "Add one, such as INTERVAL '1 day'.")
        }
        let step: Interval
        switch values[2].0 {
        case .interval(let interval): step = interval
        case .text(let text): step = try IntervalText.parse(text)
        default: throw DemetraError(.undefinedFunction, "the step must be an interval")
        }
        let direction = step.comparableMicroseconds
        if direction == 0 { throw zeroStep() }
        let (start, stop) = (try time(values[0].0), try time(values[1].0))
        return bound(type) { (builder) throws(DemetraError) in
            var value = start
            while direction > 0 ? value <= stop : value >= stop {
                builder.append(int64: value.microseconds)
                guard builder.count <= largestCount else { throw tooLong() }
                value = try value.adding(step)
            }
        }
    }
}
