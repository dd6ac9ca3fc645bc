import DemetraTypes

/// Reads a regular expression in the advanced syntax of PostgreSQL.
///
/// Left out, because no linear-time machine has them: back references and look-around; both are refused
/// with 2201B.
///
/// - Source: PostgreSQL 15 documentation, section 9.7.3.
struct RegexParser {
    private static let depthLimit = 200
    private static let repetitionLimit = 255

    private let pattern: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    /// Groups that capture so far.
    private(set) var groupCount = 0
    /// With those that the pattern itself begins with, as `(?i)`.
    private(set) var options: RegexOptions

    private init(_ pattern: String, _ options: RegexOptions) {
        self.pattern = Array(pattern.unicodeScalars)
        self.options = options
    }

    /// The tree of a pattern.
    ///
    /// - Throws: 2201B for a pattern that is none.
    static func parse(
        _ pattern: String, _ options: RegexOptions
    ) throws(DemetraError) -> (node: RegexNode, groupCount: Int, options: RegexOptions) {
        var parser = RegexParser(pattern, options)
        parser.skip("***:")
        try parser.embeddedOptions()
        let node = try parser.choice()
        if parser.position < parser.pattern.count {
            throw failure("parentheses () not balanced")
        }
        return (node, parser.groupCount, parser.options)
    }

    private static func failure(_ reason: String) -> DemetraError {
        DemetraError(.invalidRegularExpression, "invalid regular expression: \(reason)")
    }

    private var next: Unicode.Scalar? {
        position < pattern.count ? pattern[position] : nil
    }

    private func ahead(_ text: String) -> Bool {
        pattern[position...].starts(with: text.unicodeScalars)
    }

    @discardableResult
    private mutating func skip(_ text: String) -> Bool {
        guard ahead(text) else { return false }
        position += text.unicodeScalars.count
        return true
    }

    /// `(?i)` at the very start.
    private mutating func embeddedOptions() throws(DemetraError) {
        guard ahead("(?"), position + 2 < pattern.count,
            ("a"..."z").contains(pattern[position + 2]),
            let end = pattern[position...].firstIndex(of: ")")
        else { return }
        var letters = String.UnicodeScalarView()
        letters.append(contentsOf: pattern[(position + 2)..<end])
        let given: RegexOptions
        do throws(DemetraError) {
            given = try RegexOptions(String(letters))
        } catch {
            throw Self.failure("invalid embedded option")
        }
        options.ignoresCase = options.ignoresCase || given.ignoresCase
        if letters.contains("c") { options.ignoresCase = false }
        options.stopsAtNewline = given.stopsAtNewline
        options.anchorsAtNewline = given.anchorsAtNewline
        position = end + 1
    }

    // MARK: Structure

    private mutating func choice() throws(DemetraError) -> RegexNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else {
            throw Self.failure("regular expression is too complex")
        }
        var branches = [try sequence()]
        while skip("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(DemetraError) -> RegexNode {
        var parts: [RegexNode] = []
        while let scalar = next, scalar != "|", scalar != ")" { parts.append(try quantified()) }
        return parts.count == 1 ? parts[0] : (parts.isEmpty ? .empty : .sequence(parts))
    }

    private mutating func quantified() throws(DemetraError) -> RegexNode {
        let start = position
        let atom = try atom()
        guard let (minimum, maximum) = try quantifier() else { return atom }
        // In parentheses a condition may be repeated, whatever that is good for.
        if case .assertion = atom, pattern[start] != "(" {
            throw Self.failure("quantifier operand invalid")
        }
        let isGreedy = !skip("?")
        if try quantifier() != nil { throw Self.failure("quantifier operand invalid") }
        return .repetition(atom, minimum: minimum, maximum: maximum, isGreedy: isGreedy)
    }

    private mutating func quantifier() throws(DemetraError) -> (Int, Int?)? {
        if skip("*") { return (0, nil) }
        if skip("+") { return (1, nil) }
        if skip("?") { return (0, 1) }
        // A brace without a digit behind it is an ordinary character.
        guard next == "{", position + 1 < pattern.count,
            ("0"..."9").contains(pattern[position + 1])
        else { return nil }
        position += 1
        let minimum = try bound()
        var maximum: Int? = minimum
        if skip(",") { maximum = next == "}" ? nil : try bound() }
        guard skip("}") else { throw Self.failure("braces {} not balanced") }
        if let maximum, maximum < minimum { throw Self.failure("invalid repetition count(s)") }
        return (minimum, maximum)
    }

    private mutating func bound() throws(DemetraError) -> Int {
        var value = 0
        let start = position
        while let scalar = next, ("0"..."9").contains(scalar) {
            value = value * 10 + Int(scalar.value - 0x30)
            guard value <= Self.repetitionLimit else {
                throw Self.failure("invalid repetition count(s)")
            }
            position += 1
        }
        guard position > start else { throw Self.failure("invalid repetition count(s)") }
        return value
    }

    private mutating func atom() throws(DemetraError) -> RegexNode {
        guard let scalar = next else { throw Self.failure("unexpected end") }
        position += 1
        switch scalar {
        case "(": return try group()
        case "[": return .set(try bracket())
        case ".": return .set(options.stopsAtNewline ? .notNewline : .any)
        case "^": return .assertion(options.anchorsAtNewline ? .lineStart : .textStart)
        case "$": return .assertion(options.anchorsAtNewline ? .lineEnd : .textEnd)
        case "\\": return try escape()
        case "*", "+", "?": throw Self.failure("quantifier operand invalid")
        case "{" where next.map { ("0"..."9").contains($0) } ?? false:
            throw Self.failure("quantifier operand invalid")
        default: return .set(RegexSet(scalar))
        }
    }

