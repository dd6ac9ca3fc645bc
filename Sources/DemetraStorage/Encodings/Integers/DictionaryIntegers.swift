import DemetraTypes
import DemetraVectors

/// The distinct values, and for each row which of them: for wide numbers of which there are few, such as
/// the ids of ads.
///
///     form        UInt8     6
///     distinct    UInt32
///     values      integers, ascending
///     codes       integers
///
/// Safe because codes are compared with the number of distinct values before they are used.
enum DictionaryIntegers {
    /// Distinct values at most.
    static let largest = 16_384

    /// Nil when there are more distinct values than `largestDictionary`.
    static func encoded(
        _ values: UnsafePointer<Int64>, _ count: Int, _ depth: Int, largestDictionary: Int
    ) -> [UInt8]? {
        guard
            let (codes, distinct) = LocalCodes.find(values, count, largest: largestDictionary)
        else { return nil }
        var writer = ByteWriter()
        writer.write(IntegerForm.dictionary.rawValue)
        writer.write(UInt32(distinct.count))
        IntegerEncoding.encode(distinct, depth: depth + 1, into: &writer)
        withExtendedLifetime(codes) {
            IntegerEncoding.encode(
                codes.pointer, count, elementBytes: 8, depth: depth + 1, into: &writer)
        }
        return writer.bytes
    }

    static func decode<Number: FixedWidthInteger & BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, _ depth: Int,
        into output: UnsafeMutablePointer<Number>
    ) throws(DemetraError) {
        let distinct = try distinctCount(&reader, count)
        let values = try IntegerEncoding.decode(
            &reader, distinct, depth: depth + 1, as: Number.self)
        let codes = try codes(&reader, count, depth, distinct)
        for row in 0..<count { output[row] = values.pointer[Int(codes.pointer[row])] }
    }

    /// The codes alone; nil when the integers are in another form.
    static func codes(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> Buffer<Int32>? {
        guard try reader.integer(UInt8.self) == IntegerForm.dictionary.rawValue else { return nil }
        let distinct = try distinctCount(&reader, count)
        _ = try IntegerEncoding.decode(&reader, distinct, depth: 1, as: Int64.self)
        return try codes(&reader, count, 0, distinct)
    }

    private static func distinctCount(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> Int {
        let distinct = Int(try reader.integer(UInt32.self))
        guard distinct <= max(count, 1) else { throw reader.damaged("more values than rows") }
        return distinct
    }

    private static func codes(
        _ reader: inout ByteReader, _ count: Int, _ depth: Int, _ distinct: Int
    ) throws(DemetraError) -> Buffer<Int32> {
        let codes = try IntegerEncoding.decode(&reader, count, depth: depth + 1, as: Int32.self)
        guard Fillers.largest(codes) < distinct else {
            throw reader.damaged("a code without a value")
        }
        return codes
    }
}
