package import DemetraTypes

/// CASE with both results at hand: takes one value or the other by a condition, without moving rows.
///
/// Safe because the results are checked to have the condition's count, and a constant is read at row 0 only.
package enum ChooseKernel {
    /// Whether results of a type can be chosen between: those of a fixed width.
    package static func handles(_ type: LogicalType) -> Bool {
        switch type.physicalType {
        case .int32, .int64, .float64: true
        default: false
        }
    }

    /// `first` where the condition is true, `second` where it is false or NULL; nil for types that
    /// `handles` refuses.
    ///
    /// All vectors have the condition's count, the results the physical type of `type`.
    package static func choose(
        _ condition: Vector, _ first: Vector, _ second: Vector, type: LogicalType
    ) -> Vector? {
        precondition(
            first.count == condition.count && second.count == condition.count,
            "vectors of different length")
        let count = condition.count
        let isTrue = LogicKernel.isTrue(condition)
        if case .constant(let box) = isTrue.storage {
            return (box.vector.value(at: 0) == .boolean(true) ? first : second).retyped(type)
        }
        guard case .boolean(let truth) = isTrue.storage else { return nil }
        let storage: VectorStorage
        switch (row(first), row(second)) {
        case (.int32(let a), .int32(let b)):
            storage = .int32(chosen(truth, a, first.isConstant, b, second.isConstant, count))
        case (.int64(let a), .int64(let b)):
            storage = .int64(chosen(truth, a, first.isConstant, b, second.isConstant, count))
        case (.float64(let a), .float64(let b)):
            storage = .float64(chosen(truth, a, first.isConstant, b, second.isConstant, count))
        default: return nil
        }
        return Vector(
            type: type, count: count, validity: validity(truth, first, second, count),
            storage: storage)
    }

    /// The stored values; of a constant its one row.
    private static func row(_ vector: Vector) -> VectorStorage {
        if case .constant(let box) = vector.storage { box.vector.storage } else { vector.storage }
    }

    private static func chosen<Element: BitwiseCopyable>(
        _ truth: Buffer<UInt8>, _ first: Buffer<Element>, _ isFirstConstant: Bool,
        _ second: Buffer<Element>, _ isSecondConstant: Bool, _ count: Int
    ) -> Buffer<Element> {
        let builder = BufferBuilder<Element>(capacity: count)
        let (output, truths) = (builder.pointer, truth.pointer)
        let (a, b) = (first.pointer, second.pointer)
        switch (isFirstConstant, isSecondConstant) {
        case (true, true):
            let (x, y) = (a[0], b[0])
            for row in 0..<count { output[row] = truths[row] != 0 ? x : y }
        case (true, false):
            let x = a[0]
            for row in 0..<count { output[row] = truths[row] != 0 ? x : b[row] }
        case (false, true):
            let y = b[0]
            for row in 0..<count { output[row] = truths[row] != 0 ? a[row] : y }
        case (false, false):
            for row in 0..<count { output[row] = truths[row] != 0 ? a[row] : b[row] }
        }
        return builder.freeze(count: count)
    }

    private static func validity(
        _ truth: Buffer<UInt8>, _ first: Vector, _ second: Vector, _ count: Int
    ) -> ValidityMask? {
        guard first.hasNulls || second.hasNulls else { return nil }
        let (a, b) = (validBytes(first), validBytes(second))
        let bytes = chosen(truth, a, false, b, false, count)
        return withExtendedLifetime(bytes) { .packing(bytes.pointer, count: count) }
    }

    private static func validBytes(_ vector: Vector) -> Buffer<UInt8> {
        vector.validity?.expanded()
            ?? Buffer(repeating: vector.hasNulls ? 0 : 1, count: vector.count)
    }
}
