import DemetraTypes
import DemetraVectors

/// Reads what `ByteWriter` wrote; every length is checked against what is left before it is used.
///
/// Safe because pointers are lent for one call and cover bytes that were checked to be there.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var position: Int
    private let name: String

    /// - Parameter name: what is read, for errors, quoted where it is a file.
    init(_ bytes: [UInt8], name: String) {
        self.bytes = bytes
        self.name = name
        position = 0
    }

    var remaining: Int { bytes.count - position }

    func damaged(_ what: String) -> DemetraError {
        DemetraError(
            .dataCorrupted, "\(name) is damaged: \(what) at byte \(position)",
            hint: "Restore the database from a backup.")
    }

    mutating func integer<Number: FixedWidthInteger>(
        _ type: Number.Type
    ) throws(DemetraError) -> Number {
        let size = MemoryLayout<Number>.size
        guard remaining >= size else { throw damaged("a number is cut off") }
        var value: Number = 0
        withUnsafeMutableBytes(of: &value) { target in
            for index in 0..<size { target[index] = bytes[position + index] }
        }
        position += size
        return Number(littleEndian: value)
    }

    /// The next byte, which stays the next.
    func peek() throws(DemetraError) -> UInt8 {
        guard remaining > 0 else { throw damaged("a number is cut off") }
        return bytes[position]
    }

    mutating func flag() throws(DemetraError) -> Bool { try integer(UInt8.self) != 0 }

    mutating func text() throws(DemetraError) -> String {
        String(decoding: try blob(), as: UTF8.self)
    }

    mutating func blob() throws(DemetraError) -> [UInt8] {
        let count = Int(try integer(UInt32.self))
        return try raw(count)
    }

    mutating func raw(_ count: Int) throws(DemetraError) -> [UInt8] {
        guard count >= 0, remaining >= count else { throw damaged("\(count) bytes are cut off") }
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }

    /// A count of things of which each takes at least `byteCount` bytes, so that a damaged count asks
    /// for no memory.
    mutating func count(ofAtLeast byteCount: Int) throws(DemetraError) -> Int {
        let count = Int(try integer(UInt32.self))
        guard count * byteCount <= remaining else { throw damaged("an impossible count") }
        return count
    }

    /// `count` elements as they lie in memory.
    mutating func elements<Element: BitwiseCopyable>(
        _ count: Int, of type: Element.Type
    ) throws(DemetraError) -> Buffer<Element> {
        let byteCount = count * MemoryLayout<Element>.stride
        guard count >= 0, remaining >= byteCount else {
            throw damaged("\(byteCount) bytes are cut off")
        }
        let builder = BufferBuilder<Element>(capacity: count)
        bytes.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(start: builder.pointer, count: byteCount)
                .copyMemory(
                    from: UnsafeRawBufferPointer(
                        rebasing: source[position..<(position + byteCount)]))
        }
        position += byteCount
        return builder.freeze(count: count)
    }

    /// Copies `count` elements as they lie in memory to `output`.
    mutating func copy<Element: BitwiseCopyable>(
        _ count: Int, into output: UnsafeMutablePointer<Element>
    ) throws(DemetraError) {
        let byteCount = count * MemoryLayout<Element>.stride
        guard count >= 0, remaining >= byteCount else {
            throw damaged("\(byteCount) bytes are cut off")
        }
        bytes.withUnsafeBytes { source in
            UnsafeMutableRawBufferPointer(start: output, count: byteCount).copyMemory(
                from: UnsafeRawBufferPointer(
                    rebasing: source[position..<(position + byteCount)]))
        }
        position += byteCount
    }

    /// Gives `body` the next `count` bytes, which stay valid during the call.
    mutating func borrowing<Result>(
        _ count: Int, _ body: (UnsafeRawPointer) -> Result
    ) throws(DemetraError) -> Result? {
        guard count >= 0, remaining >= count else { throw damaged("\(count) bytes are cut off") }
        let start = position
        position += count
        return bytes.withUnsafeBytes { source -> Result? in
            source.baseAddress.map { body($0 + start) }
        }
    }
}