    private mutating func group() throws(DemetraError) -> RegexNode {
        var number: Int?
        if skip("?") {
            guard skip(":") else {
                throw DemetraError(
                    .invalidRegularExpression,
                    "invalid regular expression: look-around is not supported",
                    hint:
                        "Only (?:...) may follow an opening parenthesis, and options at the start.")
            }
        } else {
            groupCount += 1
            number = groupCount
        }
        let inner = try choice()
        guard skip(")") else { throw Self.failure("parentheses () not balanced") }
        return number.map { .group($0, inner) } ?? inner
    }

    // MARK: Escapes

    private mutating func escape() throws(DemetraError) -> RegexNode {
        guard let scalar = next else { throw Self.failure("invalid escape \\ sequence") }
        position += 1
        switch scalar {
        case "A": return .assertion(.textStart)
        case "Z": return .assertion(.textEnd)
        case "m": return .assertion(.wordStart)
        case "M": return .assertion(.wordEnd)
        case "y": return .assertion(.wordBoundary)
        case "Y": return .assertion(.notWordBoundary)
        case "1"..."9":
            throw DemetraError(
                .invalidRegularExpression,
                "invalid regular expression: back references are not supported",
                hint: "Capture the parts and compare them with =.")
        default: break
        }
        if let set = Self.classEscape(scalar) { return .set(set) }
        return .set(RegexSet(try characterEscape(scalar)))
    }

    private static func classEscape(_ scalar: Unicode.Scalar) -> RegexSet? {
        func negated(_ set: RegexSet) -> RegexSet {
            var set = set
            set.isNegated = true
            return set
        }
        return switch scalar {
        case "d": .digit
        case "D": negated(.digit)
        case "s": .space
        case "S": negated(.space)
        case "w": .word
        case "W": negated(.word)
        default: nil
        }
    }

    private mutating func characterEscape(
        _ scalar: Unicode.Scalar
    ) throws(DemetraError) -> Unicode.Scalar {
        switch scalar {
        case "a": return "\u{07}"
        case "b": return "\u{08}"
        case "B": return "\\"
        case "e": return "\u{1b}"
        case "f": return "\u{0c}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0b}"
        case "0": return "\0"
        case "u": return try hexadecimal(4)
        case "U": return try hexadecimal(8)
        case "x": return try hexadecimal(nil)
        default:
            let isWord = ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
            if isWord { throw Self.failure("invalid escape \\ sequence") }
            return scalar
        }
    }

    private mutating func hexadecimal(_ count: Int?) throws(DemetraError) -> Unicode.Scalar {
        var value: UInt32 = 0
        var digits = 0
        while digits < count ?? 8, let scalar = next, let digit = scalar.hexadecimalDigit {
            value = value << 4 | digit
            digits += 1
            position += 1
        }
        guard digits > 0, digits == count ?? digits, let scalar = Unicode.Scalar(value) else {
            throw Self.failure("invalid escape \\ sequence")
        }
        return scalar
    }

    // MARK: Bracket expressions

    private mutating func bracket() throws(DemetraError) -> RegexSet {
        var set = RegexSet()
        let isNegated = skip("^")
        var isFirst = true
        while true {
            guard let scalar = next else { throw Self.failure("brackets [] not balanced") }
            if scalar == "]", !isFirst { break }
            isFirst = false
            if skip("[:") {
                set.insert(try namedClass())
                continue
            }
            if scalar == "\\", position + 1 < pattern.count,
                let inner = Self.classEscape(pattern[position + 1])
            {
                position += 2
                set.insert(inner)
                continue
            }
            let low = try member()
            guard next == "-", position + 1 < pattern.count, pattern[position + 1] != "]" else {
                set.insert(low.value...low.value)
                continue
            }
            position += 1
            let high = try member()
            guard low.value <= high.value else { throw Self.failure("invalid character range") }
            set.insert(low.value...high.value)
        }
        position += 1
        if isNegated {
            if options.stopsAtNewline { set.insert(0x0a...0x0a) }
            set.isNegated = true
        }
        return set
    }

    private mutating func member() throws(DemetraError) -> Unicode.Scalar {
        guard let scalar = next else { throw Self.failure("brackets [] not balanced") }
        position += 1
        if scalar == "[", let kind = next, kind == "." || kind == "=" {
            // A collating element: only single characters exist here.
            guard position + 3 < pattern.count, pattern[position + 2] == kind,
                pattern[position + 3] == "]"
            else { throw Self.failure("invalid collating element") }
            position += 4
            return pattern[position - 3]
        }
        guard scalar == "\\" else { return scalar }
        guard let escaped = next else { throw Self.failure("invalid escape \\ sequence") }
        position += 1
        return try characterEscape(escaped)
    }

    private mutating func namedClass() throws(DemetraError) -> RegexSet {
        var name = ""
        while let scalar = next, scalar != ":" {
            name.unicodeScalars.append(scalar)
            position += 1
        }
        guard skip(":]"), let set = RegexSet.named(name) else {
            throw Self.failure("invalid character class")
        }
        return set
    }
}

extension Unicode.Scalar {
    fileprivate var hexadecimalDigit: UInt32? {
        switch self {
        case "0"..."9": value - 0x30
        case "a"..."f": value - 0x61 + 10
        case "A"..."F": value - 0x41 + 10
        default: nil
        }
    }
}
