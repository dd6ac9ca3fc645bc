package import DemetraTypes

// Single values in and out of vectors: for literals, results handed to apps, and tests.
//
// Safe because the bytes of an array are copied before its borrow ends.

extension VectorBuilder {
    /// Adds a value that already has the builder's type.
    ///
    /// A numeric is rescaled to the type's scale; the caller has checked that it fits.
    package mutating func append(_ value: Value) {
        switch (value, type.physicalType) {
        case (.null, _): appendNull()
        case (.boolean(let value), .boolean): append(boolean: value)
        case (.integer(let value), .int32): append(int32: Int32(truncatingIfNeeded: value))
        case (.integer(let value), .int64): append(int64: value)
        case (.double(let value), .float64): append(double: value)
        case (.numeric(let value), .decimal):
            append(decimal: type == .numeric(nil) ? value : value.truncated(to: type.numericScale))
        case (.numeric(let value), .int64):
            append(int64: Int64(truncatingIfNeeded: Self.unscaled(value, type.numericScale)))
        case (.numeric(let value), .int128): append(int128: Self.unscaled(value, type.numericScale))
        case (.text(let value), .text): append(text: value)
        case (.bytes(let value), .text): value.withUnsafeBufferPointer { append(bytes: $0) }
        case (.date(let value), .int32): append(int32: value.days)
        case (.time(let value), .int64): append(int64: value)
        case (.timestamp(let value), .int64), (.timestamptz(let value), .int64):
            append(int64: value.microseconds)
        case (.interval(let value), .interval): append(interval: value)
        case (.array(let values), .text): append(array: values)
        default: preconditionFailure("a value of another type was appended")
        }
    }

    private mutating func append(array values: [Value]) {
        guard let element = type.arrayElement else {
            preconditionFailure("an array was appended to a vector of another type")
        }
        var writer = ArrayWriter(ArrayLayout(element: element))
        for value in values { writer.append(value) }
        append(writer)
    }

    private static func unscaled(_ value: Decimal, _ scale: Int) -> Int128 {
        Int128(truncatingIfNeeded: value.truncated(to: scale).unscaled.low)
    }
}

extension Vector {
    /// A vector of `count` equal values that already have the type `type`.
    package static func constant(_ value: Value, type: LogicalType, count: Int) -> Vector {
        var builder = VectorBuilder(type: type, capacity: 1)
        builder.append(value)
        return .constant(builder.finish(), count: count)
    }

    /// A flat vector of the given values.
    package init(_ values: [Value], type: LogicalType) {
        var builder = VectorBuilder(type: type, capacity: values.count)
        for value in values { builder.append(value) }
        self = builder.finish()
    }

    /// The value of row `index`.
    package func value(at index: Int) -> Value {
        precondition(index >= 0 && index < count, "row out of range")
        guard isValid(index) else { return .null }
        switch storage {
        case .boolean(let buffer): return .boolean(buffer[index] != 0)
        case .int32(let buffer):
            return type == .date
                ? .date(CalendarDate(days: buffer[index])) : .integer(Int64(buffer[index]))
        case .int64(let buffer): return int64Value(buffer[index])
        case .float64(let buffer): return .double(buffer[index])
        case .int128(let buffer):
            return .numeric(Decimal(unscaled: buffer[index], scale: type.numericScale))
        case .decimal(let buffer): return .numeric(buffer[index])
        case .interval(let buffer): return .interval(buffer[index])
        case .text where type.arrayElement != nil: return .array(arrayValues(at: index))
        case .text(let texts): return textValue(texts, index)
        case .dictionary where type.arrayElement != nil: return .array(arrayValues(at: index))
        case .dictionary(let codes, let dictionary):
            return textValue(dictionary.values, Int(codes[index]))
        case .constant(let one): return one.vector.value(at: 0)
        }
    }

    /// All values; for tests and small results.
    package var values: [Value] { (0..<count).map { value(at: $0) } }

    private func int64Value(_ raw: Int64) -> Value {
        switch type {
        case .time: .time(raw)
        case .timestamp: .timestamp(Timestamp(microseconds: raw))
        case .timestamptz: .timestamptz(Timestamp(microseconds: raw))
        case .numeric: .numeric(Decimal(unscaled: Int128(raw), scale: type.numericScale))
        default: .integer(raw)
        }
    }

    private func textValue(_ texts: TextBuffer, _ index: Int) -> Value {
        type == .bytea ? .bytes(Array(texts.bytes(at: index))) : .text(texts.string(at: index))
    }
}
