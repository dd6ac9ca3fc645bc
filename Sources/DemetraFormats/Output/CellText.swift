package import DemetraTypes
package import DemetraVectors

/// The text of the cells of one vector, as PostgreSQL's output functions give it.
///
/// Dates and timestamps of common years are written digit by digit; rare types go through the
/// general text functions.
package struct CellText {
    /// How booleans and times look.
    package enum Style: Sendable {
        /// `t`, `2024-01-01 00:00:00+00`.
        case sql
        /// `true`, `2024-01-01T00:00:00+00:00`.
        case json
    }

    private static let day: Int64 = 86_400_000_000
    /// 0001-01-01 and 9999-12-31 as days since 1970.
    private static let commonDays: ClosedRange<Int64> = -719_162...2_932_896

    private let vector: Vector
    private let style: Style
    private let zone: TimeZoneRules

    /// The cells of a vector.
    package init(_ vector: Vector, style: Style, zone: TimeZoneRules) {
        self.vector = vector
        self.style = style
        self.zone = zone
    }

    /// True when the cell holds a value.
    package func isValid(_ row: Int) -> Bool { vector.isValid(row) }

    /// The value of a cell.
    func value(_ row: Int) -> Value { vector.value(at: row) }

    /// Appends the text of a cell that holds a value.
    package func append(_ row: Int, to bytes: inout [UInt8]) {
        switch vector.storage {
        case .constant(let one):
            CellText(one.vector, style: style, zone: zone).append(0, to: &bytes)
        case .boolean(let flags): appendFlag(flags[row] != 0, to: &bytes)
        case .int32(let days)
        where vector.type == .date && Self.commonDays.contains(Int64(days[row])):
            Self.appendDay(Int(days[row]), to: &bytes)
        case .int64(let times) where vector.type == .timestamp:
            appendTimestamp(times[row], row, to: &bytes)
        case .int64(let numbers) where vector.type.isNumeric:
            Self.appendScaled(numbers[row], vector.type.numericScale, to: &bytes)
        default: appendGeneral(row, to: &bytes)
        }
    }

    private func appendGeneral(_ row: Int, to bytes: inout [UInt8]) {
        let start = bytes.count
        appendText(vector, row: row, zone: zone, to: &bytes)
        guard style == .json, vector.type.isDateTime, bytes.count > start + 10 else { return }
        if bytes[start + 10] == 0x20 { bytes[start + 10] = UInt8(ascii: "T") }
        // ISO 8601 wants minutes in an offset: `+00` becomes `+00:00`.
        let sign = bytes[bytes.count - 3]
        if vector.type == .timestamptz, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
            bytes.append(contentsOf: ":00".utf8)
        }
    }

    private func appendFlag(_ flag: Bool, to bytes: inout [UInt8]) {
        switch style {
        case .sql: bytes.append(flag ? UInt8(ascii: "t") : UInt8(ascii: "f"))
        case .json: bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        }
    }

    private func appendTimestamp(_ microseconds: Int64, _ row: Int, to bytes: inout [UInt8]) {
        var days = microseconds / Self.day
        var rest = microseconds % Self.day
        if rest < 0 {
            rest += Self.day
            days -= 1
        }
        guard Self.commonDays.contains(days) else { return appendGeneral(row, to: &bytes) }
        Self.appendDay(Int(days), to: &bytes)
        bytes.append(style == .json ? UInt8(ascii: "T") : 0x20)
        let seconds = Int(rest / 1_000_000)
        Self.appendPair(seconds / 3_600, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Self.appendPair(seconds / 60 % 60, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        Self.appendPair(seconds % 60, to: &bytes)
        var fraction = Int(rest % 1_000_000)
        guard fraction > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        var unit = 100_000
        while fraction > 0 {
            bytes.append(UInt8(truncatingIfNeeded: 0x30 + fraction / unit))
            fraction %= unit
            unit /= 10
        }
    }

    private static func appendDay(_ days: Int, to bytes: inout [UInt8]) {
        let (year, month, day) = Civil.date(days: days)
        appendPair(year / 100, to: &bytes)
        appendPair(year % 100, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        appendPair(month, to: &bytes)
        bytes.append(UInt8(ascii: "-"))
        appendPair(day, to: &bytes)
    }

    private static func appendPair(_ value: Int, to bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: 0x30 + value / 10))
        bytes.append(UInt8(truncatingIfNeeded: 0x30 + value % 10))
    }

    private static func appendScaled(_ unscaled: Int64, _ scale: Int, to bytes: inout [UInt8]) {
        guard scale > 0 else { return appendInteger(unscaled, to: &bytes) }
        if unscaled < 0 { bytes.append(UInt8(ascii: "-")) }
        let power = UInt64(PowersOfTen.int64[scale])
        appendInteger(Int64(bitPattern: unscaled.magnitude / power), to: &bytes)
        bytes.append(UInt8(ascii: "."))
        let start = bytes.count
        appendInteger(Int64(bitPattern: unscaled.magnitude % power), to: &bytes)
        let missing = scale - (bytes.count - start)
        if missing > 0 {
            bytes.insert(contentsOf: repeatElement(UInt8(ascii: "0"), count: missing), at: start)
        }
    }
}
