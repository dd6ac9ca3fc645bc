import DemetraTypes
import DemetraVectors

/// A run of integers in the smallest of four forms; what every other encoding is made of.
///
///     0 plain       UInt8 bytes of an element, then the elements
///     1 constant    Int64 value
///     2 packed      frame of reference: Int64 base, Int64 factor, UInt8 width, then bits;
///                   element = base + value * factor
///     3 delta       Int64 first, Int64 base, UInt8 width, then bits of all but the first;
///                   element = element before + base + value
///
/// The factor is the greatest common divisor of the distances from the base: hours kept as microseconds
/// are multiples of 3,600,000,000, and so need a few bits instead of forty. Sizes are computed, not
/// tried. NULL rows do not count: the caller has given them the value before them.
///
/// Safe because pointers come from buffers that the caller holds, and loops stay below their counts.
enum IntegerEncoding {
    private static let plain: UInt8 = 0
    private static let constant: UInt8 = 1
    private static let packed: UInt8 = 2
    private static let delta: UInt8 = 3

    // MARK: Writing

    static func encode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ buffer: Buffer<Number>, _ count: Int, into writer: inout ByteWriter
    ) {
        let values = buffer.pointer
        var (low, high) = (count > 0 ? values[0] : 0, count > 0 ? values[0] : 0)
        for index in 0..<count {
            low = min(low, values[index])
            high = max(high, values[index])
        }
        let base = Int64(truncatingIfNeeded: low)
        let range = UInt64(bitPattern: Int64(truncatingIfNeeded: high) &- base)
        if range == 0 {
            writer.write(constant)
            writer.write(base)
            return
        }
        let plainBits = MemoryLayout<Number>.size * 8
        let factor = commonFactor(values, count, base)
        let width = BitPacking.width(of: range / factor)
        let steps = deltas(values, count, range)
        if let steps, steps.width + 2 < min(width, plainBits) {
            return encode(values, count, steps, into: &writer)
        }
        guard width < plainBits, width <= BitPacking.widestValue else {
            writer.write(plain)
            writer.write(UInt8(MemoryLayout<Number>.size))
            writer.write(
                raw: UnsafeRawBufferPointer(UnsafeBufferPointer(start: values, count: count)))
            return
        }
        writer.write(packed)
        writer.write(base)
        writer.write(Int64(bitPattern: factor))
        writer.write(UInt8(width))
        func offset(_ index: Int) -> UInt64 {
            UInt64(bitPattern: Int64(truncatingIfNeeded: values[index]) &- base)
        }
        if factor == 1 {
            BitPacking.pack(count, width: width, into: &writer) { offset($0) }
        } else {
            BitPacking.pack(count, width: width, into: &writer) { offset($0) / factor }
        }
    }

    /// The greatest common divisor of all distances from the least value; at least 1.
    private static func commonFactor<Number: FixedWidthInteger>(
        _ values: UnsafePointer<Number>, _ count: Int, _ base: Int64
    ) -> UInt64 {
        var factor: UInt64 = 0
        for index in 0..<count {
            var rest = UInt64(bitPattern: Int64(truncatingIfNeeded: values[index]) &- base)
            if factor != 0, rest % factor == 0 { continue }
            while rest != 0 { (factor, rest) = (rest, factor % rest) }
            if factor == 1 { return 1 }
        }
        return max(factor, 1)
    }

    private struct Steps {
        let base: Int64
        let width: Int
    }

    /// The steps from value to value, when no step can overflow and all fit one load.
    private static func deltas<Number: FixedWidthInteger>(
        _ values: UnsafePointer<Number>, _ count: Int, _ range: UInt64
    ) -> Steps? {
        guard count > 2, range < UInt64(1) << 62 else { return nil }
        var (low, high) = (Int64.max, Int64.min)
        for index in 1..<count {
            let step =
                Int64(truncatingIfNeeded: values[index])
                &- Int64(truncatingIfNeeded: values[index &- 1])
            low = min(low, step)
            high = max(high, step)
        }
        let width = BitPacking.width(of: UInt64(bitPattern: high &- low))
        return width <= BitPacking.widestValue ? Steps(base: low, width: width) : nil
    }

    private static func encode<Number: FixedWidthInteger>(
        _ values: UnsafePointer<Number>, _ count: Int, _ steps: Steps,
        into writer: inout ByteWriter
    ) {
        writer.write(delta)
        writer.write(Int64(truncatingIfNeeded: values[0]))
        writer.write(steps.base)
        writer.write(UInt8(steps.width))
        guard steps.width > 0 else { return }
        BitPacking.pack(count - 1, width: steps.width, into: &writer) { index in
            let step =
                Int64(truncatingIfNeeded: values[index &+ 1])
                &- Int64(truncatingIfNeeded: values[index])
            return UInt64(bitPattern: step &- steps.base)
        }
    }

    // MARK: Reading

    static func decode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, as type: Number.Type
    ) throws(DemetraError) -> Buffer<Number> {
        switch try reader.integer(UInt8.self) {
        case plain:
            guard Int(try reader.integer(UInt8.self)) == MemoryLayout<Number>.size else {
                throw reader.damaged("integers of another width")
            }
            return try reader.elements(count, of: Number.self)
        case constant:
            let value = Number(truncatingIfNeeded: try reader.integer(Int64.self))
            return Buffer(repeating: value, count: count)
        case packed:
            let base = try reader.integer(Int64.self)
            let factor = try reader.integer(Int64.self)
            let output = BufferBuilder<Number>(capacity: count)
            try unpack(&reader, count, base: base, factor: factor, output.pointer)
            return output.freeze(count: count)
        case delta: return try steps(&reader, count)
        default: throw reader.damaged("an unknown form of integers")
        }
    }

    private static func unpack<Number: FixedWidthInteger>(
        _ reader: inout ByteReader, _ count: Int, base: Int64, factor: Int64,
        _ output: UnsafeMutablePointer<Number>
    ) throws(DemetraError) {
        let width = Int(try reader.integer(UInt8.self))
        guard width > 0, width <= BitPacking.widestValue else {
            throw reader.damaged("an impossible width")
        }
        _ = try reader.borrowing(BitPacking.byteCount(count, width: width)) { source in
            BitPacking.unpack(source, count, width: width, base: base, factor: factor, output)
        }
    }

    private static func steps<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> Buffer<Number> {
        let first = try reader.integer(Int64.self)
        let base = try reader.integer(Int64.self)
        guard count > 0 else { throw reader.damaged("steps without a first value") }
        let output = BufferBuilder<Number>(capacity: count)
        output.pointer[0] = Number(truncatingIfNeeded: first)
        if try isWidthZero(&reader) {
            for index in 1..<count {
                output.pointer[index] =
                    output.pointer[index &- 1] &+ Number(truncatingIfNeeded: base)
            }
            return output.freeze(count: count)
        }
        try unpack(&reader, count - 1, base: base, factor: 1, output.pointer + 1)
        for index in 1..<count {
            output.pointer[index] = output.pointer[index] &+ output.pointer[index &- 1]
        }
        return output.freeze(count: count)
    }

    /// Steps that are all alike take no bits: only the zero of their width is there.
    private static func isWidthZero(_ reader: inout ByteReader) throws(DemetraError) -> Bool {
        var ahead = reader
        guard try ahead.integer(UInt8.self) == 0 else { return false }
        reader = ahead
        return true
    }
}
