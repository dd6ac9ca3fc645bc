import DemetraTypes

/// Distances from the value before: element = element before + base + value.
///
///     form        UInt8     3
///     first       Int64
///     base        Int64     the least step
///     width       UInt8     0...57; 0 when all steps are alike, which is what delta of delta would say
///     bits        of all but the first
///
/// Safe because pointers cover `count` values.
enum DeltaIntegers {
    static func encode(
        _ values: UnsafePointer<Int64>, _ count: Int, _ steps: (low: Int64, high: Int64),
        into writer: inout ByteWriter
    ) {
        let width = BitPacking.width(of: UInt64(bitPattern: steps.high &- steps.low))
        writer.write(IntegerForm.delta.rawValue)
        writer.write(values[0])
        writer.write(steps.low)
        writer.write(UInt8(width))
        guard width > 0 else { return }
        BitPacking.pack(count - 1, width: width, into: &writer) { index in
            UInt64(bitPattern: values[index &+ 1] &- values[index] &- steps.low)
        }
    }

    static func decode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, into output: UnsafeMutablePointer<Number>
    ) throws(DemetraError) {
        let first = try reader.integer(Int64.self)
        let base = try reader.integer(Int64.self)
        let width = Int(try reader.integer(UInt8.self))
        guard count > 0 else { throw reader.damaged("steps without a first value") }
        output[0] = Number(truncatingIfNeeded: first)
        try BitPacking.read(&reader, count - 1, width: width, base: base, factor: 1, output + 1)
        sum(output, count)
    }

    /// Makes values of a first value and steps.
    @inline(__always)
    static func sum<Number: FixedWidthInteger>(
        _ output: UnsafeMutablePointer<Number>, _ count: Int
    ) {
        guard count > 0 else { return }
        var last = output[0]
        for index in 1..<count {
            last = last &+ output[index]
            output[index] = last
        }
    }
}
