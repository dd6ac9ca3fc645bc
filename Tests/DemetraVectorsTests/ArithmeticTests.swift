import DemetraTesting
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Arithmetic` {
    enum Operation: CaseIterable { case add, subtract, multiply, divide, modulo }

    /// A row of the reference: a value, NULL, or the SQLSTATE that the whole vector must fail with.
    private enum Row: Equatable {
        case value(Value)
        case failure(SQLState)
    }

    @Test(arguments: [LogicalType.smallint, .integer, .bigint], Operation.allCases)
    func `of integers is exact or 22003, and 22012 by zero`(
        type: LogicalType, operation: Operation
    ) {
        check(type, operation) { left, right in
            guard case .integer(let a) = left, case .integer(let b) = right else {
                return .value(.null)
            }
            if b == 0, operation == .divide || operation == .modulo {
                return .failure(.divisionByZero)
            }
            let (wide, other) = (Int128(a), Int128(b))
            let exact =
                switch operation {
                case .add: wide + other
                case .subtract: wide - other
                case .multiply: wide * other
                case .divide: wide / other
                case .modulo: wide % other
                }
            let limits: ClosedRange<Int128> =
                switch type {
                case .smallint: -32_768...32_767
                case .integer: Int128(Int32.min)...Int128(Int32.max)
                default: Int128(Int64.min)...Int128(Int64.max)
                }
            return limits.contains(exact)
                ? .value(.integer(Int64(exact))) : .failure(.numericValueOutOfRange)
        }
    }

    @Test(arguments: [Operation.add, .subtract, .multiply, .divide])
    func `of doubles is the machine's, with overflow and zero as errors`(operation: Operation) {
        check(.double, operation) { left, right in
            guard case .double(let a) = left, case .double(let b) = right else {
                return .value(.null)
            }
            if operation == .divide, b == 0, !a.isNaN { return .failure(.divisionByZero) }
            let result =
                switch operation {
                case .add: a + b
                case .subtract: a - b
                case .multiply: a * b
                default: a / b
                }
            if result.isInfinite, a.isFinite, b.isFinite {
                return .failure(.numericValueOutOfRange)
            }
            // A product too small for a double is zero here; PostgreSQL calls it out of range.
            return .value(.double(result))
        }
    }

    @Test(arguments: Operation.allCases)
    func `of decimals is that of single decimals`(operation: Operation) {
        check(.numeric(nil), operation) { left, right in
            guard case .numeric(let a) = left, case .numeric(let b) = right else {
                return .value(.null)
            }
            do throws(DemetraError) {
                let result =
                    switch operation {
                    case .add: try a.adding(b)
                    case .subtract: try a.subtracting(b)
                    case .multiply: try a.multiplied(by: b)
                    case .divide: try a.divided(by: b)
                    case .modulo: try a.remainder(dividingBy: b)
                    }
                return .value(.numeric(result))
            } catch {
                return .failure(error.sqlState)
            }
        }
    }

    @Test(arguments: [LogicalType.smallint, .integer, .bigint, .double, .numeric(nil)])
    func `turns signs, and fails where there is no opposite`(type: LogicalType) {
        var source = RandomColumn(seed: 1_700)
        for count in RandomColumn.lengths {
            let (values, vector) = source.column(type, count: count)
            let expected = values.map { value -> Row in
                switch value {
                case .integer(let number):
                    let least: Int64 =
                        switch type {
                        case .smallint: -32_768
                        case .integer: Int64(Int32.min)
                        default: Int64.min
                        }
                    return number == least
                        ? .failure(.numericValueOutOfRange) : .value(.integer(-number))
                case .double(let number): return .value(.double(-number))
                case .numeric(let number):
                    return .value(
                        number.isNaN
                            ? value
                            : .numeric(
                                number.negated))
                default: return .value(.null)
                }
            }
            compare(expected, "seed \(source.random.seed)") { () throws(DemetraError) in
                try ArithmeticKernel.negate(vector, resultType: type)
            }
        }
    }

    /// Runs random vectors through the kernel and compares with the reference row by row.
    private func check(
        _ type: LogicalType, _ operation: Operation, _ reference: (Value, Value) -> Row
    ) {
        var source = RandomColumn(seed: 1_800)
        for count in RandomColumn.lengths {
            for _ in 0..<5 {
                let (left, leftVector) = source.column(type, count: count)
                let (right, rightVector) = source.column(type, count: count)
                let expected = zip(left, right).map(reference)
                compare(expected, "seed \(source.random.seed), \(count) rows") {
                    () throws(DemetraError) in
                    switch operation {
                    case .add:
                        try ArithmeticKernel.add(leftVector, rightVector, resultType: type)
                    case .subtract:
                        try ArithmeticKernel.subtract(leftVector, rightVector, resultType: type)
                    case .multiply:
                        try ArithmeticKernel.multiply(leftVector, rightVector, resultType: type)
                    case .divide:
                        try ArithmeticKernel.divide(leftVector, rightVector, resultType: type)
                    case .modulo:
                        try ArithmeticKernel.modulo(leftVector, rightVector, resultType: type)
                    }
                }
            }
        }
    }

    /// A failing row fails the vector; which of several rows is named is not promised.
    private func compare(
        _ expected: [Row], _ comment: Comment, _ body: () throws(DemetraError) -> Vector
    ) {
        let failures = expected.compactMap {
            if case .failure(let state) = $0 { state } else { nil }
        }
        do throws(DemetraError) {
            let result = try body()
            #expect(failures.isEmpty, comment)
            guard failures.isEmpty else { return }
            for (value, row) in zip(result.values, expected) {
                guard case .value(let wanted) = row else { continue }
                #expect(ScalarReference.isSame(value, wanted), "\(comment): \(value) \(wanted)")
            }
        } catch {
            #expect(failures.contains(error.sqlState), "\(comment): \(error)")
        }
    }
}

@Suite struct `Casts` {
    @Test(arguments: RandomColumn.types, RandomColumn.types)
    func `of a column are the casts of its values`(source type: LogicalType, target: LogicalType) {
        var source = RandomColumn(seed: 1_900)
        let context = CastContext()
        for isExplicit in [true, false] {
            let caster = ValueCaster(source: type, target: target, isExplicit: isExplicit, context)
            // A column that has the type already is not cast at all.
            for count in RandomColumn.lengths where count < 200 && type != target {
                let (values, vector) = source.column(type, count: count)
                var expected: [Value] = []
                var failures: Set<SQLState> = []
                for value in values {
                    do throws(DemetraError) {
                        expected.append(try caster.cast(value))
                    } catch {
                        failures.insert(error.sqlState)
                    }
                }
                let comment: Comment = "seed \(source.random.seed), \(type) to \(target)"
                do throws(DemetraError) {
                    let result = try CastKernel.cast(
                        vector, to: target, isExplicit: isExplicit, context)
                    #expect(failures.isEmpty, comment)
                    #expect(
                        !failures.isEmpty || ScalarReference.isSame(result.values, expected),
                        comment)
                } catch {
                    #expect(failures.contains(error.sqlState), "\(comment): \(error)")
                }
            }
        }
    }
}
