import DemetraTypes

/// Parts of JSON texts, as they are written: a part of json keeps its blanks, a part of jsonb its normal form.
enum JSONAccess {
    /// What a value is.
    enum Kind: String {
        case object, array, string, number, boolean, null
    }

    /// The kind of the value that a valid text spells.
    static func kind(_ text: String) -> Kind {
        switch text.utf8.first(where: { $0 > 0x20 }) {
        case UInt8(ascii: "{"): .object
        case UInt8(ascii: "["): .array
        case UInt8(ascii: "\""): .string
        case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
        case UInt8(ascii: "n"): .null
        default: .number
        }
    }

    /// The members of an object in the order written; nil for a value of another kind.
    static func members(_ text: String) -> [(key: String, value: String)]? {
        guard kind(text) == .object else { return nil }
        var copy = text
        return copy.withUTF8 { bytes in
            var scanner = JSONScanner(bytes)
            var members: [(key: String, value: String)] = []
            scanner.skipBlanks()
            _ = scanner.take("{")
            scanner.skipBlanks()
            while !scanner.isAtEnd, !scanner.take("}") {
                let start = scanner.offset
                guard scanner.skipString() else { break }
                let key = JSONValue.unescaped(scanner.slice(start + 1, scanner.offset - 1))
                scanner.skipBlanks()
                _ = scanner.take(":")
                guard let value = value(&scanner) else { break }
                members.append((key, value))
            }
            return members
        }
    }

    /// The elements of an array; nil for a value of another kind.
    static func elements(_ text: String) -> [String]? {
        guard kind(text) == .array else { return nil }
        var copy = text
        return copy.withUTF8 { bytes in
            var scanner = JSONScanner(bytes)
            var elements: [String] = []
            scanner.skipBlanks()
            _ = scanner.take("[")
            scanner.skipBlanks()
            while !scanner.isAtEnd, !scanner.take("]") {
                guard let value = value(&scanner) else { break }
                elements.append(value)
            }
            return elements
        }
    }

    /// Passes over a value and the comma behind it.
    private static func value(_ scanner: inout JSONScanner) -> String? {
        scanner.skipBlanks()
        let start = scanner.offset
        guard scanner.skipValue() else { return nil }
        let text = String(decoding: scanner.slice(start, scanner.offset), as: UTF8.self)
        scanner.skipBlanks()
        _ = scanner.take(",")
        scanner.skipBlanks()
        return text
    }

    /// The value under a key: of several the last.
    static func member(_ text: String, _ key: String) -> String? {
        members(text)?.last { $0.key == key }?.value
    }

    /// The element of a number counted from 0, or from the end below zero.
    static func element(_ text: String, _ number: Int) -> String? {
        guard let elements = elements(text) else { return nil }
        let index = number < 0 ? elements.count + number : number
        return elements.indices.contains(index) ? elements[index] : nil
    }

    /// The value at the end of a path of keys and numbers.
    static func value(_ text: String, at path: [String]) -> String? {
        var value = text
        for step in path {
            var next: String?
            switch kind(value) {
            case .object: next = member(value, step)
            case .array: next = Int(step).flatMap { element(value, $0) }
            default: next = nil
            }
            guard let next else { return nil }
            value = next
        }
        return value
    }

    /// What `->>` shows: strings without quotes, nil for null.
    static func shown(_ text: String) -> String? {
        switch kind(text) {
        case .null: return nil
        case .string:
            let trimmed = text.utf8.drop { $0 <= 0x20 }
            var inner = String(Substring(trimmed))
            while let last = inner.utf8.last, last <= 0x20 { inner.removeLast() }
            inner = String(inner.dropFirst().dropLast())
            return inner.withUTF8 { JSONValue.unescaped($0) }
        default: return text
        }
    }
}
