import DemetraTypes
import DemetraVectors

/// 128-bit integers, decimals and intervals: made of runs of narrower integers.
///
///     int128      UInt8 1 when all fit 64 bits: the values; else 0: the upper halves, then the lower
///     decimal     the scales, then the unscaled values as int128
///     interval    months, days, microseconds
///
/// Safe because both halves and the output have an element for each of the `count` rows.
enum WideEncoding {
    // MARK: 128-bit integers

    static func encode(
        _ values: Buffer<Int128>, _ count: Int, into writer: inout ByteWriter
    ) {
        let narrow = values.narrowed()
        writer.write(narrow != nil)
        if let narrow { return IntegerEncoding.encode(narrow, count, into: &writer) }
        write((0..<count).map { Int64(truncatingIfNeeded: values[$0] >> 64) }, into: &writer)
        write((0..<count).map { Int64(truncatingIfNeeded: values[$0]) }, into: &writer)
    }

    static func decode(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> Buffer<Int128> {
        if try reader.flag() {
            return try IntegerEncoding.decode(&reader, count, as: Int64.self).widened()
        }
        let high = try IntegerEncoding.decode(&reader, count, as: Int64.self)
        let low = try IntegerEncoding.decode(&reader, count, as: Int64.self)
        let output = BufferBuilder<Int128>(capacity: count)
        for row in 0..<count {
            output.pointer[row] =
                Int128(high.pointer[row]) << 64 | Int128(UInt64(bitPattern: low.pointer[row]))
        }
        return output.freeze(count: count)
    }

    // MARK: Decimals

    static func encode(
        _ values: Buffer<Decimal>, _ count: Int, into writer: inout ByteWriter
    ) {
        write((0..<count).map { values[$0].scale }, into: &writer)
        let unscaled = Buffer((0..<count).map { values[$0].unscaled })
        encode(unscaled, count, into: &writer)
    }

    /// Scales of numerics; -1 is NaN's.
    static let possibleScales: ClosedRange<Int32> = -1...38

    static func decimals(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> Buffer<Decimal> {
        let scales = try IntegerEncoding.decode(&reader, count, as: Int32.self)
        guard scales.array.allSatisfy({ possibleScales.contains($0) }) else {
            throw reader.damaged("an impossible scale")
        }
        let unscaled = try decode(&reader, count)
        return Buffer(
            (0..<count).map { Decimal(unscaled: unscaled[$0], scale: Int(scales[$0])) })
    }

    // MARK: Intervals

    static func encode(
        _ values: Buffer<Interval>, _ count: Int, into writer: inout ByteWriter
    ) {
        write((0..<count).map { values[$0].months }, into: &writer)
        write((0..<count).map { values[$0].days }, into: &writer)
        write((0..<count).map { values[$0].microseconds }, into: &writer)
    }

    static func intervals(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> Buffer<Interval> {
        let months = try IntegerEncoding.decode(&reader, count, as: Int32.self)
        let days = try IntegerEncoding.decode(&reader, count, as: Int32.self)
        let times = try IntegerEncoding.decode(&reader, count, as: Int64.self)
        return Buffer(
            (0..<count).map {
                Interval(months: months[$0], days: days[$0], microseconds: times[$0])
            })
    }

    private static func write<Number: FixedWidthInteger & BitwiseCopyable>(
        _ values: [Number], into writer: inout ByteWriter
    ) {
        IntegerEncoding.encode(Buffer(values), values.count, into: &writer)
    }
}
