import DemetraTypes

/// One field of each of some consecutive records: what a column's loop walks over.
///
/// Safe because marks come from a `FieldIndex` of the same chunk, whose bytes outlive the run.
struct FieldRun {
    /// The chunk's bytes.
    let bytes: UnsafePointer<UInt8>
    /// The mark of this field in the first record.
    let marks: UnsafePointer<UInt32>
    /// Marks from one record to the next.
    let stride: Int
    /// The number of records.
    let count: Int
    /// How fields are written.
    let rules: FieldRules

    /// The bytes of the field in a record, and whether they need unescaping.
    @inline(__always)
    func raw(_ row: Int) -> (text: UnsafePointer<UInt8>, count: Int, isProtected: Bool) {
        let mark = marks + row &* stride
        let lower = Int(mark[0] & FieldIndex.offsetMask)
        let upper = Int(mark[1] & FieldIndex.offsetMask) &- 1
        return (bytes + lower, upper &- lower, mark[1] & FieldIndex.protectedBit != 0)
    }

    /// The text of the field, unescaped, or nil where it is NULL.
    ///
    /// The pointer is good until `scratch` is used again.
    func text(
        _ row: Int, _ scratch: inout FieldScratch
    ) -> (text: UnsafePointer<UInt8>, count: Int)? {
        let (text, count, isProtected) = raw(row)
        if !isProtected { return rules.isNull(text, count) ? nil : (text, count) }
        if rules.isText {
            if rules.isNull(text, count) { return nil }
            return scratch.unescapeText(text, count)
        }
        let value = scratch.unquote(text, count, rules.quote, rules.escape)
        return rules.hasQuotedNulls && rules.isNullText(value.text, value.count) ? nil : value
    }
}

/// What a column's loop must know about the way fields are written.
///
/// Safe because the null text's buffer lives as long as the parser that owns it.
struct FieldRules {
    /// The bytes of the NULL text.
    let nullText: UnsafePointer<UInt8>
    /// The length of the NULL text.
    let nullCount: Int
    /// Quote of a CSV.
    let quote: UInt8
    /// Escape of a CSV.
    let escape: UInt8
    /// True for COPY text.
    let isText: Bool
    /// True when amounts, blanks and empty quoted numbers are read as a person would.
    let isLenient: Bool

    /// False when the NULL text is a value.
    var hasPlainNulls = true
    /// True when the NULL text is NULL in quotes, too.
    var hasQuotedNulls = false

    /// True when an unquoted field is NULL.
    @inline(__always)
    func isNull(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        hasPlainNulls && isNullText(text, count)
    }

    /// True when an empty field without quotes is NULL.
    var emptyIsNull: Bool { nullCount == 0 && hasPlainNulls }

    /// True for the bytes that stand for NULL.
    @inline(__always)
    func isNullText(_ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        guard count == nullCount else { return false }
        for index in 0..<count where text[index] != nullText[index] { return false }
        return true
    }

    /// True when a value could look like the NULL text, so that loops must ask first.
    var asksForNullFirst: Bool { nullCount > 0 && !isText }
}

/// Memory that unescaped fields are written to, used again for each.
///
/// Safe because it grows to the field's length and padding before anything is written.
struct FieldScratch: ~Copyable {
    private var memory: UnsafeMutablePointer<UInt8>
    private var capacity = 256

    /// An empty scratch.
    init() { memory = .allocate(capacity: 256) }

    deinit { memory.deallocate() }

    private mutating func reserve(_ count: Int) -> UnsafeMutablePointer<UInt8> {
        if count + 16 > capacity {
            memory.deallocate()
            capacity = count * 2 + 16
            memory = .allocate(capacity: capacity)
        }
        return memory
    }

    /// The value of a CSV field that holds quotes.
    mutating func unquote(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ quote: UInt8, _ escape: UInt8
    ) -> (text: UnsafePointer<UInt8>, count: Int) {
        let output = reserve(count)
        var length = 0
        var isQuoted = false
        var index = 0
        while index < count {
            let byte = text[index]
            index += 1
            if isQuoted, byte == escape, index < count,
                text[index] == quote || text[index] == escape
            {
                output[length] = text[index]
                length += 1
                index += 1
            } else if byte == quote {
                isQuoted.toggle()
            } else {
                output[length] = byte
                length += 1
            }
        }
        return (UnsafePointer(output), length)
    }

    /// The value of a COPY text field that holds backslashes.
    mutating func unescapeText(
        _ text: UnsafePointer<UInt8>, _ count: Int
    ) -> (text: UnsafePointer<UInt8>, count: Int) {
        let output = reserve(count)
        var length = 0
        var index = 0
        while index < count {
            var byte = text[index]
            index += 1
            if byte == UInt8(ascii: "\\"), index < count {
                byte = Self.unescaped(text, count, &index)
            }
            output[length] = byte
            length += 1
        }
        return (UnsafePointer(output), length)
    }

    private static func unescaped(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ index: inout Int
    ) -> UInt8 {
        let byte = text[index]
        index += 1
        switch byte {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "v"): return 0x0B
        case UInt8(ascii: "x"):
            return number(text, count, &index, radix: 16, digits: 2) ?? byte
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            index -= 1
            return number(text, count, &index, radix: 8, digits: 3) ?? byte
        default: return byte
        }
    }

    private static func number(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ index: inout Int, radix: Int, digits: Int
    ) -> UInt8? {
        var value = 0
        var taken = 0
        while index < count, taken < digits, let digit = hexDigit(text[index]), digit < radix {
            value = value * radix + digit
            taken += 1
            index += 1
        }
        return taken > 0 ? UInt8(truncatingIfNeeded: value) : nil
    }
}
