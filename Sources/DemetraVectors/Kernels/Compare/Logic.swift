import DemetraTypes

/// Three-valued logic over boolean vectors.
package enum LogicKernel {
    /// AND: false wins over NULL.
    package static func and(_ left: Vector, _ right: Vector) -> Vector {
        if let truth = constantTruth(left) { return and(right, truth, left) }
        if let truth = constantTruth(right) { return and(left, truth, right) }
        return combine(left, right, isOr: false)
    }

    /// OR: true wins over NULL.
    package static func or(_ left: Vector, _ right: Vector) -> Vector {
        if let truth = constantTruth(left) { return or(right, truth, left) }
        if let truth = constantTruth(right) { return or(left, truth, right) }
        return combine(left, right, isOr: true)
    }

    /// NOT: NULL stays NULL.
    package static func not(_ operand: Vector) -> Vector {
        if case .constant(let box) = operand.storage {
            return .constant(not(box.vector), count: operand.count)
        }
        let output = BufferBuilder<UInt8>(capacity: operand.count)
        let input = bytes(operand)
        withExtendedLifetime(input) { invert(input.pointer, output.pointer, operand.count) }
        return Vector(
            type: .boolean, count: operand.count, validity: operand.validity,
            storage: .boolean(output.freeze(count: operand.count)))
    }

    /// IS NULL of any vector; never NULL.
    package static func isNull(_ operand: Vector) -> Vector { not(isNotNull(operand)) }

    /// IS NOT NULL of any vector; never NULL.
    package static func isNotNull(_ operand: Vector) -> Vector {
        guard !operand.isConstant, let validity = operand.validity else {
            return constant(!operand.hasNulls, operand.count)
        }
        return Vector(
            type: .boolean, count: operand.count, storage: .boolean(validity.expanded()))
    }

    /// IS TRUE; never NULL.
    package static func isTrue(_ operand: Vector) -> Vector {
        if operand.isConstant { return constant(constantTruth(operand) == .yes, operand.count) }
        guard let validity = operand.validity else { return operand }
        let output = BufferBuilder<UInt8>(capacity: operand.count)
        // A temporary's pointer would outlive it.
        let (truth, valid) = (bytes(operand), validity.expanded())
        withExtendedLifetime((truth, valid)) {
            conjoin(truth.pointer, valid.pointer, output.pointer, operand.count)
        }
        return Vector(
            type: .boolean, count: operand.count,
            storage: .boolean(output.freeze(count: operand.count)))
    }

    /// IS FALSE; never NULL.
    package static func isFalse(_ operand: Vector) -> Vector { isTrue(not(operand)) }

    private enum Truth { case yes, no, unknown }

    private static func constantTruth(_ vector: Vector) -> Truth? {
        guard case .constant(let box) = vector.storage else { return nil }
        if box.vector.validity != nil { return .unknown }
        return bytes(box.vector)[0] != 0 ? .yes : .no
    }

    private static func constant(_ truth: Bool, _ count: Int) -> Vector {
        .constant(.boolean(truth), type: .boolean, count: count)
    }

    private static func and(_ operand: Vector, _ truth: Truth, _ other: Vector) -> Vector {
        switch truth {
        case .yes: operand
        case .no: other
        case .unknown: nullUnless(isFalse(operand), isOr: false)
        }
    }

    private static func or(_ operand: Vector, _ truth: Truth, _ other: Vector) -> Vector {
        switch truth {
        case .yes: other
        case .no: operand
        case .unknown: nullUnless(isTrue(operand), isOr: true)
        }
    }

    /// The absorbing value where `decided` is true, else NULL.
    private static func nullUnless(_ decided: Vector, isOr: Bool) -> Vector {
        let decided = decided.flattened()
        let known = bytes(decided)
        let validity = withExtendedLifetime(known) {
            ValidityMask.packing(known.pointer, count: decided.count)
        }
        return Vector(
            type: .boolean, count: decided.count, validity: validity,
            storage: .boolean(Buffer(repeating: isOr ? 1 : 0, count: decided.count)))
    }

    private static func combine(_ left: Vector, _ right: Vector, isOr: Bool) -> Vector {
        precondition(left.count == right.count, "operands of different length")
        let count = left.count
        let (a, b) = (bytes(left), bytes(right))
        let output = BufferBuilder<UInt8>(capacity: count)
        guard left.validity != nil || right.validity != nil else {
            if isOr {
                disjoin(a.pointer, b.pointer, output.pointer, count)
            } else {
                conjoin(a.pointer, b.pointer, output.pointer, count)
            }
            return Vector(
                type: .boolean, count: count, storage: .boolean(output.freeze(count: count)))
        }
        let ones = Buffer<UInt8>(repeating: 1, count: count)
        let aValid = left.validity?.expanded() ?? ones
        let bValid = right.validity?.expanded() ?? ones
        let known = BufferBuilder<UInt8>(capacity: count)
        combineKnown(
            a.pointer, aValid.pointer, b.pointer, bValid.pointer, isOr ? 1 : 0, output.pointer,
            known.pointer, count)
        return Vector(
            type: .boolean, count: count, validity: .packing(known.pointer, count: count),
            storage: .boolean(output.freeze(count: count)))
    }

    private static func bytes(_ vector: Vector) -> Buffer<UInt8> {
        guard case .boolean(let bytes) = vector.storage else {
            preconditionFailure("logic needs booleans")
        }
        return bytes
    }
}

private func invert(
    _ input: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    for row in 0..<count { output[row] = input[row] ^ 1 }
}

private func conjoin(
    _ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>,
    _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    for row in 0..<count { output[row] = left[row] & right[row] }
}

private func disjoin(
    _ left: UnsafePointer<UInt8>, _ right: UnsafePointer<UInt8>,
    _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    for row in 0..<count { output[row] = left[row] | right[row] }
}

/// AND as "one side is surely false, or both surely true"; OR is AND with all values inverted.
///
/// Safe because all buffers have `count` bytes.
private func combineKnown(
    _ left: UnsafePointer<UInt8>, _ leftValid: UnsafePointer<UInt8>,
    _ right: UnsafePointer<UInt8>, _ rightValid: UnsafePointer<UInt8>, _ flip: UInt8,
    _ output: UnsafeMutablePointer<UInt8>, _ known: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    for row in 0..<count {
        let (a, b) = (left[row] ^ flip, right[row] ^ flip)
        let (aValid, bValid) = (leftValid[row], rightValid[row])
        let isTrue = a & aValid & b & bValid
        let isFalse = ((a ^ 1) & aValid) | ((b ^ 1) & bValid)
        output[row] = isTrue ^ flip
        known[row] = isTrue | isFalse
    }
}
