/// What tests know of the bytes of a log file.
enum LogBytes {
    /// Where the records end, from their lengths; behind the last one there may be zeros.
    static func recordEnds(_ bytes: [UInt8]?) -> [Int] {
        var ends: [Int] = []
        guard let bytes else { return ends }
        var offset = 8
        while offset + 4 <= bytes.count {
            let length = (0..<4).reduce(0) { $0 | Int(bytes[offset + $1]) << (8 * $1) }
            guard length > 0 else { break }
            offset += 8 + length
            ends.append(offset)
        }
        return ends
    }
}
