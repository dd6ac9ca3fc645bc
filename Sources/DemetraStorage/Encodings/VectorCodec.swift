import DemetraTypes
import DemetraVectors

/// A vector of the log as bytes: the type, then its dictionary where it has one, then the column.
///
///     type            9 bytes
///     hasDictionary   UInt8
///     dictionary      UInt32 length, bytes
///     column          UInt32 length, bytes
enum VectorCodec {
    static func encode(_ vector: Vector, into writer: inout ByteWriter) {
        let vector = vector.withoutConstant()
        TypeCodec.encode(vector.type, into: &writer)
        writer.write(vector.dictionary != nil)
        if let (_, dictionary) = vector.dictionary {
            writer.write(blob: DictionaryCodec.encode(dictionary))
        }
        writer.write(blob: ColumnEncoding.encode(vector, .passing))
    }

    /// - Parameter name: the file, for errors.
    static func decode(_ reader: inout ByteReader, name: String) throws(DemetraError) -> Vector {
        let type = try TypeCodec.decode(&reader)
        var dictionary: VectorDictionary?
        if try reader.flag() {
            dictionary = try DictionaryCodec.decode(try reader.blob(), name: name)
        }
        return try ColumnEncoding.decode(
            try reader.blob(), type: type, dictionary: dictionary, name: name)
    }
}
