import DemetraTypes

/// Frame of reference: element = base + value * factor.
///
///     form        UInt8     2
///     base        Int64
///     factor      Int64
///     width       UInt8     1...57
///     bits
///
/// The factor is the greatest common divisor of the distances from the base: hours kept as microseconds
/// are multiples of 3,600,000,000, and so need a few bits instead of forty.
///
/// Safe because pointers cover `count` values.
enum PackedIntegers {
    static func encode(
        _ values: UnsafePointer<Int64>, _ count: Int, _ about: IntegerStatistics,
        into writer: inout ByteWriter
    ) {
        let (base, factor, width) = (about.low, about.factor, about.width)
        writer.write(IntegerForm.packed.rawValue)
        writer.write(base)
        writer.write(Int64(bitPattern: factor))
        writer.write(UInt8(width))
        if factor == 1 {
            BitPacking.pack(count, width: width, into: &writer) {
                UInt64(bitPattern: values[$0] &- base)
            }
        } else {
            BitPacking.pack(count, width: width, into: &writer) {
                UInt64(bitPattern: values[$0] &- base) / factor
            }
        }
    }

    static func decode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, into output: UnsafeMutablePointer<Number>
    ) throws(DemetraError) {
        let base = try reader.integer(Int64.self)
        let factor = try reader.integer(Int64.self)
        let width = Int(try reader.integer(UInt8.self))
        guard width > 0 else { throw reader.damaged("an impossible width") }
        try BitPacking.read(&reader, count, width: width, base: base, factor: factor, output)
    }
}
