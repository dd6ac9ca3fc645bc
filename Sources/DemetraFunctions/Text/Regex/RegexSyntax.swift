import DemetraTypes

/// The tree of a regular expression.
indirect enum RegexNode {
    /// Matches the empty text.
    case empty
    /// One of some characters.
    case set(RegexSet)
    /// A condition on the place, consuming nothing.
    case assertion(RegexAssertion)
    case sequence([RegexNode])
    /// The first that matches is preferred.
    case choice([RegexNode])
    /// `maximum` nil stands for any number.
    case repetition(RegexNode, minimum: Int, maximum: Int?, isGreedy: Bool)
    /// A pair of parentheses that captures, counted from 1.
    case group(Int, RegexNode)
}

/// A condition on a place in the text.
enum RegexAssertion: Sendable {
    case textStart, textEnd, lineStart, lineEnd
    case wordStart, wordEnd, wordBoundary, notWordBoundary
}

/// Options of a regular expression, as letters in PostgreSQL's flags.
struct RegexOptions: Hashable, Sendable {
    /// `i`: case does not matter.
    var ignoresCase = false
    /// `.` and negated sets leave newlines out.
    var stopsAtNewline = false
    /// `^` and `$` match at newlines.
    var anchorsAtNewline = false
    /// `n`: both.
    var isNewlineSensitive: Bool {
        get { stopsAtNewline && anchorsAtNewline }
        set { (stopsAtNewline, anchorsAtNewline) = (newValue, newValue) }
    }
    /// `g`: all matches, for functions that know it.
    var isGlobal = false

    /// - Throws: 22023 for letters it does not know.
    init(_ flags: String = "") throws(DemetraError) {
        for flag in flags.unicodeScalars {
            switch flag {
            case "i": ignoresCase = true
            case "c": ignoresCase = false
            case "n", "m": isNewlineSensitive = true
            case "s": isNewlineSensitive = false
            case "g": isGlobal = true
            default:
                throw DemetraError(
                    .invalidParameterValue, "invalid regular expression option: \"\(flag)\"",
                    hint: "Options are i, c, n, s and g.")
            }
        }
    }
}

/// A set of characters as ranges.
struct RegexSet: Sendable {
    /// Ranges of code points, in any order.
    private(set) var ranges: [ClosedRange<UInt32>] = []
    /// Matches what is not in the ranges.
    var isNegated = false
    /// Membership of ASCII, with negation and case applied, one bit each.
    private var low: UInt64 = 0
    private var high: UInt64 = 0
    private var ignoresCase = false

    init(_ ranges: [ClosedRange<UInt32>] = []) { self.ranges = ranges }

    init(_ scalar: Unicode.Scalar) { ranges = [scalar.value...scalar.value] }

    mutating func insert(_ range: ClosedRange<UInt32>) { ranges.append(range) }

    mutating func insert(_ other: RegexSet) {
        guard other.isNegated else { return ranges += other.ranges }
        ranges += other.complementRanges
    }

    private var complementRanges: [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        var next: UInt32 = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound > next { result.append(next...(range.lowerBound - 1)) }
            next = max(next, range.upperBound + 1)
        }
        if next <= 0x10ffff { result.append(next...0x10ffff) }
        return result
    }

    /// The set ready to match: the table of ASCII is filled.
    func prepared(ignoringCase: Bool) -> RegexSet {
        var set = self
        set.ignoresCase = ignoringCase
        for value in UInt32(0)..<128 where set.lookUp(value) {
            if value < 64 {
                set.low |= 1 << UInt64(value)
            } else {
                set.high |= 1 << UInt64(value - 64)
            }
        }
        return set
    }

    /// Whether a code point is in the set.
    @inline(__always)
    func contains(_ value: UInt32) -> Bool {
        if value < 64 { return (low >> UInt64(value)) & 1 != 0 }
        if value < 128 { return (high >> UInt64(value - 64)) & 1 != 0 }
        return lookUp(value)
    }

    private func lookUp(_ value: UInt32) -> Bool {
        var isMember = isInRanges(value)
        if !isMember, ignoresCase, let scalar = Unicode.Scalar(value) {
            isMember = Self.otherCases(scalar).contains { isInRanges($0) }
        }
        return isMember != isNegated
    }

    private func isInRanges(_ value: UInt32) -> Bool { ranges.contains { $0.contains(value) } }

    private static func otherCases(_ scalar: Unicode.Scalar) -> [UInt32] {
        [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping].compactMap {
            let mapped = $0.unicodeScalars
            return mapped.count == 1 ? mapped.first?.value : nil
        }
    }

    // MARK: Classes

    static let any = RegexSet([0...0x10ffff])
    static let notNewline = RegexSet([0...9, 11...0x10ffff])
    static let digit = RegexSet([0x30...0x39])
    static let space = RegexSet([0x09...0x0d, 0x20...0x20])
    /// Letters, digits and the underscore. Outside ASCII, the blocks of letters as a whole.
    static let word = RegexSet([0x30...0x39, 0x41...0x5a, 0x5f...0x5f, 0x61...0x7a] + letters)
    private static let letters: [ClosedRange<UInt32>] = [
        0xaa...0xaa, 0xb5...0xb5, 0xba...0xba, 0xc0...0xd6, 0xd8...0xf6, 0xf8...0x2c1,
        0x370...0x373, 0x376...0x37d, 0x37f...0x1fff, 0x2c00...0x2dff, 0x3040...0xd7ff,
        0xf900...0xfdff, 0xfe70...0xfeff, 0xff10...0xff19, 0xff21...0xff3a, 0xff41...0xff5a,
        0xff66...0xffdc, 0x10000...0x1f000, 0x20000...0x3ffff,
    ]

    /// The class of a name such as `alpha`, as in `[[:alpha:]]`; nil for an unknown one.
    static func named(_ name: String) -> RegexSet? {
        switch name {
        case "alpha": RegexSet([0x41...0x5a, 0x61...0x7a] + letters)
        case "alnum": RegexSet([0x30...0x39, 0x41...0x5a, 0x61...0x7a] + letters)
        case "word": word
        case "digit": digit
        case "space": space
        case "blank": RegexSet([0x09...0x09, 0x20...0x20])
        case "lower": RegexSet([0x61...0x7a, 0xdf...0xf6, 0xf8...0xff, 0x430...0x45f])
        case "upper": RegexSet([0x41...0x5a, 0xc0...0xd6, 0xd8...0xde, 0x400...0x42f])
        case "punct":
            RegexSet([0x21...0x2f, 0x3a...0x40, 0x5b...0x60, 0x7b...0x7e])
        case "xdigit": RegexSet([0x30...0x39, 0x41...0x46, 0x61...0x66])
        case "cntrl": RegexSet([0...0x1f, 0x7f...0x7f])
        case "print": RegexSet([0x20...0x7e, 0xa0...0x10ffff])
        case "graph": RegexSet([0x21...0x7e, 0xa1...0x10ffff])
        default: nil
        }
    }
}
