import DemetraTypes
import DemetraVectors

/// Integers as they lie in memory: for values without any order.
///
///     form        UInt8     0
///     size        UInt8     bytes of an element
///     elements
///
/// Safe because the loop stays below the count of its buffer.
enum PlainIntegers {
    static func encode(
        _ values: UnsafePointer<Int64>, _ count: Int, _ size: Int, into writer: inout ByteWriter
    ) {
        writer.write(IntegerForm.plain.rawValue)
        writer.write(UInt8(size))
        switch size {
        case 1: write(values, count, as: UInt8.self, into: &writer)
        case 4: write(values, count, as: Int32.self, into: &writer)
        default:
            writer.write(
                raw: UnsafeRawBufferPointer(UnsafeBufferPointer(start: values, count: count)))
        }
    }

    private static func write<Number: FixedWidthInteger & BitwiseCopyable>(
        _ values: UnsafePointer<Int64>, _ count: Int, as type: Number.Type,
        into writer: inout ByteWriter
    ) {
        let narrow = (0..<count).map { Number(truncatingIfNeeded: values[$0]) }
        narrow.withUnsafeBytes { writer.write(raw: $0) }
    }

    static func decode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, into output: UnsafeMutablePointer<Number>
    ) throws(DemetraError) {
        let size = Int(try reader.integer(UInt8.self))
        if size == MemoryLayout<Number>.size { return try reader.copy(count, into: output) }
        // Integers within a form are 64 bits wide, whatever they become.
        guard size == MemoryLayout<Int64>.size else {
            throw reader.damaged("integers of another width")
        }
        let wide = try reader.elements(count, of: Int64.self)
        for index in 0..<count {
            output[index] = Number(truncatingIfNeeded: wide.pointer[index])
        }
    }
}
