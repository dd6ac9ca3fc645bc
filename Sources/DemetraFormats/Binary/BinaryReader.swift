package import DemetraTypes

/// Takes numbers and bytes off the binary form of a value; what is not there is 22P03.
package struct BinaryReader {
    private let bytes: [UInt8]
    private var position = 0

    /// Reads these bytes from the first one.
    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// True when nothing is left.
    package var isAtEnd: Bool { position == bytes.count }

    /// The next integer, most significant byte first.
    ///
    /// - Throws: 22P03 when there are too few bytes.
    package mutating func integer<Number: FixedWidthInteger>(
        _ type: Number.Type
    ) throws(DemetraError) -> Number {
        let size = MemoryLayout<Number>.size
        guard bytes.count - position >= size else { throw Self.tooShort }
        var value: Number = 0
        for byte in bytes[position..<(position + size)] {
            value = (size == 1 ? 0 : value << 8) | Number(truncatingIfNeeded: byte)
        }
        position += size
        return value
    }

    /// The next bytes.
    ///
    /// - Throws: 22P03 when there are too few.
    package mutating func take(_ count: Int) throws(DemetraError) -> [UInt8] {
        guard count >= 0, bytes.count - position >= count else { throw Self.tooShort }
        defer { position += count }
        return Array(bytes[position..<(position + count)])
    }

    /// All bytes that are left.
    package mutating func rest() -> [UInt8] {
        defer { position = bytes.count }
        return Array(bytes[position...])
    }

    /// The error for bytes that are no value of a type.
    func invalid(_ type: LogicalType) -> DemetraError {
        DemetraError(
            .invalidBinaryRepresentation, "incorrect binary data format for type \(type)")
    }

    private static let tooShort = DemetraError(
        .invalidBinaryRepresentation, "insufficient data left in message")
}
