import CLZ4
import DemetraTypes
import DemetraVectors

/// A column as bytes.
///
///     form       UInt8     0 values, 1 dictionary, 2 constant
///     hasMask    UInt8     1 when a bitmap of valid rows follows (8 bytes for 64 rows)
///     count      UInt32    rows
///     payload    form 0    the elements little-endian; texts as lengths, then bytes
///                form 1    the distinct texts in form 0, then codes as UInt8, UInt16 or Int32
///                form 2    one row in form 0
///
/// The whole is one LZ4 block behind its two lengths when that makes it smaller.
///
/// Safe because lengths are checked against the bytes that are there before anything is copied.
enum VectorCodec {
    // MARK: Writing

    static func encode(_ vector: Vector, into writer: inout ByteWriter) {
        var inner = ByteWriter()
        body(vector, &inner)
        let compressed = compress(inner.bytes)
        writer.write(UInt32(inner.bytes.count))
        writer.write(UInt32(compressed?.count ?? 0))
        (compressed ?? inner.bytes).withUnsafeBytes { writer.write(raw: $0) }
    }

    private static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > 64, bytes.count < Int(LZ4_MAX_INPUT_SIZE) else { return nil }
        var output = [UInt8](repeating: 0, count: bytes.count)
        let written = bytes.withUnsafeBytes { source in
            output.withUnsafeMutableBytes { target in
                LZ4_compress_default(
                    source.bindMemory(to: CChar.self).baseAddress,
                    target.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count),
                    Int32(bytes.count - bytes.count / 16))
            }
        }
        guard written > 0 else { return nil }
        output.removeLast(output.count - Int(written))
        return output
    }

    private static func body(_ vector: Vector, _ writer: inout ByteWriter) {
        if case .constant(let one) = vector.storage {
            writer.write(UInt8(2))
            writer.write(UInt8(0))
            writer.write(UInt32(vector.count))
            body(one.vector, &writer)
            return
        }
        let isDictionary = vector.dictionary != nil
        writer.write(UInt8(isDictionary ? 1 : 0))
        writer.write(vector.validity != nil)
        writer.write(UInt32(vector.count))
        if let validity = vector.validity {
            raw(validity.words, (vector.count + 63) / 64, &writer)
        }
        switch vector.storage {
        case .boolean(let buffer): raw(buffer, vector.count, &writer)
        case .int32(let buffer): raw(buffer, vector.count, &writer)
        case .int64(let buffer): raw(buffer, vector.count, &writer)
        case .float64(let buffer): raw(buffer, vector.count, &writer)
        case .int128(let buffer): raw(buffer, vector.count, &writer)
        case .decimal(let buffer):
            for row in 0..<vector.count {
                writer.write(buffer[row].unscaled)
                writer.write(buffer[row].scale)
            }
        case .interval(let buffer):
            for row in 0..<vector.count {
                writer.write(buffer[row].months)
                writer.write(buffer[row].days)
                writer.write(buffer[row].microseconds)
            }
        case .text(let texts): write(texts, vector.count, &writer)
        case .dictionary(let codes, let dictionary):
            writer.write(UInt32(dictionary.count))
            write(dictionary.values, dictionary.count, &writer)
            write(codes, vector.count, dictionary.count, &writer)
        case .constant: break
        }
    }

    private static func raw<Element>(
        _ buffer: Buffer<Element>, _ count: Int, _ writer: inout ByteWriter
    ) {
        writer.write(
            raw: UnsafeRawBufferPointer(UnsafeBufferPointer(start: buffer.pointer, count: count)))
    }

    private static func write(_ texts: TextBuffer, _ count: Int, _ writer: inout ByteWriter) {
        for row in 0..<count { writer.write(texts.references[row].byteCount) }
        for row in 0..<count { writer.write(raw: UnsafeRawBufferPointer(texts.bytes(at: row))) }
    }

    private static func write(
        _ codes: Buffer<Int32>, _ count: Int, _ distinct: Int, _ writer: inout ByteWriter
    ) {
        if distinct <= 256 {
            for row in 0..<count { writer.write(UInt8(truncatingIfNeeded: codes[row])) }
        } else if distinct <= 65_536 {
            for row in 0..<count { writer.write(UInt16(truncatingIfNeeded: codes[row])) }
        } else {
            raw(codes, count, &writer)
        }
    }

    // MARK: Reading

    static func decode(
        _ reader: inout ByteReader, type: LogicalType
    ) throws(DemetraError) -> Vector {
        let plainCount = Int(try reader.integer(UInt32.self))
        let compressedCount = Int(try reader.integer(UInt32.self))
        var bytes = try reader.raw(compressedCount > 0 ? compressedCount : plainCount)
        if compressedCount > 0 {
            guard plainCount <= compressedCount * 256 else { throw reader.damaged("an impossible length") }
            bytes = try decompress(bytes, plainCount, reader)
        }
        var inner = ByteReader(bytes, name: "a column")
        return try vector(&inner, type)
    }

    private static func decompress(
        _ bytes: [UInt8], _ count: Int, _ reader: ByteReader
    ) throws(DemetraError) -> [UInt8] {
        var output = [UInt8](repeating: 0, count: count)
        let read = bytes.withUnsafeBytes { source in
            output.withUnsafeMutableBytes { target in
                LZ4_decompress_safe(
                    source.bindMemory(to: CChar.self).baseAddress,
                    target.bindMemory(to: CChar.self).baseAddress, Int32(bytes.count), Int32(count))
            }
        }
        guard Int(read) == count else { throw reader.damaged("a block does not decompress") }
        return output
    }

    private static func vector(
        _ reader: inout ByteReader, _ type: LogicalType
    ) throws(DemetraError) -> Vector {
        let form = try reader.integer(UInt8.self)
        let hasMask = try reader.flag()
        let count = Int(try reader.integer(UInt32.self))
        if form == 2 { return .constant(try vector(&reader, type), count: count) }
        var validity: ValidityMask?
        if hasMask {
            let words = try buffer(&reader, (count + 63) / 64, of: UInt64.self)
            validity = ValidityMask(words: words, count: count)
        }
        if form == 1 {
            let distinct = Int(try reader.integer(UInt32.self))
            let values = try texts(&reader, distinct)
            let codes = try codes(&reader, count, distinct)
            return Vector(
                type: type, count: count, validity: validity,
                storage: .dictionary(codes: codes, VectorDictionary(values: values)))
        }
        return Vector(
            type: type, count: count, validity: validity,
            storage: try values(&reader, count, type))
    }

    private static func values(
        _ reader: inout ByteReader, _ count: Int, _ type: LogicalType
    ) throws(DemetraError) -> VectorStorage {
        switch type.physicalType {
        case .boolean: return .boolean(try buffer(&reader, count, of: UInt8.self))
        case .int32: return .int32(try buffer(&reader, count, of: Int32.self))
        case .int64: return .int64(try buffer(&reader, count, of: Int64.self))
        case .float64: return .float64(try buffer(&reader, count, of: Double.self))
        case .int128: return .int128(try buffer(&reader, count, of: Int128.self))
        case .decimal:
            var elements: [Decimal] = []
            for _ in 0..<count {
                let unscaled = try reader.integer(Int128.self)
                elements.append(
                    Decimal(unscaled: unscaled, scale: Int(try reader.integer(Int32.self))))
            }
            return .decimal(Buffer(elements))
        case .interval:
            var elements: [Interval] = []
            for _ in 0..<count {
                let months = try reader.integer(Int32.self)
                let days = try reader.integer(Int32.self)
                elements.append(
                    Interval(
                        months: months, days: days, microseconds: try reader.integer(Int64.self)))
            }
            return .interval(Buffer(elements))
        case .text: return .text(try texts(&reader, count))
        }
    }

    private static func buffer<Element: BitwiseCopyable>(
        _ reader: inout ByteReader, _ count: Int, of type: Element.Type
    ) throws(DemetraError) -> Buffer<Element> {
        let byteCount = count * MemoryLayout<Element>.stride
        let bytes = try reader.raw(byteCount)
        let builder = BufferBuilder<Element>(capacity: count)
        bytes.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(start: builder.pointer, count: byteCount)
                .copyMemory(from: source)
        }
        return builder.freeze(count: count)
    }

    private static func texts(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> TextBuffer {
        let lengths = try buffer(&reader, count, of: UInt32.self)
        var total = 0
        var references: [TextReference] = []
        references.reserveCapacity(count)
        for row in 0..<count {
            references.append(TextReference(offset: total, byteCount: Int(lengths[row])))
            total += Int(lengths[row])
        }
        let heap = try reader.raw(total)
        return TextBuffer(references: Buffer(references), heap: Buffer(heap))
    }

    private static func codes(
        _ reader: inout ByteReader, _ count: Int, _ distinct: Int
    ) throws(DemetraError) -> Buffer<Int32> {
        var codes: [Int32] = []
        codes.reserveCapacity(count)
        if distinct <= 256 {
            for byte in try reader.raw(count) { codes.append(Int32(byte)) }
        } else if distinct <= 65_536 {
            let narrow = try buffer(&reader, count, of: UInt16.self)
            for row in 0..<count { codes.append(Int32(narrow[row])) }
        } else {
            codes = try buffer(&reader, count, of: Int32.self).array
        }
        guard codes.allSatisfy({ $0 >= 0 && Int($0) < distinct }) else {
            throw reader.damaged("a code without a text")
        }
        return Buffer(codes)
    }
}
