import Synchronization

/// The zones a database knows: read from the system's zone database through a function, kept by
/// name.
package final class TimeZones: Sendable {
    /// Reads the file of a zone below the zone database's root; nil when there is none.
    package typealias Reader = @Sendable (_ name: String) -> [UInt8]?

    private let read: Reader
    private let known = Mutex<[String: TimeZoneRules]>([:])

    /// Zones read by `read`.
    package init(read: @escaping Reader) { self.read = read }

    /// Fixed offsets only; for tests and tools without a zone database.
    package static let fixedOnly = TimeZones { _ in nil }

    /// The rules of a zone: an offset, a name of the zone database in any case, an abbreviation, or
    /// a POSIX rule.
    ///
    /// - Throws: 22023 when there is no such zone.
    package func rules(_ name: String) throws(DemetraError) -> TimeZoneRules {
        if let rules = known.withLock({ $0[name] }) { return rules }
        guard let rules = find(name) else {
            throw DemetraError(
                .invalidParameterValue, "time zone \"\(name)\" not recognized",
                hint:
                    "Use a name of the system's zone database such as Europe/Berlin, or an offset.")
        }
        known.withLock { $0[name] = rules }
        return rules
    }

    private func find(_ name: String) -> TimeZoneRules? {
        if let rules = TimeZoneRules(fixed: name) { return rules }
        if Self.isSafe(name) {
            for spelling in [name, Self.titled(name), name.uppercased()] {
                if let bytes = read(spelling),
                    let rules = TimeZoneRules(name: spelling, tzif: bytes)
                {
                    return rules
                }
            }
        }
        if let seconds = ZoneOffset.abbreviation(name.lowercased()) {
            return TimeZoneRules(name: name, offsetSeconds: seconds)
        }
        return TimeZoneRules(posix: name)
    }

    /// A name is a relative path: nothing else may leave the database's folder.
    private static func isSafe(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count < 64 && !name.hasPrefix("/")
            && name.utf8.allSatisfy { byte in
                (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7a) || (byte >= 0x30 && byte <= 0x39)
                    || byte == 0x2f || byte == 0x5f || byte == 0x2b || byte == 0x2d
            }
    }

    /// `europe/berlin` as the database spells it: `Europe/Berlin`.
    private static func titled(_ name: String) -> String {
        var isStart = true
        return String(
            name.map { character in
                defer { isStart = !character.isLetter }
                return Character(isStart ? character.uppercased() : character.lowercased())
            })
    }
}
