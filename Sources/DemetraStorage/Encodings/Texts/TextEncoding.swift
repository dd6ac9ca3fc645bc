import DemetraTypes
import DemetraVectors

/// Texts: their lengths as integers, then their bytes one behind the other.
///
/// Safe because references of a text buffer lie inside its heap.
enum TextEncoding {
    static func encode(_ texts: TextBuffer, _ count: Int, into writer: inout ByteWriter) {
        let lengths = Buffer((0..<count).map { Int32(bitPattern: texts.references[$0].byteCount) })
        IntegerEncoding.encode(lengths, count, into: &writer)
        for row in 0..<count { writer.write(raw: UnsafeRawBufferPointer(texts.bytes(at: row))) }
    }

    static func decode(
        _ reader: inout ByteReader, _ count: Int
    ) throws(DemetraError) -> TextBuffer {
        let lengths = try IntegerEncoding.decode(&reader, count, as: Int32.self)
        let references = BufferBuilder<TextReference>(capacity: count)
        var total = 0
        for row in 0..<count {
            let byteCount = Int(UInt32(bitPattern: lengths.pointer[row]))
            references.pointer[row] = TextReference(offset: total, byteCount: byteCount)
            total += byteCount
            guard total <= reader.remaining else { throw reader.damaged("a text is cut off") }
        }
        let heap = try reader.elements(total, of: UInt8.self)
        return TextBuffer(references: references.freeze(count: count), heap: heap)
    }
}
