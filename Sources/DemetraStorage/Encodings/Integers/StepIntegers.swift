import DemetraTypes

/// Distances from the value before, in any form: delta with exceptions, with a factor, or of deltas.
///
///     form        UInt8     7
///     first       Int64
///     steps       integers, one less than rows
///
/// Hours that follow each other but for a gap or a late one are steps in patched form.
///
/// Safe because pointers cover `count` values.
enum StepIntegers {
    static func encode(
        _ values: UnsafePointer<Int64>, _ count: Int, _ depth: Int, into writer: inout ByteWriter
    ) {
        writer.write(IntegerForm.steps.rawValue)
        writer.write(values[0])
        let steps = [Int64](unsafeUninitializedCapacity: count - 1) { target, written in
            for index in 0..<(count - 1) { target[index] = values[index &+ 1] &- values[index] }
            written = count - 1
        }
        IntegerEncoding.encode(steps, depth: depth + 1, into: &writer)
    }

    static func decode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, _ depth: Int,
        into output: UnsafeMutablePointer<Number>
    ) throws(DemetraError) {
        let first = try reader.integer(Int64.self)
        guard count > 0 else { throw reader.damaged("steps without a first value") }
        output[0] = Number(truncatingIfNeeded: first)
        try IntegerEncoding.decode(&reader, count - 1, depth: depth + 1, into: output + 1)
        DeltaIntegers.sum(output, count)
    }
}
