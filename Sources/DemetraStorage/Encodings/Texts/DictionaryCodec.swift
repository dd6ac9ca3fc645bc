import DemetraTypes
import DemetraVectors

/// The distinct texts that the codes of a column point into: their count, then the texts, compressed.
enum DictionaryCodec {
    static func encode(_ dictionary: VectorDictionary) -> [UInt8] {
        var body = ByteWriter()
        TextEncoding.encode(dictionary.values, dictionary.count, into: &body)
        var writer = ByteWriter()
        writer.write(UInt32(dictionary.count))
        Compression.write(body.bytes, into: &writer)
        return writer.bytes
    }

    /// - Parameter name: the dictionary, for errors.
    static func decode(_ bytes: [UInt8], name: String) throws(DemetraError) -> VectorDictionary {
        var outer = ByteReader(bytes, name: name)
        let count = Int(try outer.integer(UInt32.self))
        var reader = ByteReader(try Compression.read(&outer), name: name)
        // Distinct texts have a byte each, but for the empty one.
        guard count <= reader.remaining + 1 else { throw outer.damaged("an impossible count") }
        return VectorDictionary(values: try TextEncoding.decode(&reader, count))
    }
}
