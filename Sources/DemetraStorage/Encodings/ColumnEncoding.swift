package import DemetraTypes
package import DemetraVectors

/// One column of one row group as bytes.
///
///     hasNulls   UInt8     1 when a bitmap of valid rows follows the count
///     count      UInt32    rows
///     bitmap     8 bytes for 64 rows, bit i of word i / 64 set where row i is not NULL
///     values     by the physical type: integers, doubles, wide numbers, texts; or codes, as integers, when
///                the column has a dictionary
///
/// The whole is one compressed block. The form of the integers is chosen chunk by chunk from the values.
///
/// Safe because a validity mask has a word for every 64 rows.
///
/// - Invariant: `decode(encode(x)) == x` for every vector without constant storage, and NULL rows come back
///   with the filler that vectors promise: zero, or the empty text.
package enum ColumnEncoding {
    // MARK: Writing

    /// The bytes of a vector.
    ///
    /// - Parameter vector: not a constant one; its dictionary, if any, is kept elsewhere.
    package static func encode(_ vector: Vector) -> [UInt8] {
        var body = ByteWriter()
        body.write(vector.validity != nil)
        body.write(UInt32(vector.count))
        if let validity = vector.validity {
            body.write(
                raw: UnsafeRawBufferPointer(
                    UnsafeBufferPointer(
                        start: validity.words.pointer, count: (vector.count + 63) / 64)))
        }
        encode(vector.storage, vector.validity, vector.count, into: &body)
        var writer = ByteWriter()
        Compression.write(body.bytes, into: &writer)
        return writer.bytes
    }

    private static func encode(
        _ storage: VectorStorage, _ validity: ValidityMask?, _ count: Int,
        into writer: inout ByteWriter
    ) {
        switch storage {
        case .boolean(let buffer):
            IntegerEncoding.encode(
                Fillers.repeated(buffer, validity, count), count, into: &writer)
        case .int32(let buffer), .dictionary(let buffer, _):
            IntegerEncoding.encode(
                Fillers.repeated(buffer, validity, count), count, into: &writer)
        case .int64(let buffer):
            IntegerEncoding.encode(
                Fillers.repeated(buffer, validity, count), count, into: &writer)
        case .float64(let buffer):
            FloatEncoding.encode(
                Fillers.repeated(buffer, validity, count), count, into: &writer)
        case .int128(let buffer):
            WideEncoding.encode(
                Fillers.repeated(buffer, validity, count), count, into: &writer)
        case .decimal(let buffer):
            WideEncoding.encode(
                Fillers.repeated(buffer, validity, count), count, into: &writer)
        case .interval(let buffer):
            WideEncoding.encode(
                Fillers.repeated(buffer, validity, count), count, into: &writer)
        case .text(let texts): TextEncoding.encode(texts, count, into: &writer)
        case .constant: preconditionFailure("a constant is written out before it is encoded")
        }
    }

    // MARK: Reading

    /// The vector of bytes.
    ///
    /// - Parameters:
    ///   - dictionary: what codes point into, when the column has one.
    ///   - name: the chunk, for errors.
    /// - Throws: XX001 when the bytes are not those of a column.
    package static func decode(
        _ bytes: [UInt8], type: LogicalType, dictionary: VectorDictionary?, name: String
    ) throws(DemetraError) -> Vector {
        var outer = ByteReader(bytes, name: name)
        var reader = ByteReader(try Compression.read(&outer), name: name)
        let hasNulls = try reader.flag()
        let count = Int(try reader.integer(UInt32.self))
        guard count <= RowGroup.capacity else { throw reader.damaged("an impossible count") }
        var validity: ValidityMask?
        if hasNulls {
            let words = try reader.elements((count + 63) / 64, of: UInt64.self)
            validity = ValidityMask(words: words, count: count)
        }
        let storage = try storage(&reader, count, type, dictionary, validity)
        return Vector(type: type, count: count, validity: validity, storage: storage)
    }

    private static func storage(
        _ reader: inout ByteReader, _ count: Int, _ type: LogicalType,
        _ dictionary: VectorDictionary?, _ validity: ValidityMask?
    ) throws(DemetraError) -> VectorStorage {
        if let dictionary {
            let codes = Fillers.zeroed(
                try IntegerEncoding.decode(&reader, count, as: Int32.self), validity, 0)
            guard Fillers.largest(codes) < dictionary.count else {
                throw reader.damaged("a code without a text")
            }
            return .dictionary(codes: codes, dictionary)
        }
        switch type.physicalType {
        case .boolean:
            return .boolean(
                Fillers.zeroed(
                    try IntegerEncoding.decode(&reader, count, as: UInt8.self), validity, 0))
        case .int32:
            return .int32(
                Fillers.zeroed(
                    try IntegerEncoding.decode(&reader, count, as: Int32.self), validity, 0))
        case .int64:
            return .int64(
                Fillers.zeroed(
                    try IntegerEncoding.decode(&reader, count, as: Int64.self), validity, 0))
        case .float64:
            return .float64(Fillers.zeroed(try FloatEncoding.decode(&reader, count), validity, 0))
        case .int128:
            return .int128(Fillers.zeroed(try WideEncoding.decode(&reader, count), validity, 0))
        case .decimal:
            return .decimal(
                Fillers.zeroed(
                    try WideEncoding.decimals(&reader, count), validity,
                    Decimal(unscaled: 0, scale: 0)))
        case .interval:
            return .interval(
                Fillers.zeroed(
                    try WideEncoding.intervals(&reader, count), validity, Interval()))
        case .text: return .text(try TextEncoding.decode(&reader, count))
        }
    }
}

/// What stands in NULL rows: the value before them in a file, where it costs nothing, and zero in memory.
///
/// Safe because masks have a bit for each row of their buffer.
enum Fillers {
    static func repeated<Element: BitwiseCopyable>(
        _ buffer: Buffer<Element>, _ validity: ValidityMask?, _ count: Int
    ) -> Buffer<Element> {
        guard let validity, let first = (0..<count).first(where: { validity.isValid($0) }) else {
            return buffer
        }
        let output = BufferBuilder<Element>(capacity: count)
        var last = buffer[first]
        for row in 0..<count {
            if validity.isValid(row) { last = buffer.pointer[row] }
            output.pointer[row] = last
        }
        return output.freeze(count: count)
    }

    static func zeroed<Element: BitwiseCopyable>(
        _ buffer: Buffer<Element>, _ validity: ValidityMask?, _ zero: Element
    ) -> Buffer<Element> {
        guard let validity else { return buffer }
        let output = BufferBuilder<Element>(capacity: buffer.count)
        for row in 0..<buffer.count {
            output.pointer[row] = validity.isValid(row) ? buffer.pointer[row] : zero
        }
        return output.freeze(count: buffer.count)
    }

    /// The largest code, read as unsigned, so that a negative one is too large for any dictionary; -1
    /// without rows.
    static func largest(_ codes: Buffer<Int32>) -> Int {
        var largest: UInt32 = 0
        for row in 0..<codes.count {
            largest = max(largest, UInt32(bitPattern: codes.pointer[row]))
        }
        return codes.count == 0 ? -1 : Int(largest)
    }
}
