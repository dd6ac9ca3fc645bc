import CLZ4
import DemetraTypes

/// A block of bytes, as one LZ4 block where that pays.
///
///     form        UInt8     0 as they are, 1 LZ4
///     byteCount   UInt32    of the bytes themselves
///     stored      UInt32    form 1 only: bytes that follow
///     bytes
///
/// Safe because liblz4 gets the very lengths of the arrays it reads and writes.
enum Compression {
    /// Compression must save at least one part in so many, or reading is not worth the second step.
    static let smallestSaving = 8
    /// Shorter blocks are kept as they are.
    static let smallestBlock = 64
    /// No LZ4 block of this length or longer is made.
    private static let longestBlock = Int(LZ4_MAX_INPUT_SIZE)
    /// LZ4 cannot say more than 255 bytes with one: a larger claim is damage, not data.
    private static let largestRatio = 256

    static func write(_ bytes: [UInt8], into writer: inout ByteWriter) {
        let compressed = compress(bytes)
        writer.write(UInt8(compressed == nil ? 0 : 1))
        writer.write(UInt32(bytes.count))
        if let compressed { writer.write(UInt32(compressed.count)) }
        writer.write(raw: compressed ?? bytes)
    }

    static func read(_ reader: inout ByteReader) throws(DemetraError) -> [UInt8] {
        let isCompressed = try reader.flag()
        let count = Int(try reader.integer(UInt32.self))
        guard isCompressed else { return try reader.raw(count) }
        let bytes = try reader.blob()
        guard count <= bytes.count * largestRatio, count < longestBlock else {
            throw reader.damaged("an impossible length")
        }
        let output = [UInt8](unsafeUninitializedCapacity: count) { target, written in
            let read = bytes.withUnsafeBytes { source in
                LZ4_decompress_safe(
                    source.bindMemory(to: CChar.self).baseAddress,
                    UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(
                        to: CChar.self), Int32(bytes.count), Int32(count))
            }
            written = max(0, Int(read))
        }
        guard output.count == count else { throw reader.damaged("a block does not decompress") }
        return output
    }

    private static func compress(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count > smallestBlock, bytes.count < longestBlock else { return nil }
        let limit = bytes.count - bytes.count / smallestSaving
        let output = [UInt8](unsafeUninitializedCapacity: limit) { target, written in
            let count = bytes.withUnsafeBytes { source in
                LZ4_compress_default(
                    source.bindMemory(to: CChar.self).baseAddress,
                    UnsafeMutableRawPointer(target.baseAddress)?.assumingMemoryBound(
                        to: CChar.self), Int32(bytes.count), Int32(limit))
            }
            written = max(0, Int(count))
        }
        return output.isEmpty ? nil : output
    }
}
