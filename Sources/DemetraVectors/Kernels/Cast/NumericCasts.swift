import DemetraTypes

/// Casts between numbers that stand in hot paths.
///
/// Safe because pointers are read at rows below the count of the buffers they come from.
enum NumericCasts {
    static func cast(_ vector: Vector, to type: LogicalType) throws(DemetraError) -> Vector? {
        switch (vector.storage, type) {
        case (.int32(let buffer), .bigint) where vector.type.isInteger:
            return Vector(
                type: type, count: vector.count, validity: vector.validity,
                storage: .int64(widened(buffer)))
        case (.int32(let buffer), .double) where vector.type.isInteger:
            return Vector(
                type: type, count: vector.count, validity: vector.validity,
                storage: .float64(doubles(buffer)))
        case (.int64(let buffer), .double) where vector.type == .bigint:
            return Vector(
                type: type, count: vector.count, validity: vector.validity,
                storage: .float64(doubles(buffer)))
        case (.int64(let buffer), .double) where vector.type.isNumeric:
            return Vector(
                type: type, count: vector.count, validity: vector.validity,
                storage: .float64(doubles(buffer, scale: vector.type.numericScale)))
        case (.float64, .double):
            return vector.retyped(type)
        case (.int32(let buffer), .numeric(nil)) where vector.type.isInteger:
            return decimals(vector, type) {
                Decimal(unscaled: Int128(buffer.pointer[$0]), scale: 0)
            }
        case (.int64(let buffer), .numeric(nil))
        where vector.type == .bigint || vector.type.isNumeric:
            let scale = vector.type.numericScale
            return decimals(vector, type) {
                Decimal(unscaled: Int128(buffer.pointer[$0]), scale: scale)
            }
        case (.int128(let buffer), .numeric(nil)):
            let scale = vector.type.numericScale
            return decimals(vector, type) { Decimal(unscaled: buffer.pointer[$0], scale: scale) }
        default: return nil
        }
    }

    private static func widened(_ source: Buffer<Int32>) -> Buffer<Int64> {
        let builder = BufferBuilder<Int64>(capacity: source.count)
        let (input, output) = (source.pointer, builder.pointer)
        for row in 0..<source.count { output[row] = Int64(input[row]) }
        return builder.freeze(count: source.count)
    }

    private static func doubles(_ source: Buffer<Int32>) -> Buffer<Double> {
        let builder = BufferBuilder<Double>(capacity: source.count)
        let (input, output) = (source.pointer, builder.pointer)
        for row in 0..<source.count { output[row] = Double(input[row]) }
        return builder.freeze(count: source.count)
    }

    private static func doubles(_ source: Buffer<Int64>) -> Buffer<Double> {
        let builder = BufferBuilder<Double>(capacity: source.count)
        let (input, output) = (source.pointer, builder.pointer)
        for row in 0..<source.count { output[row] = Double(input[row]) }
        return builder.freeze(count: source.count)
    }

    /// Exact while the digits fit a double, as one division by a power of ten rounds once.
    private static func doubles(_ source: Buffer<Int64>, scale: Int) -> Buffer<Double> {
        let builder = BufferBuilder<Double>(capacity: source.count)
        let (input, output) = (source.pointer, builder.pointer)
        var power = 1.0
        for _ in 0..<scale { power *= 10 }
        for row in 0..<source.count { output[row] = Double(input[row]) / power }
        return builder.freeze(count: source.count)
    }

    private static func decimals(
        _ vector: Vector, _ type: LogicalType, _ element: (Int) -> Decimal
    ) -> Vector {
        let builder = BufferBuilder<Decimal>(capacity: vector.count)
        let output = builder.pointer
        for row in 0..<vector.count { output[row] = element(row) }
        return Vector(
            type: type, count: vector.count, validity: vector.validity,
            storage: .decimal(builder.freeze(count: vector.count)))
    }
}
