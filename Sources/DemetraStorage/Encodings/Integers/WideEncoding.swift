import DemetraTypes
import DemetraVectors

/// 128-bit integers, decimals and intervals: made of runs of narrower integers.
///
///     int128      UInt8 1 when all fit 64 bits: the values; else 0: the upper halves, then the lower
///     decimal     the scales, then the unscaled values as int128; where one does not fit, 255 in front, and the
///                 upper halves, then the lower, of 256 bits
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
        let isShort = (0..<count).allSatisfy { values[$0].isShort }
        if !isShort { writer.write(wideMark) }
        write((0..<count).map { values[$0].scale }, into: &writer)
        if !isShort {
            encode(Buffer((0..<count).map { values[$0].unscaled.high }), count, into: &writer)
        }
        let lower = Buffer(
            (0..<count).map { Int128(truncatingIfNeeded: values[$0].unscaled.low) })
        encode(lower, count, into: &writer)
    }

    /// What no form of integers begins with.
    private static let wideMark: UInt8 = 255

    static func decimals(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> Buffer<Decimal> {
        let isShort = try reader.peek() != wideMark
        if !isShort { _ = try reader.integer(UInt8.self) }
        let scales = try IntegerEncoding.decode(&reader, count, as: Int32.self)
        let upper = isShort ? nil : try decode(&reader, count)
        let lower = try decode(&reader, count)
        let output = BufferBuilder<Decimal>(capacity: count)
        for row in 0..<count {
            let digits =
                upper.map { Int256(high: $0[row], low: UInt128(bitPattern: lower[row])) }
                ?? Int256(lower[row])
            guard
                let number = StoredDecimal.number(digits, scale: scales[row], isShort: isShort)
            else { throw reader.damaged("an impossible number") }
            output.pointer[row] = number
        }
        return output.freeze(count: count)
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
