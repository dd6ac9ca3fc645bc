import DemetraTypes
import DemetraVectors

/// Run length: each value once, and how often it stands there.
///
///     form        UInt8     4
///     runs        UInt32
///     values      integers, one a run
///     lengths     integers, one a run
///
/// Safe because runs are written only as far as `count` values reach.
enum RunIntegers {
    static func encoded(
        _ values: UnsafePointer<Int64>, _ count: Int, _ runCount: Int, _ depth: Int
    ) -> [UInt8] {
        var (firsts, lengths): ([Int64], [Int64]) = ([], [])
        firsts.reserveCapacity(runCount)
        lengths.reserveCapacity(runCount)
        var start = 0
        for index in 1..<max(count, 1) where values[index] != values[index &- 1] {
            firsts.append(values[start])
            lengths.append(Int64(index - start))
            start = index
        }
        firsts.append(values[start])
        lengths.append(Int64(count - start))
        var writer = ByteWriter()
        writer.write(IntegerForm.runs.rawValue)
        writer.write(UInt32(firsts.count))
        IntegerEncoding.encode(firsts, depth: depth + 1, into: &writer)
        IntegerEncoding.encode(lengths, depth: depth + 1, into: &writer)
        return writer.bytes
    }

    static func decode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, _ depth: Int,
        into output: UnsafeMutablePointer<Number>
    ) throws(DemetraError) {
        let runCount = Int(try reader.integer(UInt32.self))
        guard runCount <= count else { throw reader.damaged("more runs than rows") }
        let values = try IntegerEncoding.decode(
            &reader, runCount, depth: depth + 1, as: Number.self)
        let lengths = try IntegerEncoding.decode(
            &reader, runCount, depth: depth + 1, as: Int32.self)
        var row = 0
        for run in 0..<runCount {
            let length = Int(lengths.pointer[run])
            guard length >= 0, length <= count - row else {
                throw reader.damaged("runs beyond the rows")
            }
            (output + row).update(repeating: values.pointer[run], count: length)
            row += length
        }
        guard row == count else { throw reader.damaged("rows without a run") }
    }
}
