import DemetraTypes

/// Reads a line that holds one flat JSON object: its keys, and where its values are.
///
/// Safe because the scanner checks every read against the bytes given.
struct JSONMembers {
    /// What a value is.
    enum Kind {
        case null, string, literal, container
    }

    /// One member.
    struct Member {
        /// The key's bytes between its quotes, as written.
        let key: UnsafeBufferPointer<UInt8>
        /// What the value is.
        let kind: Kind
        /// The value's bytes as written; a string's quotes included.
        let value: UnsafeBufferPointer<UInt8>
    }

    private var scanner: JSONScanner
    private var isFirst = true
    /// True once the object was read to its end and nothing followed it.
    private(set) var isComplete = false

    /// A reader at the begin of a line; nil when the line is no object.
    init?(_ line: UnsafeBufferPointer<UInt8>) {
        scanner = JSONScanner(line)
        scanner.skipBlanks()
        guard scanner.take("{") else { return nil }
    }

    /// The next member; nil at the end or where the line is malformed (`isComplete` tells).
    mutating func next() -> Member? {
        scanner.skipBlanks()
        if scanner.take("}") {
            scanner.skipBlanks()
            isComplete = scanner.isAtEnd
            return nil
        }
        if !isFirst {
            guard scanner.take(",") else { return nil }
            scanner.skipBlanks()
        }
        isFirst = false
        let start = scanner.offset
        guard scanner.byte == UInt8(ascii: "\""), scanner.skipString() else { return nil }
        let key = scanner.slice(start + 1, scanner.offset - 1)
        scanner.skipBlanks()
        guard scanner.take(":") else { return nil }
        scanner.skipBlanks()
        let valueStart = scanner.offset
        let kind = kind(scanner.byte)
        guard scanner.skipValue() else { return nil }
        return Member(key: key, kind: kind, value: scanner.slice(valueStart, scanner.offset))
    }

    private func kind(_ byte: UInt8) -> Kind {
        switch byte {
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "{"), UInt8(ascii: "["): .container
        case UInt8(ascii: "n"): .null
        default: .literal
        }
    }
}
