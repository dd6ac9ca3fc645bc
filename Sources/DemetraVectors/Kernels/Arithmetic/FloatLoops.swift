import DemetraTypes

/// Loops over doubles; results of type real are rounded to single precision.
///
/// Overflow (an infinity that no operand was) is looked for once per batch, so the loop has no branch.
///
/// Safe because every pointer comes from a buffer of `count` elements, or of one that is read at 0.
enum FloatLoops {
    static func run(
        _ operation: ArithmeticKernel.Operation, _ left: Lane<Double>, _ right: Lane<Double>,
        _ count: Int, _ validity: ValidityMask?, _ type: LogicalType
    ) throws(DemetraError) -> Vector {
        let builder = BufferBuilder<Double>(capacity: count)
        let output = builder.pointer
        let (a, b) = (left.buffer.pointer, right.buffer.pointer)
        if operation == .divide || operation == .modulo {
            try checkDivisor(b, right.isConstant ? 1 : count, right.isConstant, validity)
        }
        switch (left.isConstant, right.isConstant) {
        case (false, false): vectorVector(operation, a, b, output, count)
        case (false, true): vectorConstant(operation, a, b[0], output, count)
        default: constantVector(operation, a[0], b, output, count)
        }
        if type == .real {
            for row in 0..<count { output[row] = Double(Float(output[row])) }
        }
        try checkOverflow(a, b, left.isConstant, right.isConstant, output, count, validity)
        return Vector(
            type: type, count: count, validity: validity,
            storage: .float64(builder.freeze(count: count)))
    }

    private static func vectorVector(
        _ operation: ArithmeticKernel.Operation, _ a: UnsafePointer<Double>,
        _ b: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        switch operation {
        case .add: for row in 0..<count { output[row] = a[row] + b[row] }
        case .subtract: for row in 0..<count { output[row] = a[row] - b[row] }
        case .multiply: for row in 0..<count { output[row] = a[row] * b[row] }
        case .divide: for row in 0..<count { output[row] = a[row] / b[row] }
        case .modulo:
            for row in 0..<count { output[row] = a[row].truncatingRemainder(dividingBy: b[row]) }
        }
    }

    private static func vectorConstant(
        _ operation: ArithmeticKernel.Operation, _ a: UnsafePointer<Double>, _ b: Double,
        _ output: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        switch operation {
        case .add: for row in 0..<count { output[row] = a[row] + b }
        case .subtract: for row in 0..<count { output[row] = a[row] - b }
        case .multiply: for row in 0..<count { output[row] = a[row] * b }
        case .divide: for row in 0..<count { output[row] = a[row] / b }
        case .modulo:
            for row in 0..<count { output[row] = a[row].truncatingRemainder(dividingBy: b) }
        }
    }

    private static func constantVector(
        _ operation: ArithmeticKernel.Operation, _ a: Double, _ b: UnsafePointer<Double>,
        _ output: UnsafeMutablePointer<Double>, _ count: Int
    ) {
        switch operation {
        case .add: for row in 0..<count { output[row] = a + b[row] }
        case .subtract: for row in 0..<count { output[row] = a - b[row] }
        case .multiply: for row in 0..<count { output[row] = a * b[row] }
        case .divide: for row in 0..<count { output[row] = a / b[row] }
        case .modulo:
            for row in 0..<count { output[row] = a.truncatingRemainder(dividingBy: b[row]) }
        }
    }

    private static func checkDivisor(
        _ divisor: UnsafePointer<Double>, _ count: Int, _ isConstant: Bool,
        _ validity: ValidityMask?
    ) throws(DemetraError) {
        for row in 0..<count where divisor[row] == 0 {
            if isConstant || validity?.isValid(row) ?? true {
                throw DemetraError(.divisionByZero, "division by zero")
            }
        }
    }

    private static func checkOverflow(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ isLeftConstant: Bool,
        _ isRightConstant: Bool, _ output: UnsafeMutablePointer<Double>, _ count: Int,
        _ validity: ValidityMask?
    ) throws(DemetraError) {
        // Finite values less themselves are zero, all others NaN: one sum tells whether any is not finite.
        var probe = 0.0
        for row in 0..<count { probe += output[row] - output[row] }
        guard probe != 0 || probe.isNaN else { return }
        for row in 0..<count where output[row].isInfinite && validity?.isValid(row) ?? true {
            let left = isLeftConstant ? a[0] : a[row]
            let right = isRightConstant ? b[0] : b[row]
            if left.isFinite, right.isFinite {
                throw DemetraError(.numericValueOutOfRange, "value out of range: overflow")
            }
        }
    }
}
