import DemetraTypes

/// Writes the fields of a model one after another, little-endian.
struct ModelWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: UInt8) { bytes.append(value) }

    mutating func write(_ value: Int) { write(UInt64(bitPattern: Int64(value))) }

    mutating func write(_ value: Double) { write(value.bitPattern) }

    mutating func write(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    mutating func write(_ value: Int32) {
        let bits = UInt32(bitPattern: value)
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
        }
    }

    mutating func write(_ text: String) {
        write(text.utf8.count)
        bytes.append(contentsOf: text.utf8)
    }

    mutating func write(_ values: [Double]) {
        write(values.count)
        for value in values { write(value) }
    }
}

/// Reads the fields of a model; bytes that end early or contradict themselves are an error.
struct ModelReader {
    private let bytes: [UInt8]
    private var offset = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Bytes not yet read.
    var remaining: Int { bytes.count - offset }

    static var damaged: DemetraError {
        DemetraError(
            .dataCorrupted, "the bytes of the model are damaged",
            hint: "Train it again with CREATE OR REPLACE MODEL.")
    }

    private mutating func take(_ count: Int) throws(DemetraError) -> ArraySlice<UInt8> {
        guard count >= 0, remaining >= count else { throw Self.damaged }
        offset += count
        return bytes[(offset - count)..<offset]
    }

    mutating func byte() throws(DemetraError) -> UInt8 { try take(1).first ?? 0 }

    mutating func word() throws(DemetraError) -> UInt64 {
        var value: UInt64 = 0
        for byte in try take(8).reversed() { value = value << 8 | UInt64(byte) }
        return value
    }

    mutating func double() throws(DemetraError) -> Double { Double(bitPattern: try word()) }

    mutating func int32() throws(DemetraError) -> Int32 {
        var value: UInt32 = 0
        for byte in try take(4).reversed() { value = value << 8 | UInt32(byte) }
        return Int32(bitPattern: value)
    }

    /// A number of at least 0 and at most `limit`.
    mutating func int(limit: Int = .max) throws(DemetraError) -> Int {
        let value = Int64(bitPattern: try word())
        guard value >= 0, value <= limit else { throw Self.damaged }
        return Int(value)
    }

    /// How many items of at least `byteCount` bytes follow.
    mutating func count(itemByteCount byteCount: Int) throws(DemetraError) -> Int {
        try int(limit: remaining / byteCount)
    }

    mutating func text() throws(DemetraError) -> String {
        let count = try count(itemByteCount: 1)
        return String(decoding: try take(count), as: UTF8.self)
    }

    mutating func doubles() throws(DemetraError) -> [Double] {
        let count = try count(itemByteCount: 8)
        var values: [Double] = []
        for _ in 0..<count { values.append(try double()) }
        return values
    }
}
