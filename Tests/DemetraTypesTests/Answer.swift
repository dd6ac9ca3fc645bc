import DemetraTypes
import Glibc

/// The text of a result, or `ERR` and the SQLSTATE: what the tables of cases hold.
func answer(_ body: () throws(DemetraError) -> String) -> String {
    do throws(DemetraError) {
        return try body()
    } catch {
        return "ERR \(error.sqlState)"
    }
}

/// A random generator that a seed decides: `DEMETRA_SEED`, else the one given.
struct SeededGenerator: RandomNumberGenerator {
    /// The seed, to be named in failures.
    let seed: UInt64
    private var state: UInt64

    init(seed: UInt64) {
        let given = getenv("DEMETRA_SEED").flatMap { UInt64(String(cString: $0)) }
        self.seed = given ?? seed
        state = self.seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
        return value ^ (value >> 31)
    }
}

/// The system's zones.
let systemZones = TimeZones { zoneFile($0) }

/// The bytes of a zone's file.
func zoneFile(_ name: String) -> [UInt8]? {
    guard let file = fopen("/usr/share/zoneinfo/" + name, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return count > 0 ? Array(bytes[..<count]) : nil
}

/// The text of a value that was read from text.
func reread(_ text: String, _ type: LogicalType, _ zone: TimeZoneRules = .utc) -> String {
    answer { () throws(DemetraError) in
        let value = try ValueText.parse(text, as: type, zone: zone, zones: systemZones)
        return ValueText.text(value, type: type, zone: zone) ?? "NULL"
    }
}

/// A timestamp from its text.
func timestamp(_ text: String) throws(DemetraError) -> Timestamp {
    try TimestampText.parse(text, type: .timestamp).local
}
