import DemetraTypes

/// One value for all rows.
///
///     form        UInt8     1
///     value       Int64
///
/// Safe because `output` has room for `count` values.
enum ConstantIntegers {
    static func encode(_ value: Int64, into writer: inout ByteWriter) {
        writer.write(IntegerForm.constant.rawValue)
        writer.write(value)
    }

    static func decode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, into output: UnsafeMutablePointer<Number>
    ) throws(DemetraError) {
        let value = Number(truncatingIfNeeded: try reader.integer(Int64.self))
        output.update(repeating: value, count: count)
    }
}
