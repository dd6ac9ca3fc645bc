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

    /// A fixed offset: `+03`, `-05:30`, `UTC`, `GMT`, `Z`; east of UTC is positive.
    package init?(fixed text: String) {
        let upper = text.uppercased()
        if upper == "UTC" || upper == "GMT" || upper == "Z" || upper == "ETC/UTC" {
            self.init(name: text, offsetSeconds: 0)
            return
        }
        var copy = text
        let seconds = copy.withUTF8 { bytes -> Int? in
            var scanner = ByteScanner(bytes)
            guard let seconds = ZoneOffset.parse(&scanner), scanner.isAtEnd else { return nil }
            return seconds
        }
        guard let seconds, abs(seconds) < 16 * 3_600 else { return nil }
        self.init(name: text, offsetSeconds: seconds)
    }

    /// A rule as POSIX writes it, `UTC-3` or `CET-1CEST,M3.5.0,M10.5.0/3`; west of UTC is positive.
    package init?(posix text: String) {
        guard let rule = PosixTimeZone(text) else { return nil }
        name = text
        transitions = []
        offsets = []
        initialOffset = 0
        footer = rule
    }

    /// True when the clocks never change.
    package var isFixed: Bool { transitions.isEmpty && footer == nil }

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
    /// Shown twice, the later instant is meant; never shown, the offset before the gap counts, as
    /// in PostgreSQL.
    package func instant(_ local: Timestamp) -> Timestamp {
        guard local.isFinite else { return local }
        func instant(_ offset: Int) -> Timestamp {
            Timestamp(microseconds: local.microseconds &- Int64(offset) * 1_000_000)
        }
        if isFixed { return instant(Int(initialOffset)) }
        // Offsets are below a day, so these two are on either side of a change nearby.
        let before = offset(at: Timestamp(microseconds: local.microseconds &- Self.day))
        let after = offset(at: Timestamp(microseconds: local.microseconds &+ Self.day))
        let (first, second) = (instant(before), instant(after))
        if offset(at: second) == after { return second }
        let nearby = offset(at: first)
        if nearby == before { return first }
        // Two changes within two days: the time between them may be the one shown.
        let between = instant(nearby)
        return offset(at: between) == nearby && nearby != after ? between : first
    }

    private static let day = Civil.microsecondsPerDay
}
