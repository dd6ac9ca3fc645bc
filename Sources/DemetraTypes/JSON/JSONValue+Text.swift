// The text form of JSON trees: PostgreSQL's for jsonb.
//
// Safe because bytes are only indexed below their count.

extension JSONValue {
    /// The text with a blank behind each colon and comma, as PostgreSQL prints jsonb.
    package var text: String {
        var output: [UInt8] = []
        appendText(to: &output)
        return String(decoding: output, as: UTF8.self)
    }

    /// The value as jsonb keeps it: of duplicate keys the last, keys by length and then bytes,
    /// numbers without exponent or plus sign.
    package var normalised: JSONValue {
        switch self {
        case .null, .boolean, .string: return self
        case .number(let text): return .number(Self.plainNumber(text))
        case .array(let elements): return .array(elements.map(\.normalised))
        case .object(let members):
            var last: [String: JSONValue] = [:]
            for member in members { last[member.key] = member.value.normalised }
            let keys = last.keys.sorted { left, right in
                left.utf8.count != right.utf8.count
                    ? left.utf8.count < right.utf8.count
                    : left.utf8.lexicographicallyPrecedes(right.utf8)
            }
            return .object(keys.map { key in (key, last[key] ?? .null) })
        }
    }

    /// Appends the text to bytes.
    package func appendText(to output: inout [UInt8]) {
        switch self {
        case .null: output.append(contentsOf: "null".utf8)
        case .boolean(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .number(let text): output.append(contentsOf: text.utf8)
        case .string(let text): Self.appendQuoted(text, to: &output)
        case .array(let elements):
            output.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { output.append(contentsOf: ", ".utf8) }
                element.appendText(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .object(let members):
            output.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { output.append(contentsOf: ", ".utf8) }
                Self.appendQuoted(member.key, to: &output)
                output.append(contentsOf: ": ".utf8)
                member.value.appendText(to: &output)
            }
            output.append(UInt8(ascii: "}"))
        }
    }

    private static func appendQuoted(_ text: String, to output: inout [UInt8]) {
        var text = text
        text.withUTF8 { JSONText.appendQuoted($0, to: &output) }
    }

    /// `1e2` is 100 and `1.50` stays 1.50, as PostgreSQL's numeric prints them; a number with more
    /// digits than `Decimal` holds stays as written.
    private static func plainNumber(_ text: String) -> String {
        (try? Decimal.parse(text))?.description ?? text
    }
}

extension JSONText {
    /// The normal form that jsonb columns keep; nil when the bytes are no JSON document.
    package static func normalised(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard let value = JSONValue(parsing: bytes) else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 8)
        value.normalised.appendText(to: &output)
        return output
    }

    /// A text as a JSON string with its quotes.
    package static func quoted(_ text: String) -> String {
        var text = text
        var output: [UInt8] = []
        text.withUTF8 { appendQuoted($0, to: &output) }
        return String(decoding: output, as: UTF8.self)
    }

    /// Appends a text as a JSON string with its quotes.
    package static func appendQuoted(
        _ text: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]
    ) {
        output.append(UInt8(ascii: "\""))
        for byte in text {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                output.append(UInt8(ascii: "\\"))
                output.append(byte)
            case 0x08: output.append(contentsOf: "\\b".utf8)
            case 0x0C: output.append(contentsOf: "\\f".utf8)
            case 0x0A: output.append(contentsOf: "\\n".utf8)
            case 0x0D: output.append(contentsOf: "\\r".utf8)
            case 0x09: output.append(contentsOf: "\\t".utf8)
            case 0..<0x20:
                output.append(contentsOf: "\\u00".utf8)
                output.append(Self.hex[Int(byte >> 4)])
                output.append(Self.hex[Int(byte & 15)])
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }

    private static let hex = Array("0123456789abcdef".utf8)
}
