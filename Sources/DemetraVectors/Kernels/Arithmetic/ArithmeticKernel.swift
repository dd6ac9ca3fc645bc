package import DemetraTypes

/// `+ - * / %` and unary minus over numbers, dates and intervals.
///
/// Operands have equal length; numbers have one physical type (int32, int64, float64 or decimal) that
/// is also the result's. NULL rows give NULL and never an error. Constants stay constants: two constant
/// operands are computed once, one is read without being spread.
///
/// - Throws: 22003 on overflow, 22012 on a zero divisor, 22008 beyond the calendar.
package enum ArithmeticKernel {
    /// The sum.
    package static func add(
        _ left: Vector, _ right: Vector, resultType: LogicalType
    ) throws(DemetraError) -> Vector {
        try evaluate(.add, left, right, resultType)
    }

    /// The difference.
    package static func subtract(
        _ left: Vector, _ right: Vector, resultType: LogicalType
    ) throws(DemetraError) -> Vector {
        try evaluate(.subtract, left, right, resultType)
    }

    /// The product.
    package static func multiply(
        _ left: Vector, _ right: Vector, resultType: LogicalType
    ) throws(DemetraError) -> Vector {
        try evaluate(.multiply, left, right, resultType)
    }

    /// The quotient; of integers, cut off towards zero.
    package static func divide(
        _ left: Vector, _ right: Vector, resultType: LogicalType
    ) throws(DemetraError) -> Vector {
        try evaluate(.divide, left, right, resultType)
    }

    /// The remainder, with the sign of the dividend.
    package static func modulo(
        _ left: Vector, _ right: Vector, resultType: LogicalType
    ) throws(DemetraError) -> Vector {
        try evaluate(.modulo, left, right, resultType)
    }

    /// The number with its sign turned.
    package static func negate(
        _ operand: Vector, resultType: LogicalType
    ) throws(DemetraError) -> Vector {
        if case .constant(let one) = operand.storage {
            return .constant(
                try negate(one.vector, resultType: resultType), count: operand.count)
        }
        let zero: Value =
            switch operand.storage {
            case .float64: .double(-0.0)
            case .decimal: .numeric(.zero)
            case .interval: .interval(Interval())
            default: .integer(0)
            }
        if operand.type.isNumeric, operand.type.physicalType != .decimal {
            return try map(operand, resultType) { value throws(DemetraError) in
                guard case .numeric(let number) = value else { return .null }
                return .numeric(number.negated)
            }
        }
        let zeros = Vector.constant(zero, type: operand.type, count: operand.count)
        return try evaluate(.subtract, zeros, operand, resultType)
    }

    /// The operators, for kernels.
    enum Operation: Sendable { case add, subtract, multiply, divide, modulo }

    static func evaluate(
        _ operation: Operation, _ left: Vector, _ right: Vector, _ type: LogicalType
    ) throws(DemetraError) -> Vector {
        let count = left.count
        if case .constant(let a) = left.storage, case .constant(let b) = right.storage {
            if count == 0 { return Vector([], type: type) }
            return .constant(try evaluate(operation, a.vector, b.vector, type), count: count)
        }
        let validity = combinedValidity(left, right)
        if let validity, validity.nullCount == count { return .nulls(type, count: count) }
        switch (Operand(left), Operand(right), type.physicalType) {
        case (.int32(let a), .int32(let b), .int32):
            return try IntegerLoops.run32(operation, a, b, count, validity, type)
        case (.int64(let a), .int64(let b), .int64)
        where left.type == .bigint && right.type == .bigint && type == .bigint:
            return try IntegerLoops.run64(operation, a, b, count, validity, type)
        case (.float64(let a), .float64(let b), .float64):
            return try FloatLoops.run(operation, a, b, count, validity, type)
        default:
            return try GeneralArithmetic.run(operation, left, right, validity, type)
        }
    }

    /// Rows valid on both sides; nil when all are.
    static func combinedValidity(_ left: Vector, _ right: Vector) -> ValidityMask? {
        func mask(_ vector: Vector) -> ValidityMask? {
            guard vector.hasNulls else { return nil }
            return vector.isConstant ? .allNull(count: vector.count) : vector.validity
        }
        return ValidityMask.and(mask(left), mask(right))
    }

    /// Values one at a time, for types without a loop of their own.
    static func map(
        _ operand: Vector, _ type: LogicalType, _ body: (Value) throws(DemetraError) -> Value
    ) throws(DemetraError) -> Vector {
        var builder = VectorBuilder(type: type, capacity: operand.count)
        for row in 0..<operand.count {
            let value = operand.value(at: row)
            builder.append(value.isNull ? .null : try body(value))
        }
        return builder.finish()
    }
}

/// Numbers of an operand: a run of them, or one for all rows.
///
/// Safe because the pointer is used only while the vector that owns the buffer is alive.
enum Operand {
    case int32(Lane<Int32>)
    case int64(Lane<Int64>)
    case float64(Lane<Double>)
    case other

    init(_ vector: Vector) {
        let isConstant = vector.isConstant
        var storage = vector.storage
        if case .constant(let one) = storage { storage = one.vector.storage }
        switch storage {
        case .int32(let buffer): self = .int32(Lane(buffer, isConstant))
        case .int64(let buffer): self = .int64(Lane(buffer, isConstant))
        case .float64(let buffer): self = .float64(Lane(buffer, isConstant))
        default: self = .other
        }
    }
}

/// A run of elements, or one element that stands for every row.
struct Lane<Element: BitwiseCopyable> {
    let buffer: Buffer<Element>
    let isConstant: Bool

    init(_ buffer: Buffer<Element>, _ isConstant: Bool) {
        self.buffer = buffer
        self.isConstant = isConstant
    }
}
