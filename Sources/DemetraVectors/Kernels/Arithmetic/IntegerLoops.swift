import DemetraTypes

/// Loops over integers. Overflow is collected in a flag and looked at once per batch; NULL rows hold
/// fillers that are computed blindly and forgiven afterwards.
///
/// Safe because every pointer comes from a buffer of `count` elements, or of one that is read at 0.
enum IntegerLoops {
    /// smallint and integer.
    static func run32(
        _ operation: ArithmeticKernel.Operation, _ left: Lane<Int32>, _ right: Lane<Int32>,
        _ count: Int, _ validity: ValidityMask?, _ type: LogicalType
    ) throws(DemetraError) -> Vector {
        let builder = BufferBuilder<Int32>(capacity: count)
        let output = builder.pointer
        let (a, b) = (left.buffer.pointer, right.buffer.pointer)
        let (stepA, stepB) = (left.isConstant ? 0 : 1, right.isConstant ? 0 : 1)
        let limits: ClosedRange<Int64> =
            type == .smallint ? -32_768...32_767 : Int64(Int32.min)...Int64(Int32.max)
        var lowest = Int64.max
        var highest = Int64.min
        switch operation {
        case .add:
            for row in 0..<count {
                let value = Int64(a[row &* stepA]) &+ Int64(b[row &* stepB])
                lowest = min(lowest, value)
                highest = max(highest, value)
                output[row] = Int32(truncatingIfNeeded: value)
            }
        case .subtract:
            for row in 0..<count {
                let value = Int64(a[row &* stepA]) &- Int64(b[row &* stepB])
                lowest = min(lowest, value)
                highest = max(highest, value)
                output[row] = Int32(truncatingIfNeeded: value)
            }
        case .multiply:
            for row in 0..<count {
                let value = Int64(a[row &* stepA]) &* Int64(b[row &* stepB])
                lowest = min(lowest, value)
                highest = max(highest, value)
                output[row] = Int32(truncatingIfNeeded: value)
            }
        case .divide, .modulo:
            for row in 0..<count where validity?.isValid(row) ?? true {
                let divisor = Int64(b[row &* stepB])
                if divisor == 0 { throw DemetraError(.divisionByZero, "division by zero") }
                let value =
                    operation == .divide
                    ? Int64(a[row &* stepA]) / divisor : Int64(a[row &* stepA]) % divisor
                lowest = min(lowest, value)
                highest = max(highest, value)
                output[row] = Int32(truncatingIfNeeded: value)
            }
            if let validity { clearNulls(output, validity, count) }
        }
        if count > 0, lowest < limits.lowerBound || highest > limits.upperBound {
            try verify32(operation, a, b, stepA, stepB, count, validity, limits, type)
        }
        return Vector(
            type: type, count: count, validity: validity,
            storage: .int32(builder.freeze(count: count)))
    }

    private static func clearNulls<Element: FixedWidthInteger>(
        _ output: UnsafeMutablePointer<Element>, _ validity: ValidityMask, _ count: Int
    ) {
        for row in 0..<count where !validity.isValid(row) { output[row] = 0 }
    }

    /// Something overflowed: was it a row that holds a value?
    private static func verify32(
        _ operation: ArithmeticKernel.Operation, _ a: UnsafePointer<Int32>,
        _ b: UnsafePointer<Int32>, _ stepA: Int, _ stepB: Int, _ count: Int,
        _ validity: ValidityMask?, _ limits: ClosedRange<Int64>, _ type: LogicalType
    ) throws(DemetraError) {
        for row in 0..<count where validity?.isValid(row) ?? true {
            let (x, y) = (Int64(a[row * stepA]), Int64(b[row * stepB]))
            let value: Int64 =
                switch operation {
                case .add: x + y
                case .subtract: x - y
                case .multiply: x * y
                case .divide: x / y
                case .modulo: x % y
                }
            if !limits.contains(value) {
                throw DemetraError(.numericValueOutOfRange, "\(type) out of range")
            }
        }
    }

    /// bigint.
    static func run64(
        _ operation: ArithmeticKernel.Operation, _ left: Lane<Int64>, _ right: Lane<Int64>,
        _ count: Int, _ validity: ValidityMask?, _ type: LogicalType
    ) throws(DemetraError) -> Vector {
        let builder = BufferBuilder<Int64>(capacity: count)
        let output = builder.pointer
        let (a, b) = (left.buffer.pointer, right.buffer.pointer)
        let (stepA, stepB) = (left.isConstant ? 0 : 1, right.isConstant ? 0 : 1)
        var overflow: Int64 = 0
        switch operation {
        case .add:
            for row in 0..<count {
                let (x, y) = (a[row &* stepA], b[row &* stepB])
                let sum = x &+ y
                // The sign differs from both operands' only when the sum left the range.
                overflow |= (x ^ sum) & (y ^ sum)
                output[row] = sum
            }
        case .subtract:
            for row in 0..<count {
                let (x, y) = (a[row &* stepA], b[row &* stepB])
                let difference = x &- y
                overflow |= (x ^ y) & (x ^ difference)
                output[row] = difference
            }
        case .multiply:
            for row in 0..<count {
                let (x, y) = (a[row &* stepA], b[row &* stepB])
                let (product, isOverflow) = x.multipliedReportingOverflow(by: y)
                overflow |= isOverflow ? -1 : 0
                output[row] = product
            }
        case .divide, .modulo:
            for row in 0..<count where validity?.isValid(row) ?? true {
                let divisor = b[row &* stepB]
                if divisor == 0 { throw DemetraError(.divisionByZero, "division by zero") }
                let dividend = a[row &* stepA]
                if divisor == -1 {
                    if operation == .divide, dividend == .min { overflow = -1 }
                    output[row] = operation == .divide ? 0 &- dividend : 0
                } else {
                    output[row] = operation == .divide ? dividend / divisor : dividend % divisor
                }
            }
            if let validity { clearNulls(output, validity, count) }
        }
        if overflow < 0 { try verify64(operation, a, b, stepA, stepB, count, validity) }
        return Vector(
            type: type, count: count, validity: validity,
            storage: .int64(builder.freeze(count: count)))
    }

    private static func verify64(
        _ operation: ArithmeticKernel.Operation, _ a: UnsafePointer<Int64>,
        _ b: UnsafePointer<Int64>, _ stepA: Int, _ stepB: Int, _ count: Int,
        _ validity: ValidityMask?
    ) throws(DemetraError) {
        for row in 0..<count where validity?.isValid(row) ?? true {
            let (x, y) = (a[row * stepA], b[row * stepB])
            let isOverflow =
                switch operation {
                case .add: x.addingReportingOverflow(y).overflow
                case .subtract: x.subtractingReportingOverflow(y).overflow
                case .multiply: x.multipliedReportingOverflow(by: y).overflow
                case .divide: x.dividedReportingOverflow(by: y).overflow
                case .modulo: false
                }
            if isOverflow { throw DemetraError(.numericValueOutOfRange, "bigint out of range") }
        }
    }
}
