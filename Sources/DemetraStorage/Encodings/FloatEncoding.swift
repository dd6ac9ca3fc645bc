import DemetraTypes
import DemetraVectors

/// Doubles, bit for bit.
///
///     0 bits       the bit patterns as integers
///     1 decimals   UInt8 digits; then the values times 10^digits as integers; UInt32 exceptions, their
///                  rows as UInt32, their bit patterns as UInt64
///
/// Amounts of money are decimals with few digits that lie in doubles. `Double(n) / 10^digits` is the
/// double nearest to the decimal, which is how the value came to be, so the integer n says it exactly;
/// each value is tried, and the few for which it does not hold (NaN, infinities, -0.0, results of a
/// division) are exceptions.
///
/// - Source: the idea is that of Afroozeh, Kuffo and Boncz, "ALP: Adaptive Lossless floating-Point
///   Compression", SIGMOD 2023.
///
/// Safe because pointers come from buffers that the caller holds, and loops stay below their counts.
enum FloatEncoding {
    private static let bits: UInt8 = 0
    private static let decimals: UInt8 = 1
    private static let powers: [Double] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000]
    /// Integers beyond are not all doubles.
    private static let largestInteger = 9_007_199_254_740_992.0
    /// More exceptions than one row in so many make the form pointless.
    private static let rowsPerException = 16
    private static let sampleCount = 256

    static func encode(
        _ buffer: Buffer<Double>, _ count: Int, into writer: inout ByteWriter
    ) {
        let values = buffer.pointer
        if let digits = likelyDigits(values, count),
            let (integers, exceptions) = scaled(values, count, digits)
        {
            writer.write(decimals)
            writer.write(UInt8(digits))
            IntegerEncoding.encode(Buffer(integers), count, into: &writer)
            writer.write(UInt32(exceptions.count))
            for row in exceptions { writer.write(UInt32(row)) }
            for row in exceptions { writer.write(values[row].bitPattern) }
            return
        }
        writer.write(bits)
        let patterns = BufferBuilder<Int64>(capacity: count)
        for row in 0..<count {
            patterns.pointer[row] = Int64(bitPattern: values[row].bitPattern)
        }
        IntegerEncoding.encode(patterns.freeze(count: count), count, into: &writer)
    }

    /// The integer that stands for a value, or nil.
    @inline(__always)
    private static func integer(_ value: Double, _ power: Double) -> Int64? {
        let scaled = value * power
        guard scaled.magnitude < largestInteger else { return nil }
        let rounded = Int64(scaled + (scaled < 0 ? -0.5 : 0.5))
        return (Double(rounded) / power).bitPattern == value.bitPattern ? rounded : nil
    }

    /// The least digits that hold for nearly all values of a sample.
    private static func likelyDigits(_ values: UnsafePointer<Double>, _ count: Int) -> Int? {
        guard count > 0 else { return nil }
        let step = max(1, count / sampleCount)
        for (digits, power) in powers.enumerated() {
            var (tried, failed) = (0, 0)
            for row in stride(from: 0, to: count, by: step) {
                tried += 1
                if integer(values[row], power) == nil { failed += 1 }
            }
            if failed * rowsPerException <= tried { return digits }
        }
        return nil
    }

    private static func scaled(
        _ values: UnsafePointer<Double>, _ count: Int, _ digits: Int
    ) -> (integers: [Int64], exceptions: [Int])? {
        let power = powers[digits]
        var integers = [Int64](repeating: 0, count: count)
        var exceptions: [Int] = []
        var last: Int64 = 0
        for row in 0..<count {
            if let found = integer(values[row], power) {
                last = found
            } else {
                exceptions.append(row)
            }
            integers[row] = last
        }
        return exceptions.count * rowsPerException <= count + rowsPerException
            ? (integers, exceptions) : nil
    }

    static func decode(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> Buffer<Double> {
        switch try reader.integer(UInt8.self) {
        case bits:
            let patterns = try IntegerEncoding.decode(&reader, count, as: Int64.self)
            let output = BufferBuilder<Double>(capacity: count)
            for row in 0..<count {
                output.pointer[row] = Double(bitPattern: UInt64(bitPattern: patterns.pointer[row]))
            }
            return output.freeze(count: count)
        case decimals:
            let digits = Int(try reader.integer(UInt8.self))
            guard digits < powers.count else { throw reader.damaged("an impossible scale") }
            let power = powers[digits]
            let integers = try IntegerEncoding.decode(&reader, count, as: Int64.self)
            let output = BufferBuilder<Double>(capacity: count)
            for row in 0..<count { output.pointer[row] = Double(integers.pointer[row]) / power }
            let exceptionCount = try reader.count(ofAtLeast: 12)
            let rows = try reader.elements(exceptionCount, of: UInt32.self)
            let patterns = try reader.elements(exceptionCount, of: UInt64.self)
            for index in 0..<exceptionCount {
                let row = Int(rows[index])
                guard row < count else { throw reader.damaged("an exception beyond the rows") }
                output.pointer[row] = Double(bitPattern: patterns[index])
            }
            return output.freeze(count: count)
        default: throw reader.damaged("an unknown form of doubles")
        }
    }
}
