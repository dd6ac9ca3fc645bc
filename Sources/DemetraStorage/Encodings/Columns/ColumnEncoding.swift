package import DemetraTypes
package import DemetraVectors

/// Gives which of its distinct values a column of the row group, by its position, has in each row.
package typealias SourceCodes = (Int) throws(DemetraError) -> Buffer<Int32>

/// How the rows of a column lie in a chunk; the numbers never change.
enum ColumnForm: UInt8 {
    /// A value for each row; none is NULL.
    case valid = 0
    /// A bitmap, and a value for each row: version 1 alone.
    case masked = 1
    /// Which rows are valid, and the values of those.
    case dense = 2
    /// A value for each value of another column of the row group.
    case linked = 3
}

/// One column of one row group as bytes.
///
///     form       UInt8     a ColumnForm
///     count      UInt32    rows
///     0 valid    values of all rows
///     1 masked   bitmap of valid rows, 8 bytes for 64 of them; values of all rows
///     2 dense    validity; values of the valid rows
///     3 linked   UInt16 column, UInt32 distinct values of it; a column of as many rows, in form 0 or 2
///     values     by the physical type: integers, doubles, wide numbers, texts; or codes, as integers, when
///                the column has a dictionary
///
/// The whole is one compressed block.
///
/// - Invariant: `decode(encode(x)) == x` for every vector without constant storage, and NULL rows come back
///   with the filler that vectors promise: zero, or the empty text.
package enum ColumnEncoding {
    // MARK: Writing

    /// The bytes of a vector.
    ///
    /// - Parameter vector: not a constant one; its dictionary, if any, is kept elsewhere.
    package static func encode(_ vector: Vector) -> [UInt8] { encode(vector, .alone) }

    /// - Parameter role: what the column is to the others of its row group.
    package static func encode(_ vector: Vector, _ role: ColumnRole) -> [UInt8] {
        var body = ByteWriter()
        switch role {
        case .linked(let link): LinkedColumn.encode(vector, link, into: &body)
        case .source(let link): LinkedColumn.encodeSource(vector, link, into: &body)
        case .beside(let link): encode(vector, link, into: &body)
        case .alone: encode(vector, nil, into: &body)
        case .passing: encode(vector, nil, depth: IntegerEncoding.deepest, into: &body)
        }
        var writer = ByteWriter()
        Compression.write(body.bytes, into: &writer)
        return writer.bytes
    }

    /// - Parameters:
    ///   - link: a column that may say which rows are valid.
    ///   - depth: the deepest level for simple forms alone.
    static func encode(
        _ vector: Vector, _ link: ColumnLink?, depth: Int = 0, into writer: inout ByteWriter
    ) {
        guard let validity = vector.validity else {
            writer.write(ColumnForm.valid.rawValue)
            writer.write(UInt32(vector.count))
            return encode(vector.storage, vector.count, depth, into: &writer)
        }
        writer.write(ColumnForm.dense.rawValue)
        writer.write(UInt32(vector.count))
        let rows = ValidityEncoding.encode(validity, vector.count, link, into: &writer)
        encode(vector.taking(rows: rows).storage, rows.count, depth, into: &writer)
    }

    private static func encode(
        _ storage: VectorStorage, _ count: Int, _ depth: Int, into writer: inout ByteWriter
    ) {
        switch storage {
        case .boolean(let buffer):
            IntegerEncoding.encode(buffer, count, depth: depth, into: &writer)
        case .int32(let buffer), .dictionary(let buffer, _):
            IntegerEncoding.encode(buffer, count, depth: depth, into: &writer)
        case .int64(let buffer):
            IntegerEncoding.encode(buffer, count, depth: depth, into: &writer)
        case .float64(let buffer): FloatEncoding.encode(buffer, count, depth: depth, into: &writer)
        case .int128(let buffer): WideEncoding.encode(buffer, count, into: &writer)
        case .decimal(let buffer): WideEncoding.encode(buffer, count, into: &writer)
        case .interval(let buffer): WideEncoding.encode(buffer, count, into: &writer)
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
    ///   - codes: gives which of its distinct values another column of the row group has in each row.
    /// - Throws: XX001 when the bytes are not those of a column.
    package static func decode(
        _ bytes: [UInt8], type: LogicalType, dictionary: VectorDictionary?, name: String,
        codes: SourceCodes? = nil
    ) throws(DemetraError) -> Vector {
        var outer = ByteReader(bytes, name: name)
        var reader = ByteReader(try Compression.read(&outer), name: name)
        return try decode(&reader, type, dictionary, codes, isNested: false)
    }

    static func decode(
        _ reader: inout ByteReader, _ type: LogicalType, _ dictionary: VectorDictionary?,
        _ codes: SourceCodes?, isNested: Bool
    ) throws(DemetraError) -> Vector {
        guard let form = ColumnForm(rawValue: try reader.integer(UInt8.self)) else {
            throw reader.damaged("an unknown form of columns")
        }
        let count = Int(try reader.integer(UInt32.self))
        guard count <= RowGroup.capacity else { throw reader.damaged("an impossible count") }
        if let dictionary, dictionary.count == 0, count > 0 {
            throw reader.damaged("a dictionary without texts")
        }
        switch form {
        case .valid:
            return Vector(
                type: type, count: count,
                storage: try storage(&reader, count, type, dictionary))
        case .masked:
            let words = try reader.elements((count + 63) / 64, of: UInt64.self)
            let validity = ValidityMask(words: words, count: count)
            let stored = try storage(&reader, count, type, dictionary)
            return Vector(
                type: type, count: count, validity: validity,
                storage: stored.filled(by: Blank(validity: validity)))
        case .dense:
            let validity = try ValidityEncoding.decode(&reader, count, codes)
            let stored = try storage(&reader, count - validity.nullCount, type, dictionary)
            return Vector(
                type: type, count: count, validity: validity,
                storage: stored.filled(by: Spread(validity: validity)))
        case .linked:
            guard !isNested else { throw reader.damaged("a link within a link") }
            return try LinkedColumn.decode(&reader, count, type, dictionary, codes)
        }
    }

    private static func storage(
        _ reader: inout ByteReader, _ count: Int, _ type: LogicalType,
        _ dictionary: VectorDictionary?
    ) throws(DemetraError) -> VectorStorage {
        if let dictionary {
            let codes = try IntegerEncoding.decode(&reader, count, as: Int32.self)
            guard Fillers.largest(codes) < dictionary.count else {
                throw reader.damaged("a code without a text")
            }
            return .dictionary(codes: codes, dictionary)
        }
        switch type.physicalType {
        case .boolean:
            return .boolean(try IntegerEncoding.decode(&reader, count, as: UInt8.self))
        case .int32: return .int32(try IntegerEncoding.decode(&reader, count, as: Int32.self))
        case .int64: return .int64(try IntegerEncoding.decode(&reader, count, as: Int64.self))
        case .float64: return .float64(try FloatEncoding.decode(&reader, count))
        case .int128: return .int128(try WideEncoding.decode(&reader, count))
        case .decimal: return .decimal(try WideEncoding.decimals(&reader, count))
        case .interval: return .interval(try WideEncoding.intervals(&reader, count))
        case .text: return .text(try TextEncoding.decode(&reader, count))
        }
    }
}
