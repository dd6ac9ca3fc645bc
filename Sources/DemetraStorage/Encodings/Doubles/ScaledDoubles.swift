import DemetraTypes
import DemetraVectors

/// Doubles that are decimals, as integers.
///
///     form        UInt8     1 quotients, 2 products
///     up          UInt8     form 1: value = integer / 10^up, up to 6
///     down        UInt8     form 2 only: value = integer * 10^down * 10^-up, both up to 18
///     integers              for each row
///     exceptions  UInt32
///     rows        form 1: UInt32 each; form 2: integers, ascending
///     patterns    form 1: UInt64 each; form 2: integers
///
/// Each value is tried; those for which it does not hold (NaN, infinities, -0.0, results of a division) are
/// exceptions.
///
/// Safe because rows of exceptions are compared with the count before they are written to.
enum ScaledDoubles {
    /// Nil when there are too many exceptions.
    static func encoded(
        _ values: UnsafePointer<Double>, _ count: Int, _ scale: DecimalScale,
        rowsPerException: Int = DecimalScale.rowsPerException, depth: Int = 0
    ) -> [UInt8]? {
        let integers = BufferBuilder<Int64>(capacity: count)
        var (rows, patterns): ([Int64], [Int64]) = ([], [])
        let allowed = count / rowsPerException + 1
        var last: Int64 = 0
        for row in 0..<count {
            if let found = scale.integer(values[row]) {
                last = found
            } else {
                rows.append(Int64(row))
                patterns.append(Int64(bitPattern: values[row].bitPattern))
                guard rows.count <= allowed else { return nil }
            }
            integers.pointer[row] = last
        }
        var writer = ByteWriter()
        writer.write((scale.divides ? FloatForm.decimals : .scaled).rawValue)
        writer.write(UInt8(scale.up))
        if !scale.divides { writer.write(UInt8(scale.down)) }
        IntegerEncoding.encode(integers.freeze(count: count), count, depth: depth, into: &writer)
        writer.write(UInt32(rows.count))
        if scale.divides {
            for row in rows { writer.write(UInt32(row)) }
            for pattern in patterns { writer.write(pattern) }
        } else {
            IntegerEncoding.encode(rows, depth: 1, into: &writer)
            IntegerEncoding.encode(patterns, depth: 1, into: &writer)
        }
        return writer.bytes
    }

    static func decode(
        _ reader: inout ByteReader, _ count: Int, _ form: FloatForm
    ) throws(DemetraError) -> Buffer<Double> {
        let up = Int(try reader.integer(UInt8.self))
        let down = form == .scaled ? Int(try reader.integer(UInt8.self)) : 0
        guard up < DecimalScale.powers.count, down <= up,
            form == .scaled || up <= DecimalScale.largestQuotient
        else { throw reader.damaged("an impossible scale") }
        let integers = try IntegerEncoding.decode(&reader, count, as: Int64.self)
        let output = BufferBuilder<Double>(capacity: count)
        if form == .scaled {
            let scale = DecimalScale(up: up, down: down, divides: false)
            product(integers.pointer, count, scale.more, scale.less, output.pointer)
        } else {
            let power = DecimalScale.powers[up]
            for row in 0..<count { output.pointer[row] = Double(integers.pointer[row]) / power }
        }
        try patch(&reader, count, form, output.pointer)
        return output.freeze(count: count)
    }

    private static func product(
        _ integers: UnsafePointer<Int64>, _ count: Int, _ more: Double, _ less: Double,
        _ output: UnsafeMutablePointer<Double>
    ) {
        for row in 0..<count { output[row] = Double(integers[row]) * more * less }
    }

    private static func patch(
        _ reader: inout ByteReader, _ count: Int, _ form: FloatForm,
        _ output: UnsafeMutablePointer<Double>
    ) throws(DemetraError) {
        let exceptions = try reader.integer(UInt32.self)
        guard exceptions <= count else { throw reader.damaged("more exceptions than rows") }
        let listed = Int(exceptions)
        let rows: Buffer<UInt32>
        let patterns: Buffer<UInt64>
        if form == .scaled {
            rows = try IntegerEncoding.decode(&reader, listed, depth: 1, as: UInt32.self)
            patterns = try IntegerEncoding.decode(&reader, listed, depth: 1, as: UInt64.self)
        } else {
            rows = try reader.elements(listed, of: UInt32.self)
            patterns = try reader.elements(listed, of: UInt64.self)
        }
        for index in 0..<listed {
            let row = Int(rows.pointer[index])
            guard row < count else { throw reader.damaged("an exception beyond the rows") }
            output[row] = Double(bitPattern: patterns.pointer[index])
        }
    }
}
