/// The parts of a TZif file that matter: when offsets change, and the rule behind the last change.
///
/// - Source: RFC 8536 "The Time Zone Information Format (TZif)".
struct TZifFile {
    private(set) var transitions: [Int64] = []
    private(set) var offsets: [Int32] = []
    private(set) var initialOffset: Int32 = 0
    private(set) var footer = ""

    init?(_ bytes: [UInt8]) {
        guard let first = Header(bytes, 0) else { return nil }
        guard first.version >= UInt8(ascii: "2") else { return nil }
        // The second block repeats the first with 64-bit times.
        let start = first.end(timeSize: 4)
        guard let header = Header(bytes, start), header.typeCount > 0 else { return nil }
        let times = start + Header.byteCount
        let indices = times + header.timeCount * 8
        let types = indices + header.timeCount
        let end = header.end(timeSize: 8)
        guard end <= bytes.count else { return nil }
        func integer(_ offset: Int, _ size: Int) -> Int64 {
            var value: Int64 = size == 4 && bytes[offset] >= 0x80 ? -1 : 0
            for index in 0..<size { value = value << 8 | Int64(bytes[offset + index]) }
            return value
        }
        for index in 0..<header.timeCount {
            let type = Int(bytes[indices + index])
            guard type < header.typeCount else { return nil }
            transitions.append(integer(times + index * 8, 8))
            offsets.append(Int32(truncatingIfNeeded: integer(types + type * 6, 4)))
        }
        initialOffset = Int32(truncatingIfNeeded: integer(types, 4))
        let rest = bytes[end...].dropFirst()
        footer = String(decoding: rest.prefix { $0 != 0x0a }, as: UTF8.self)
    }

    private struct Header {
        static let byteCount = 44
        let start: Int
        let version: UInt8
        let counts: [Int]

        var timeCount: Int { counts[3] }
        var typeCount: Int { counts[4] }

        init?(_ bytes: [UInt8], _ start: Int) {
            guard bytes.count >= start + Self.byteCount,
                bytes[start..<(start + 4)].elementsEqual("TZif".utf8)
            else { return nil }
            self.start = start
            version = bytes[start + 4]
            counts = (0..<6).map { index in
                bytes[(start + 20 + index * 4)..<(start + 24 + index * 4)]
                    .reduce(0) { $0 << 8 | Int($1) }
            }
            guard counts.allSatisfy({ $0 < 1 << 20 }) else { return nil }
        }

        /// UTC indicators, standard indicators, leap seconds, times, types, abbreviation
        /// characters.
        func end(timeSize: Int) -> Int {
            start + Self.byteCount + timeCount * (timeSize + 1) + typeCount * 6 + counts[5]
                + counts[2] * (timeSize + 4) + counts[1] + counts[0]
        }
    }
}
