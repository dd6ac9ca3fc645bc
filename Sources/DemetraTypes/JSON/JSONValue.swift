/// A JSON value as a tree, for normal forms and small documents.
///
/// Safe because bytes are only indexed below their count.
package indirect enum JSONValue: Sendable, Hashable {
    /// null.
    case null
    /// true or false.
    case boolean(Bool)
    /// A number as written.
    case number(String)
    /// A string, unescaped.
    case string(String)
    /// An array.
    case array([JSONValue])
    /// An object: members in the order written, duplicates too.
    case object([(key: String, value: JSONValue)])

    /// The value the bytes spell; nil when they are no JSON document.
    package init?(parsing bytes: UnsafeBufferPointer<UInt8>) {
        guard JSONText.isValid(bytes) else { return nil }
        var scanner = JSONScanner(bytes)
        scanner.skipBlanks()
        self = Self.read(&scanner)
    }

    /// Equal trees with members in the same order.
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.boolean(let a), .boolean(let b)): a == b
        case (.number(let a), .number(let b)), (.string(let a), .string(let b)): a == b
        case (.array(let a), .array(let b)): a == b
        case (.object(let a), .object(let b)):
            a.count == b.count
                && zip(a, b).allSatisfy { $0.key == $1.key && $0.value == $1.value }
        default: false
        }
    }

    /// Agrees with `==`.
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }

    /// Reads a value of a text that was found valid.
    private static func read(_ scanner: inout JSONScanner) -> JSONValue {
        let start = scanner.offset
        switch scanner.byte {
        case UInt8(ascii: "{"): return readObject(&scanner)
        case UInt8(ascii: "["): return readArray(&scanner)
        case UInt8(ascii: "\""): return .string(readString(&scanner))
        case UInt8(ascii: "t"), UInt8(ascii: "f"):
            let isTrue = scanner.byte == UInt8(ascii: "t")
            _ = scanner.skipValue()
            return .boolean(isTrue)
        case UInt8(ascii: "n"):
            _ = scanner.skipValue()
            return .null
        default:
            _ = scanner.skipValue()
            return .number(String(decoding: scanner.slice(start, scanner.offset), as: UTF8.self))
        }
    }

    private static func readObject(_ scanner: inout JSONScanner) -> JSONValue {
        var members: [(key: String, value: JSONValue)] = []
        _ = scanner.take("{")
        scanner.skipBlanks()
        while !scanner.take("}"), !scanner.isAtEnd {
            let key = readString(&scanner)
            scanner.skipBlanks()
            _ = scanner.take(":")
            scanner.skipBlanks()
            members.append((key, read(&scanner)))
            scanner.skipBlanks()
            _ = scanner.take(",")
            scanner.skipBlanks()
        }
        return .object(members)
    }

    private static func readArray(_ scanner: inout JSONScanner) -> JSONValue {
        var elements: [JSONValue] = []
        _ = scanner.take("[")
        scanner.skipBlanks()
        while !scanner.take("]"), !scanner.isAtEnd {
            elements.append(read(&scanner))
            scanner.skipBlanks()
            _ = scanner.take(",")
            scanner.skipBlanks()
        }
        return .array(elements)
    }

    private static func readString(_ scanner: inout JSONScanner) -> String {
        let start = scanner.offset
        _ = scanner.skipString()
        return unescaped(scanner.slice(start + 1, max(start + 1, scanner.offset - 1)))
    }

    /// The text of a valid string between its quotes.
    package static func unescaped(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard bytes.contains(UInt8(ascii: "\\")) else {
            return String(decoding: bytes, as: UTF8.self)
        }
        var units: [UInt16] = []
        var output: [UInt8] = []
        var index = 0
        func flush() {
            output.append(contentsOf: String(decoding: units, as: UTF16.self).utf8)
            units.removeAll()
        }
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < bytes.count else {
                if !units.isEmpty { flush() }
                output.append(byte)
                continue
            }
            let escape = bytes[index]
            index += 1
            if escape == UInt8(ascii: "u") {
                var unit = 0
                for _ in 0..<4 where index < bytes.count {
                    unit = unit * 16 + (hexDigit(bytes[index]) ?? 0)
                    index += 1
                }
                // Surrogate halves wait for each other.
                units.append(UInt16(truncatingIfNeeded: unit))
            } else {
                if !units.isEmpty { flush() }
                output.append(Self.control(escape))
            }
        }
        if !units.isEmpty { flush() }
        return String(decoding: output, as: UTF8.self)
    }

    private static func control(_ escape: UInt8) -> UInt8 {
        switch escape {
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: escape
        }
    }
}
