/// JSON as text: is it well formed, and what is its normal form?
///
/// A strict scanner of RFC 8259: no comments, trailing commas, leading zeros or bare words. `json`
/// columns keep their text after `isValid`; `jsonb` columns keep `normalised`.
///
/// Safe because bytes are only indexed below their count.
package enum JSONText {
    /// Nesting accepted; deeper text is refused, as it is made to exhaust a stack.
    package static let depthLimit = 512

    /// True when the bytes are one JSON value with blanks around it.
    package static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var scanner = JSONScanner(bytes)
        return scanner.skipDocument()
    }

    /// True when the text is one JSON value with blanks around it.
    package static func isValid(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { isValid($0) }
    }

    /// - Throws: 22P02 when the bytes are not one JSON value.
    package static func validate(_ bytes: UnsafeBufferPointer<UInt8>) throws(DemetraError) {
        var scanner = JSONScanner(bytes)
        guard !scanner.skipDocument() else { return }
        let offset = min(scanner.offset, bytes.count)
        let shown = String(decoding: bytes[offset..<min(offset + 20, bytes.count)], as: UTF8.self)
        throw DemetraError(
            .invalidTextRepresentation, "invalid input syntax for type json",
            detail: shown.isEmpty
                ? "The input string ended unexpectedly."
                : "Unexpected text at offset \(offset): \"\(shown)\".")
    }
}
