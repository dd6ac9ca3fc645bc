package import DemetraTypes

/// A rule's message with places for values: `ROI dropped to {roi:.2f} for {channel}`.
///
/// A place holds an expression over what the rule reads, then perhaps a colon and a format. A brace that
/// is meant as such is written twice.
package struct MessageTemplate: Sendable, Hashable {
    /// A piece of the message.
    package enum Part: Sendable, Hashable {
        case text(String)
        /// The value of `places[index]`.
        case place(index: Int, MessageFormat?)
    }

    /// What stands between braces.
    package struct Place: Sendable, Hashable {
        /// The expression as written.
        package let expression: String
        /// Its first byte in the message.
        package let offset: Int
        /// The format, if any.
        package let format: MessageFormat?
    }

    /// The message from left to right.
    package let parts: [Part]
    /// The places in order.
    package let places: [Place]

    /// Reads a message.
    ///
    /// - Throws: 42601 for braces that do not match, 22023 for a format that does not exist; the position
    ///   is a byte offset into `message`.
    package init(_ message: String) throws(DemetraError) {
        var scanner = TemplateScanner(message)
        try scanner.scan()
        parts = scanner.parts
        places = scanner.places
    }
}

/// Goes through a message once, byte by byte: braces, colons and quotes are ASCII.
private struct TemplateScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var text: [UInt8] = []
    private(set) var parts: [MessageTemplate.Part] = []
    private(set) var places: [MessageTemplate.Place] = []

    private static let open = UInt8(ascii: "{")
    private static let close = UInt8(ascii: "}")
    private static let colon = UInt8(ascii: ":")
    private static let quote = UInt8(ascii: "'")

    init(_ message: String) { bytes = Array(message.utf8) }

    mutating func scan() throws(DemetraError) {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == Self.open || byte == Self.close else {
                text.append(byte)
                position += 1
                continue
            }
            if position + 1 < bytes.count, bytes[position + 1] == byte {
                text.append(byte)
                position += 2
            } else if byte == Self.open {
                endText()
                try place()
            } else {
                throw unmatched("}", "{")
            }
        }
        endText()
    }

    private func unmatched(_ brace: String, _ missing: String) -> DemetraError {
        DemetraError(
            .syntaxError, "\"\(brace)\" in the message has no matching \"\(missing)\"",
            hint: "Write \"\(brace)\(brace)\" for the brace itself.", position: position)
    }

    private mutating func endText() {
        guard !text.isEmpty else { return }
        parts.append(.text(String(decoding: text, as: UTF8.self)))
        text = []
    }

    /// One place, from its opening to its closing brace.
    private mutating func place() throws(DemetraError) {
        let start = position + 1
        var end = start
        var (depth, isQuoted) = (0, false)
        var formatStart: Int?
        while end < bytes.count, isQuoted || bytes[end] != Self.close {
            switch bytes[end] {
            case Self.quote: isQuoted.toggle()
            case UInt8(ascii: "("),
                UInt8(ascii: "[") where !isQuoted:
                depth += 1
            case UInt8(ascii: ")"),
                UInt8(ascii: "]") where !isQuoted:
                depth -= 1
            case Self.colon where !isQuoted && depth == 0:
                // Two colons are a cast.
                if end + 1 < bytes.count, bytes[end + 1] == Self.colon {
                    end += 1
                } else {
                    formatStart = end + 1
                }
            default: break
            }
            end += 1
        }
        guard end < bytes.count else { throw unmatched("{", "}") }
        try add(
            from: start, to: formatStart.map { $0 - 1 } ?? end, format: formatStart.map { $0..<end }
        )
        position = end + 1
    }

    private mutating func add(
        from start: Int, to end: Int, format range: Range<Int>?
    ) throws(DemetraError) {
        let expression = String(decoding: bytes[start..<end], as: UTF8.self)
        guard expression.contains(where: { !$0.isWhitespace }) else {
            throw DemetraError(
                .syntaxError, "a place of the message names nothing",
                hint: "Write a column between the braces, such as {roi:.2f}.", position: start)
        }
        var format: MessageFormat?
        if let range {
            let written = String(decoding: bytes[range], as: UTF8.self)
            guard let known = MessageFormat(written) else {
                throw DemetraError(
                    .invalidParameterValue, "format \"\(written)\" does not exist",
                    hint: "Use .2f, ,.2f, .1%, d, ,d or s.", position: range.lowerBound)
            }
            format = known
        }
        parts.append(.place(index: places.count, format))
        places.append(MessageTemplate.Place(expression: expression, offset: start, format: format))
    }
}
