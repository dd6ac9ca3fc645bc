package import DemetraTypes
import DemetraVectors

/// A run of integers in one of the forms of `IntegerForm`; what every other encoding is made of.
///
/// A form begins with its number. Runs, patched, dictionary and steps are made of further integers, which
/// have forms of their own, three levels deep at most. The choice is made from one pass over the values
/// and a sample of them; where a form's size depends on forms below it, it is tried.
///
/// - Source: cascades of light forms: Kuschewski, Sauerwein, Alhomssi, Leis, "BtrBlocks: Efficient Columnar
///   Compression for Data Lakes", SIGMOD 2023.
///
/// Safe because pointers come from buffers that the caller holds, and loops stay below their counts.
package enum IntegerEncoding {
    /// Levels of integers below the first.
    static let deepest = 3

    // MARK: Writing

    /// - Parameter depth: how many forms there are around this one.
    static func encode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ buffer: Buffer<Number>, _ count: Int, depth: Int = 0, into writer: inout ByteWriter
    ) {
        let builder = BufferBuilder<Int64>(capacity: count)
        for index in 0..<count {
            builder.pointer[index] = Int64(truncatingIfNeeded: buffer.pointer[index])
        }
        let wide = builder.freeze(count: count)
        // Within other forms all are 64 bits wide, for they may be read as another type.
        let elementBytes = [0, deepest].contains(depth) ? MemoryLayout<Number>.size : 8
        withExtendedLifetime(wide) {
            encode(
                wide.pointer, count, elementBytes: elementBytes,
                depth: depth, into: &writer)
        }
    }

    /// - Parameters:
    ///   - elementBytes: what an element takes in memory; plain values take as much.
    ///   - depth: how many forms there are around this one.
    static func encode(
        _ values: UnsafePointer<Int64>, _ count: Int, elementBytes: Int, depth: Int,
        into writer: inout ByteWriter
    ) {
        let about = IntegerStatistics(values, count)
        if about.range == 0 { return ConstantIntegers.encode(about.low, into: &writer) }
        let choice = IntegerChoice(values, count, about, elementBytes: elementBytes, depth: depth)
        write(choice, values, count, about, elementBytes, depth, into: &writer)
    }

    static func encode(_ values: [Int64], depth: Int, into writer: inout ByteWriter) {
        values.withUnsafeBufferPointer { source in
            guard let first = source.baseAddress else {
                return ConstantIntegers.encode(0, into: &writer)
            }
            encode(first, source.count, elementBytes: 8, depth: depth, into: &writer)
        }
    }

    static func write(
        _ choice: IntegerChoice, _ values: UnsafePointer<Int64>, _ count: Int,
        _ about: IntegerStatistics, _ elementBytes: Int, _ depth: Int,
        into writer: inout ByteWriter
    ) {
        switch choice {
        case .plain: PlainIntegers.encode(values, count, elementBytes, into: &writer)
        case .packed: PackedIntegers.encode(values, count, about, into: &writer)
        case .delta(let steps): DeltaIntegers.encode(values, count, steps, into: &writer)
        case .patched(let window):
            PatchedIntegers.encode(values, count, about, window, depth, into: &writer)
        case .steps: StepIntegers.encode(values, count, depth, into: &writer)
        case .made(let bytes): writer.write(raw: bytes)
        }
    }

    // MARK: Reading

    static func decode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, as type: Number.Type
    ) throws(DemetraError) -> Buffer<Number> {
        try decode(&reader, count, depth: 0, as: type)
    }

    static func decode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, depth: Int, as type: Number.Type
    ) throws(DemetraError) -> Buffer<Number> {
        let output = BufferBuilder<Number>(capacity: count)
        try decode(&reader, count, depth: depth, into: output.pointer)
        return output.freeze(count: count)
    }

    /// Writes `count` values to `output`.
    static func decode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, depth: Int,
        into output: UnsafeMutablePointer<Number>
    ) throws(DemetraError) {
        guard let form = IntegerForm(rawValue: try reader.integer(UInt8.self)),
            depth <= deepest
        else { throw reader.damaged("an unknown form of integers") }
        switch form {
        case .plain: try PlainIntegers.decode(&reader, count, into: output)
        case .constant: try ConstantIntegers.decode(&reader, count, into: output)
        case .packed: try PackedIntegers.decode(&reader, count, into: output)
        case .delta: try DeltaIntegers.decode(&reader, count, into: output)
        case .runs: try RunIntegers.decode(&reader, count, depth, into: output)
        case .patched: try PatchedIntegers.decode(&reader, count, depth, into: output)
        case .dictionary: try DictionaryIntegers.decode(&reader, count, depth, into: output)
        case .steps: try StepIntegers.decode(&reader, count, depth, into: output)
        }
    }
}

// MARK: Each form by itself

extension IntegerEncoding {
    /// The values in one form, whether it is the best or not; nil when it cannot hold them.
    ///
    /// For tests and measurements: each form must keep its law on all values that it can hold.
    package static func bytes(of values: [Int64], as form: IntegerForm) -> [UInt8]? {
        let count = values.count
        var writer = ByteWriter()
        let isWritten = values.withUnsafeBufferPointer { source -> Bool in
            guard let first = source.baseAddress else { return false }
            let about = IntegerStatistics(first, count)
            guard let choice = IntegerChoice(forced: form, first, count, about) else {
                return false
            }
            write(choice, first, count, about, 8, 0, into: &writer)
            return true
        }
        return isWritten ? writer.bytes : nil
    }

    /// The bytes of values, in the form that is chosen for them.
    package static func bytes(of values: [Int64]) -> [UInt8] {
        var writer = ByteWriter()
        encode(values, depth: 0, into: &writer)
        return writer.bytes
    }

    /// The values of bytes.
    ///
    /// - Throws: XX001 when the bytes are no integers.
    package static func values(
        of bytes: [UInt8], count: Int
    ) throws(DemetraError) -> [Int64] {
        var reader = ByteReader(bytes, name: "a run of integers")
        return try decode(&reader, count, as: Int64.self).array
    }
}
