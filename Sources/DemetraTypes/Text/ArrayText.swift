/// Arrays as text and back: `{1,2,NULL,"a,b"}`.
///
/// An element stands in quotes when it is empty, reads as NULL, or holds a brace, comma, quote, backslash or
/// blank. Outside of quotes blanks around an element do not count, and NULL in any case is NULL.
///
/// - Source: the array chapter of the PostgreSQL 15 documentation.
package enum ArrayText {
    // MARK: Writing

    /// The text of an array.
    package static func text(
        _ elements: [Value], element type: LogicalType, zone: TimeZoneRules = .utc
    ) -> String {
        var result = "{"
        for (index, element) in elements.enumerated() {
            if index > 0 { result += "," }
            result += elementText(element, type, zone).map { quoted($0) } ?? "NULL"
        }
        return result + "}"
    }

    /// The text of one element as the type's output has it: `t` for true.
    package static func elementText(
        _ element: Value, _ type: LogicalType, _ zone: TimeZoneRules
    ) -> String? {
        if case .boolean(let flag) = element { return flag ? "t" : "f" }
        return ValueText.text(element, type: type, zone: zone)
    }

    private static func quoted(_ text: String) -> String {
        let needsQuotes =
            text.isEmpty || text.lowercased() == "null" || text.utf8.contains(where: isSpecial)
        guard needsQuotes else { return text }
        var result = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { result += "\\" }
            result.unicodeScalars.append(scalar)
        }
        return result + "\""
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","), UInt8(ascii: "\""),
            UInt8(ascii: "\\"):
            true
        default: isBlank(byte)
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0d)
    }

    // MARK: Reading

    /// The elements of an array's text, each but NULL read by `read`.
    ///
    /// - Throws: 22P02 for text that is no array, 0A000 for one of several dimensions or with bounds, and
    ///   what `read` throws.
    package static func parse(
        _ text: String, element type: LogicalType,
        read: (String) throws(DemetraError) -> Value
    ) throws(DemetraError) -> [Value] {
        var reader = Reader(text)
        var result: [Value] = []
        for part in try reader.parts() {
            result.append(try part.map(read: read))
        }
        return result
    }

    /// One element as it was written.
    private enum Part {
        case null
        case text(String)

        func map(read: (String) throws(DemetraError) -> Value) throws(DemetraError) -> Value {
            switch self {
            case .null: return .null
            case .text(let text): return try read(text)
            }
        }
    }

    private struct Reader {
        private let text: String
        private let bytes: [UInt8]
        private var position = 0

        init(_ text: String) {
            // The error shows the text as PostgreSQL does: from its first character on.
            let start = text.utf8.firstIndex { !isBlank($0) } ?? text.utf8.startIndex
            self.text = String(text[start...])
            bytes = Array(text.utf8)
        }

        private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

        private mutating func skipBlanks() {
            while let byte = current, isBlank(byte) { position += 1 }
        }

        private func malformed(_ detail: String) -> DemetraError {
            DemetraError(
                .invalidTextRepresentation, "malformed array literal: \"\(text)\"", detail: detail)
        }

        mutating func parts() throws(DemetraError) -> [Part] {
            skipBlanks()
            if current == UInt8(ascii: "[") {
                throw DemetraError(
                    .featureNotSupported, "an array with bounds of its own is not supported",
                    hint: "Leave the bounds out: the first element has the number 1.")
            }
            guard current == UInt8(ascii: "{") else {
                throw malformed("Array value must start with \"{\" or dimension information.")
            }
            position += 1
            var parts: [Part] = []
            skipBlanks()
            if current == UInt8(ascii: "}") {
                position += 1
            } else {
                var isOpen = true
                while isOpen {
                    parts.append(try part())
                    isOpen = try goesOn()
                }
            }
            skipBlanks()
            guard current == nil else { throw malformed("Junk after closing right brace.") }
            return parts
        }

        /// Passes the comma or brace behind an element; true for a comma.
        private mutating func goesOn() throws(DemetraError) -> Bool {
            skipBlanks()
            guard let byte = current else { throw malformed("Unexpected end of input.") }
            position += 1
            switch byte {
            case UInt8(ascii: ","): return true
            case UInt8(ascii: "}"): return false
            default: throw malformed("Unexpected array element.")
            }
        }

        private mutating func part() throws(DemetraError) -> Part {
            skipBlanks()
            switch current {
            case nil: throw malformed("Unexpected end of input.")
            case UInt8(ascii: "\""): return .text(try quoted())
            case UInt8(ascii: "{"):
                throw DemetraError(
                    .featureNotSupported, "arrays of more than one dimension are not supported",
                    hint: "Keep inner lists as jsonb, or in rows of their own.")
            default: return try bare()
            }
        }

        private mutating func quoted() throws(DemetraError) -> String {
            position += 1
            var result: [UInt8] = []
            while let byte = current {
                position += 1
                if byte == UInt8(ascii: "\"") { return String(decoding: result, as: UTF8.self) }
                if byte == UInt8(ascii: "\\") {
                    guard let escaped = current else { break }
                    position += 1
                    result.append(escaped)
                } else {
                    result.append(byte)
                }
            }
            throw malformed("Unexpected end of input.")
        }

        private mutating func bare() throws(DemetraError) -> Part {
            var result: [UInt8] = []
            var keptCount = 0
            var hasEscape = false
            while let byte = current, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}") {
                guard byte != UInt8(ascii: "\""), byte != UInt8(ascii: "{") else {
                    throw malformed("Unexpected array element.")
                }
                position += 1
                if byte == UInt8(ascii: "\\") {
                    guard let escaped = current else { throw malformed("Unexpected end of input.") }
                    position += 1
                    hasEscape = true
                    result.append(escaped)
                    keptCount = result.count
                } else {
                    result.append(byte)
                    if !isBlank(byte) { keptCount = result.count }
                }
            }
            guard keptCount > 0 else {
                let shown = current.map { String(UnicodeScalar($0)) }
                throw malformed(
                    shown.map { "Unexpected \"\($0)\" character." } ?? "Unexpected end of input.")
            }
            let text = String(decoding: result.prefix(keptCount), as: UTF8.self)
            return !hasEscape && text.lowercased() == "null" ? .null : .text(text)
        }
    }
}
