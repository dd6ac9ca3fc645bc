import DemetraTypes
import DemetraVectors

/// Doubles with no short decimal: sign, exponent and the first bits of the fraction repeat, the rest does not.
///
///     form        UInt8     3
///     width       UInt8     bits of the right parts, 48...57
///     left        integers, the upper 64 - width bits of each pattern
///     right       integers, the others
///
/// The integers of the left parts find the few that occur (patched, or a dictionary); the right ones are
/// packed.
///
/// - Source: ALP for real doubles; Afroozeh, Kuffo, Boncz, SIGMOD 2023, section 3.4.
///
/// Safe because all buffers have `count` elements.
enum HalvedDoubles {
    private static let widths = 48...BitPacking.widestValue
    private static let sampleCount = 512

    static func encoded(_ values: UnsafePointer<Double>, _ count: Int) -> [UInt8]? {
        guard count > 0 else { return nil }
        let width = likelyWidth(values, count)
        let left = BufferBuilder<Int64>(capacity: count)
        let right = BufferBuilder<Int64>(capacity: count)
        let mask = UInt64(1) << UInt64(width) - 1
        for row in 0..<count {
            let bits = values[row].bitPattern
            left.pointer[row] = Int64(truncatingIfNeeded: bits &>> UInt64(width))
            right.pointer[row] = Int64(truncatingIfNeeded: bits & mask)
        }
        var writer = ByteWriter()
        writer.write(FloatForm.halves.rawValue)
        writer.write(UInt8(width))
        IntegerEncoding.encode(left.freeze(count: count), count, into: &writer)
        IntegerEncoding.encode(right.freeze(count: count), count, into: &writer)
        return writer.bytes
    }

    /// Where the cut leaves the fewest bits: those of the right part, and a code for the left one.
    private static func likelyWidth(_ values: UnsafePointer<Double>, _ count: Int) -> Int {
        let taken = min(count, sampleCount)
        let sample = (0..<taken).map { values[$0 * count / taken].bitPattern }.sorted()
        var best = (width: widths.upperBound, bits: Int.max)
        for width in widths {
            var distinct = 1
            for index in 1..<max(taken, 1)
            where sample[index] >> UInt64(width) != sample[index - 1] >> UInt64(width) {
                distinct += 1
            }
            let bits = width + BitPacking.width(of: UInt64(distinct - 1))
            if bits < best.bits { best = (width, bits) }
        }
        return best.width
    }

    static func decode(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> Buffer<Double> {
        let width = Int(try reader.integer(UInt8.self))
        guard widths.contains(width) else { throw reader.damaged("an impossible width") }
        let left = try IntegerEncoding.decode(&reader, count, as: UInt64.self)
        let right = try IntegerEncoding.decode(&reader, count, as: UInt64.self)
        let output = BufferBuilder<Double>(capacity: count)
        let mask = UInt64(1) << UInt64(width) - 1
        for row in 0..<count {
            let bits = left.pointer[row] &<< UInt64(width) | (right.pointer[row] & mask)
            output.pointer[row] = Double(bitPattern: bits)
        }
        return output.freeze(count: count)
    }
}
