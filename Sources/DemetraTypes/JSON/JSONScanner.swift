/// Walks over JSON values without building them.
///
/// Safe because every read is below `end`, which is the count of the bytes given.
package struct JSONScanner {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let end: Int
    /// Where the scanner stands; at the offending byte after a failure.
    package private(set) var offset = 0
    private var depth = 0

    /// A scanner at the first byte.
    package init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        end = bytes.count
    }

    /// The byte at the scanner, 0 at the end.
    package var byte: UInt8 { offset < end ? bytes[offset] : 0 }

    /// True behind the last byte.
    package var isAtEnd: Bool { offset >= end }

    /// The bytes of a range passed over.
    package func slice(_ lower: Int, _ upper: Int) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: bytes[lower..<upper])
    }

    /// Passes over blanks.
    package mutating func skipBlanks() {
        while offset < end {
            let byte = bytes[offset]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            offset += 1
        }
    }

    /// Passes over one byte if it is `expected`.
    package mutating func take(_ expected: Unicode.Scalar) -> Bool {
        guard byte == UInt8(ascii: expected), offset < end else { return false }
        offset += 1
        return true
    }

    /// Passes over a whole document: one value and nothing but blanks behind it.
    package mutating func skipDocument() -> Bool {
        skipBlanks()
        guard skipValue() else { return false }
        skipBlanks()
        return isAtEnd
    }

    /// Passes over a value; false where it is malformed.
    package mutating func skipValue() -> Bool {
        switch byte {
        case UInt8(ascii: "{"): skipContainer(closedBy: "}", hasKeys: true)
        case UInt8(ascii: "["): skipContainer(closedBy: "]", hasKeys: false)
        case UInt8(ascii: "\""): skipString()
        case UInt8(ascii: "t"): skipWord("true")
        case UInt8(ascii: "f"): skipWord("false")
        case UInt8(ascii: "n"): skipWord("null")
        default: skipNumber()
        }
    }

    private mutating func skipContainer(closedBy close: Unicode.Scalar, hasKeys: Bool) -> Bool {
        depth += 1
        defer { depth -= 1 }
        guard depth <= JSONText.depthLimit else { return false }
        offset += 1
        skipBlanks()
        if take(close) { return true }
        while true {
            if hasKeys {
                guard byte == UInt8(ascii: "\""), skipString() else { return false }
                skipBlanks()
                guard take(":") else { return false }
                skipBlanks()
            }
            guard skipValue() else { return false }
            skipBlanks()
            if take(close) { return true }
            guard take(",") else { return false }
            skipBlanks()
        }
    }

    /// Passes over a string, its quotes included.
    package mutating func skipString() -> Bool {
        offset += 1
        while offset < end {
            let byte = bytes[offset]
            if byte < 0x20 { return false }
            offset += 1
            if byte == UInt8(ascii: "\"") { return true }
            if byte == UInt8(ascii: "\\"), !skipEscape() { return false }
        }
        return false
    }

    private mutating func skipEscape() -> Bool {
        guard offset < end else { return false }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
            UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            return true
        case UInt8(ascii: "u"):
            guard end - offset >= 4 else { return false }
            for _ in 0..<4 {
                guard hexDigit(bytes[offset]) != nil else { return false }
                offset += 1
            }
            return true
        default: return false
        }
    }

    private mutating func skipWord(_ word: StaticString) -> Bool {
        for index in 0..<word.utf8CodeUnitCount {
            guard offset < end, bytes[offset] == word.utf8Start[index] else { return false }
            offset += 1
        }
        return true
    }

    private mutating func skipNumber() -> Bool {
        _ = take("-")
        if byte == UInt8(ascii: "0") { offset += 1 } else if !skipDigits() { return false }
        if take("."), !skipDigits() { return false }
        if byte | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { offset += 1 }
            return skipDigits()
        }
        return true
    }

    private mutating func skipDigits() -> Bool {
        let start = offset
        while offset < end, bytes[offset] &- 0x30 < 10 { offset += 1 }
        return offset > start
    }
}
