package import DemetraTypes
import DemetraVectors

/// The forms that doubles can have in a file; the numbers never change.
package enum FloatForm: UInt8, Sendable, CaseIterable {
    /// The bit patterns as integers.
    case bits = 0
    /// Quotients of an integer and a power of ten.
    case decimals = 1
    /// Products of an integer and two powers of ten: ALP.
    case scaled = 2
    /// Bit patterns cut in two: ALP for real doubles.
    case halves = 3
}

/// Doubles, bit for bit, in one of the forms of `FloatForm`.
///
/// Safe because pointers come from buffers that the caller holds, and loops stay below their counts.
package enum FloatEncoding {
    static func encode(
        _ buffer: Buffer<Double>, _ count: Int, depth: Int = 0, into writer: inout ByteWriter
    ) {
        let values = buffer.pointer
        let scales = depth == 0 ? DecimalScale.all : DecimalScale.quotients
        if let scale = DecimalScale.likely(values, count, of: scales),
            let bytes = ScaledDoubles.encoded(values, count, scale, depth: depth)
        {
            return writer.write(raw: bytes)
        }
        let bits = encodedBits(values, count, depth)
        guard depth == 0, let halves = HalvedDoubles.encoded(values, count),
            halves.count < bits.count
        else {
            return writer.write(raw: bits)
        }
        writer.write(raw: halves)
    }

    private static func encodedBits(
        _ values: UnsafePointer<Double>, _ count: Int, _ depth: Int
    ) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(FloatForm.bits.rawValue)
        let patterns = BufferBuilder<Int64>(capacity: count)
        for row in 0..<count {
            patterns.pointer[row] = Int64(bitPattern: values[row].bitPattern)
        }
        IntegerEncoding.encode(patterns.freeze(count: count), count, depth: depth, into: &writer)
        return writer.bytes
    }

    static func decode(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> Buffer<Double> {
        guard let form = FloatForm(rawValue: try reader.integer(UInt8.self)) else {
            throw reader.damaged("an unknown form of doubles")
        }
        switch form {
        case .bits:
            let patterns = try IntegerEncoding.decode(&reader, count, as: Int64.self)
            let output = BufferBuilder<Double>(capacity: count)
            for row in 0..<count {
                output.pointer[row] = Double(bitPattern: UInt64(bitPattern: patterns.pointer[row]))
            }
            return output.freeze(count: count)
        case .decimals, .scaled: return try ScaledDoubles.decode(&reader, count, form)
        case .halves: return try HalvedDoubles.decode(&reader, count)
        }
    }
}

// MARK: Each form by itself

extension FloatEncoding {
    /// The values in one form, whether it is the best or not; nil when it cannot hold them.
    package static func bytes(of values: [Double], as form: FloatForm) -> [UInt8]? {
        let buffer = Buffer(values)
        return withExtendedLifetime(buffer) { bytes(of: buffer.pointer, buffer.count, as: form) }
    }

    private static func bytes(
        of pointer: UnsafePointer<Double>, _ count: Int, as form: FloatForm
    ) -> [UInt8]? {
        switch form {
        case .bits: return encodedBits(pointer, count, 0)
        case .decimals:
            return ScaledDoubles.encoded(
                pointer, count, DecimalScale(up: 2, down: 0, divides: true), rowsPerException: 1)
        case .scaled:
            return ScaledDoubles.encoded(
                pointer, count, DecimalScale(up: 14, down: 12, divides: false),
                rowsPerException: 1)
        case .halves: return HalvedDoubles.encoded(pointer, count)
        }
    }

    /// The bytes of values, in the form that is chosen for them.
    package static func bytes(of values: [Double]) -> [UInt8] {
        var writer = ByteWriter()
        encode(Buffer(values), values.count, into: &writer)
        return writer.bytes
    }

    /// The values of bytes.
    ///
    /// - Throws: XX001 when the bytes are no doubles.
    package static func values(of bytes: [UInt8], count: Int) throws(DemetraError) -> [Double] {
        var reader = ByteReader(bytes, name: "a run of doubles")
        return try decode(&reader, count).array
    }
}
