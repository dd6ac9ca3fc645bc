/// SQL values as JSON: numbers stay numbers, times are ISO 8601, arrays are lists.
package enum JSONOutput {
    /// The JSON of a value.
    package static func text(_ value: Value, _ type: LogicalType, zone: TimeZoneRules) -> String {
        if case .array(let elements) = value {
            let element = type.arrayElement ?? .text
            return "["
                + elements.map { text($0, element, zone: zone) }.joined(separator: ",") + "]"
        }
        guard let shown = ValueText.text(value, type: type, zone: zone) else { return "null" }
        switch type {
        case .boolean, .json, .jsonb, .smallint, .integer, .bigint: return shown
        case .real, .double, .numeric:
            // NaN and the infinities end in a letter, and JSON has none of them.
            let last = shown.utf8.last ?? 0
            return last >= 0x30 && last <= 0x39 ? shown : JSONText.quoted(shown)
        case .timestamp: return JSONText.quoted(dated(shown))
        case .timestamptz: return JSONText.quoted(withMinutes(dated(shown)))
        default: return JSONText.quoted(shown)
        }
    }

    /// `2024-01-01T10:00:00`.
    private static func dated(_ shown: String) -> String {
        guard let blank = shown.firstIndex(of: " ") else { return shown }
        return shown[..<blank] + "T" + shown[shown.index(after: blank)...]
    }

    /// An offset of hours alone gets its minutes: `+00:00`.
    private static func withMinutes(_ shown: String) -> String {
        let bytes = Array(shown.utf8.suffix(3))
        guard bytes.count == 3, bytes[0] == UInt8(ascii: "+") || bytes[0] == UInt8(ascii: "-")
        else { return shown }
        return shown + ":00"
    }

    /// The key that a value makes in an object.
    package static func key(_ value: Value, _ type: LogicalType, zone: TimeZoneRules) -> String {
        ValueText.text(value, type: type, zone: zone) ?? ""
    }

    /// A text in the normal form of jsonb.
    package static func normalised(_ text: String) -> String {
        var copy = text
        return copy.withUTF8 { JSONValue(parsing: $0) }?.normalised.text ?? text
    }
}
