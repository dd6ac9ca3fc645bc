import DemetraTypes

/// Collects little-endian numbers and texts.
struct ByteWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: UInt8) { bytes.append(value) }

    mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func write<Number: FixedWidthInteger>(_ value: Number) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// A count before the bytes.
    mutating func write(_ text: String) {
        write(UInt32(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }

    /// A count before the bytes.
    mutating func write(blob: [UInt8]) {
        write(UInt32(blob.count))
        bytes.append(contentsOf: blob)
    }

    /// Nothing but the bytes.
    mutating func write(raw: UnsafeRawBufferPointer) { bytes.append(contentsOf: raw) }
}

/// Reads what `ByteWriter` wrote; every length is checked against what is left.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var position: Int
    private let name: String

    /// - Parameter name: what is read, for errors.
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

    mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) throws(DemetraError) -> Number {
        let size = MemoryLayout<Number>.size
        guard remaining >= size else { throw damaged("a number is cut off") }
        var value: Number = 0
        withUnsafeMutableBytes(of: &value) { target in
            for index in 0..<size { target[index] = bytes[position + index] }
        }
        position += size
        return Number(littleEndian: value)
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
}
