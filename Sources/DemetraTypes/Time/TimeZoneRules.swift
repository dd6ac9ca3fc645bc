/// When a zone's clocks differ from UTC by how much.
///
/// Made from a TZif file of the system's zone database, or a fixed offset.
///
/// - Source: RFC 8536 "The Time Zone Information Format (TZif)".
// Immutable after init.
package struct TimeZoneRules: Sendable, Hashable {
    /// The name, as given.
    package let name: String
    /// Seconds since 1970 UTC at which the offset changes, ascending.
    private let transitions: [Int64]
    /// Seconds east of UTC from the transition of the same position on.
    private let offsets: [Int32]
    /// Seconds east of UTC before the first transition.
    private let initialOffset: Int32
    /// The rule for times behind the last transition.
    private let footer: PosixTimeZone?

    /// A zone whose clocks never change.
    package init(name: String, offsetSeconds: Int) {
        self.name = name
        transitions = []
        offsets = []
        initialOffset = Int32(clamping: offsetSeconds)
        footer = nil
    }

    /// Universal time.
    package static let utc = TimeZoneRules(name: "UTC", offsetSeconds: 0)

    /// A zone from the bytes of its TZif file; nil when they make no sense.
    package init?(name: String, tzif bytes: [UInt8]) {
        guard let file = TZifFile(bytes) else { return nil }
        self.name = name
        transitions = file.transitions
        offsets = file.offsets
        initialOffset = file.initialOffset
        footer = PosixTimeZone(file.footer)
    }

    /// A fixed offset: `+03`, `-05:30`, `UTC`, `GMT`, `Z`.
    package init?(fixed text: String) {
        let upper = text.uppercased()
        if upper == "UTC" || upper == "GMT" || upper == "Z" || upper == "ETC/UTC" {
            self.init(name: text, offsetSeconds: 0)
            return
        }
        var copy = text
        let seconds = copy.withUTF8 { bytes -> Int? in
            var scanner = ByteScanner(bytes)
            guard scanner.peek == 0x2b || scanner.peek == 0x2d else { return nil }
            guard let seconds = TimestampText.offset(&scanner), scanner.isAtEnd else { return nil }
            return seconds
        }
        guard let seconds else { return nil }
        self.init(name: text, offsetSeconds: seconds)
    }

    /// Seconds east of UTC at an instant.
    package func offset(at instant: Timestamp) -> Int {
        let seconds = Civil.floorDivide(instant.microseconds, 1_000_000)
        if let last = transitions.last, seconds >= last, let footer {
            return footer.offset(at: seconds)
        }
        if transitions.isEmpty { return footer?.offset(at: seconds) ?? Int(initialOffset) }
        var (low, high) = (0, transitions.count)
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return Int(low == 0 ? initialOffset : offsets[low - 1])
    }

    /// What a clock in the zone shows at an instant.
    package func local(_ instant: Timestamp) -> Timestamp {
        guard instant.isFinite else { return instant }
        return Timestamp(
            microseconds: instant.microseconds &+ Int64(offset(at: instant)) * 1_000_000)
    }

    /// The instant at which a clock in the zone shows `local`.
    ///
    /// Shown twice, the later (standard time) is meant; never shown, the offset before the gap counts,
    /// as in PostgreSQL.
    package func instant(_ local: Timestamp) -> Timestamp {
        guard local.isFinite else { return local }
        func instant(_ offset: Int) -> Timestamp {
            Timestamp(microseconds: local.microseconds &- Int64(offset) * 1_000_000)
        }
        let day: Int64 = 86_400_000_000
        let before = offset(at: Timestamp(microseconds: local.microseconds &- day))
        let after = offset(at: Timestamp(microseconds: local.microseconds &+ day))
        if before == after { return instant(offset(at: instant(before))) }
        let (first, second) = (instant(before), instant(after))
        let firstHolds = offset(at: first) == before
        let secondHolds = offset(at: second) == after
        if secondHolds { return second }
        return firstHolds ? first : instant(before)
    }
}

/// The parts of a TZif file that matter.
private struct TZifFile {
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

        /// UTC indicators, standard indicators, leap seconds, times, types, abbreviation characters.
        func end(timeSize: Int) -> Int {
            start + Self.byteCount + timeCount * (timeSize + 1) + typeCount * 6 + counts[5]
                + counts[2] * (timeSize + 4) + counts[1] + counts[0]
        }
    }
}
