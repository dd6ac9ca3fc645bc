package import DemetraTypes
package import DemetraVectors

/// What a column is to the others of its row group.
package enum ColumnRole: Sendable {
    /// Nothing.
    case alone
    /// Nothing, and it is read once or never, as in the log: what is written fast is best.
    case passing
    /// Others are linked to it.
    case source(ColumnLink)
    /// The source determines its values.
    case linked(ColumnLink)
    /// The source may determine which of its rows are NULL.
    case beside(ColumnLink)
}

/// A column that follows from another one of its row group: the campaign of an ad, and its name.
///
///     form       UInt8     3
///     rows       UInt32
///     column     UInt16    the other column, by its position in the file
///     distinct   UInt32    distinct values of it
///     values     a column of as many rows: the value that goes with each, in the order of the codes
///
/// The other column has no NULL and its integers are a dictionary, whose codes say which value a row has.
///
/// - Source: the idea is that of Liu, Stoian, van Renen, Kipf, "Corra: Correlation-Aware Column Compression",
///   2024.
package enum LinkedColumn {
    static func encode(_ vector: Vector, _ link: ColumnLink, into writer: inout ByteWriter) {
        writer.write(ColumnForm.linked.rawValue)
        writer.write(UInt32(vector.count))
        writer.write(UInt16(link.column))
        writer.write(UInt32(link.distinctCount))
        ColumnEncoding.encode(
            vector.taking(rows: link.firstRows), nil, into: &writer)
    }

    /// A column that others are linked to, as a dictionary of integers.
    static func encodeSource(
        _ vector: Vector, _ link: ColumnLink, into writer: inout ByteWriter
    ) {
        writer.write(ColumnForm.valid.rawValue)
        writer.write(UInt32(vector.count))
        writer.write(IntegerForm.dictionary.rawValue)
        writer.write(UInt32(link.distinctCount))
        switch vector.taking(rows: link.firstRows).storage {
        case .int32(let values), .dictionary(let values, _):
            IntegerEncoding.encode(values, values.count, depth: 1, into: &writer)
        case .int64(let values):
            IntegerEncoding.encode(values, values.count, depth: 1, into: &writer)
        default: preconditionFailure("a source is made of integers")
        }
        IntegerEncoding.encode(link.codes, vector.count, depth: 1, into: &writer)
    }

    static func decode(
        _ reader: inout ByteReader, _ count: Int, _ type: LogicalType,
        _ dictionary: VectorDictionary?, _ codes: SourceCodes?
    ) throws(DemetraError) -> Vector {
        let column = Int(try reader.integer(UInt16.self))
        let distinct = Int(try reader.integer(UInt32.self))
        let values = try ColumnEncoding.decode(&reader, type, dictionary, nil, isNested: true)
        guard values.count == distinct else { throw reader.damaged("values are missing") }
        return values.taking(rows: try self.codes(&reader, column, count, distinct, codes))
    }

    /// The codes of another column, each below `distinct`.
    static func codes(
        _ reader: inout ByteReader, _ column: Int, _ count: Int, _ distinct: Int,
        _ codes: SourceCodes?
    ) throws(DemetraError) -> Buffer<Int32> {
        guard let codes else { throw reader.damaged("a link to nowhere") }
        let rows = try codes(column)
        guard rows.count == count, Fillers.largest(rows) < distinct else {
            throw reader.damaged("a link to a column of another length")
        }
        return rows
    }

    /// The codes of a column that others are linked to.
    ///
    /// - Throws: XX001 when the bytes are not those of such a column.
    package static func sourceCodes(
        _ bytes: [UInt8], name: String
    ) throws(DemetraError) -> Buffer<Int32> {
        var outer = ByteReader(bytes, name: name)
        var reader = ByteReader(try Compression.read(&outer), name: name)
        let form = try reader.integer(UInt8.self)
        let count = Int(try reader.integer(UInt32.self))
        guard form == ColumnForm.valid.rawValue, count <= RowGroup.capacity,
            let codes = try DictionaryIntegers.codes(&reader, count)
        else { throw reader.damaged("it has no codes to be linked to") }
        return codes
    }
}
