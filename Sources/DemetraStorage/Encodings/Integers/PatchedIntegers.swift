import DemetraTypes
import DemetraVectors

/// Patched frame of reference: packed to the width of nearly all values; the others are listed.
///
///     form        UInt8     5
///     base        Int64
///     factor      Int64
///     width       UInt8     0...57
///     bits        of all rows; zero where the value is listed
///     exceptions  UInt32
///     rows        integers, ascending
///     values      integers
///
/// - Source: Zukowski, Heman, Nes, Boncz, "Super-Scalar RAM-CPU Cache Compression", ICDE 2006.
///
/// Safe because rows of exceptions are compared with the count before they are written to.
enum PatchedIntegers {
    static func encode(
        _ values: UnsafePointer<Int64>, _ count: Int, _ about: IntegerStatistics,
        _ window: IntegerWindow, _ depth: Int, into writer: inout ByteWriter
    ) {
        let factor = about.factor
        let base = about.low &+ Int64(bitPattern: window.start &* factor)
        // All below are inside. The width is less than that of the range, so nothing overflows.
        let limit = factor &<< UInt64(window.width)
        var (rows, others): ([Int64], [Int64]) = ([], [])
        for row in 0..<count where UInt64(bitPattern: values[row] &- base) >= limit {
            rows.append(Int64(row))
            others.append(values[row])
        }
        writer.write(IntegerForm.patched.rawValue)
        writer.write(base)
        writer.write(Int64(bitPattern: factor))
        writer.write(UInt8(window.width))
        if window.width > 0 {
            BitPacking.pack(count, width: window.width, into: &writer) { row in
                let distance = UInt64(bitPattern: values[row] &- base)
                if distance >= limit { return 0 }
                return factor == 1 ? distance : distance / factor
            }
        }
        writer.write(UInt32(rows.count))
        IntegerEncoding.encode(rows, depth: depth + 1, into: &writer)
        IntegerEncoding.encode(others, depth: depth + 1, into: &writer)
    }

    static func decode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, _ depth: Int,
        into output: UnsafeMutablePointer<Number>
    ) throws(DemetraError) {
        let base = try reader.integer(Int64.self)
        let factor = try reader.integer(Int64.self)
        let width = Int(try reader.integer(UInt8.self))
        try BitPacking.read(&reader, count, width: width, base: base, factor: factor, output)
        let exceptions = Int(try reader.integer(UInt32.self))
        guard exceptions <= count else { throw reader.damaged("more exceptions than rows") }
        let rows = try IntegerEncoding.decode(
            &reader, exceptions, depth: depth + 1, as: Int32.self)
        let values = try IntegerEncoding.decode(
            &reader, exceptions, depth: depth + 1, as: Number.self)
        for index in 0..<exceptions {
            let row = Int(rows.pointer[index])
            guard row >= 0, row < count else {
                throw reader.damaged("an exception beyond the rows")
            }
            output[row] = values.pointer[index]
        }
    }
}
