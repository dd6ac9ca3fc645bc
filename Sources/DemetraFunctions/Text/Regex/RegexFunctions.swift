import DemetraTypes
import DemetraVectors

/// Regular expressions: the operators `~ ~* !~ !~*`, `SIMILAR TO`, `substring(x FROM pattern)` and the
/// `regexp_` functions.
///
/// Safe because texts are read inside the bounds of their buffers, at offsets that a match of them gave.
///
/// - Source: PostgreSQL 15 documentation, section 9.7.
enum RegexFunctions {
    static let all: [ScalarFunction] = operators + tests + cutting + replacing + counting

    /// The flags of a call: none, constant text, or the value of an argument.
    private static func flags(_ arguments: [Vector], _ position: Int?, _ row: Int) -> String {
        guard let position, position < arguments.count else { return "" }
        return arguments[position].value(at: row).textOrEmpty
    }

    /// A strict function that is handed, row by row, the text, a matcher of the pattern and its options.
    private static func function(
        _ name: String, _ parameters: [LogicalType], optional: Int = 0, result: LogicalType,
        flags position: Int? = nil, capturing: Bool = true,
        _ body: @escaping @Sendable (RegexRow, inout VectorBuilder) throws(DemetraError) -> Void
    ) -> ScalarFunction {
        let signature = Signature(
            parameters.map { .type($0) }, requiredCount: parameters.count - optional,
            result: .fixed(result))
        return ScalarFunction(name, signature) { (arguments, count, _) throws(DemetraError) in
            var builder = VectorBuilder(type: result, capacity: count)
            guard let texts = TextRows(arguments[0]), let patterns = TextRows(arguments[1]) else {
                throw DemetraError(.internalError, "\(name) was given other than text")
            }
            let matchers = RegexMatchers(capturing: capturing)
            for row in 0..<count {
                guard arguments.allSatisfy({ $0.isValid(row) }) else {
                    builder.appendNull()
                    continue
                }
                let (matcher, options) = try matchers.matcher(
                    patterns.bytes(row), flags(arguments, position, row))
                try body(
                    RegexRow(
                        text: texts.bytes(row), matcher: matcher, options: options,
                        arguments: arguments, row: row), &builder)
            }
            return builder.finish()
        }
    }

    // MARK: Tests

    private static let operators: [ScalarFunction] = [
        ("~", "", false), ("~*", "i", false), ("!~", "", true), ("!~*", "i", true),
    ].map { name, flags, isNegated in
        ScalarFunction(
            name, Signature([.type(.text), .type(.text)], result: .fixed(.boolean))
        ) { (arguments, count, _) throws(DemetraError) in
            try test(arguments, count, isNegated: isNegated) { _ in flags }
        }
    }

    private static let tests: [ScalarFunction] = [
        ScalarFunction(
            "regexp_like",
            Signature(
                [.type(.text), .type(.text), .type(.text)], requiredCount: 2,
                result: .fixed(.boolean))
        ) { (arguments, count, _) throws(DemetraError) in
            try test(Array(arguments.prefix(2)), count, isNegated: false) { row in
                flags(arguments, 2, row)
            }
        },
        similar([.text, .text]), similar([.text, .text, .text]),
    ]

    private static func test(
        _ arguments: [Vector], _ count: Int, isNegated: Bool, flags: (Int) -> String
    ) throws(DemetraError) -> Vector {
        let output = BufferBuilder<UInt8>(capacity: count)
        guard let texts = TextRows(arguments[0]), let patterns = TextRows(arguments[1]) else {
            throw DemetraError(.internalError, "a regular expression was given other than text")
        }
        let matchers = RegexMatchers(capturing: false)
        for row in 0..<count {
            output.pointer[row] = 0
            guard texts.isValid(row), patterns.isValid(row) else { continue }
            let (matcher, _) = try matchers.matcher(patterns.bytes(row), flags(row))
            output.pointer[row] = matcher.matches(texts.bytes(row)) != isNegated ? 1 : 0
        }
        return Vector(type: .boolean, count: count, storage: .boolean(output.freeze(count: count)))
    }

    private static func similar(_ parameters: [LogicalType]) -> ScalarFunction {
        ScalarBuilder.function("similar_to", parameters, .boolean) {
            (values, _) throws(DemetraError) in
            let escape = values.count > 2 ? values[2].textOrEmpty : "\\"
            let pattern = try SimilarPattern.regex(values[1].textOrEmpty, escape: escape)
            let regex = try RegexCache.shared.regex(pattern, RegexOptions())
            var text = values[0].textOrEmpty
            return .boolean(
                text.withUTF8 { RegexMatcher(regex, capturing: false).matches($0) })
        }
    }

    // MARK: Cutting

    private static let cutting: [ScalarFunction] = [
        function("substring", [.text, .text], result: .text) { row, output in
            // The first group if there is one, else the whole match.
            guard let match = row.matcher.match(row.text) else { return output.appendNull() }
            row.append(match, group: match.count > 2 ? 1 : 0, to: &output)
        },
        function(
            "regexp_substr", [.text, .text, .integer, .integer, .text, .integer], optional: 4,
            result: .text, flags: 4
        ) { (row, output) throws(DemetraError) in
            let group = try row.integer(5, atLeast: 0) ?? 0
            guard let match = try row.match(start: 2, number: 3), group * 2 + 1 < match.count else {
                return output.appendNull()
            }
            row.append(match, group: group, to: &output)
        },
        // `(regexp_match(text, pattern))[n]`
        function(
            "regexp_match_group", [.text, .text, .text, .integer], result: .text, flags: 2
        ) { (row, output) throws(DemetraError) in
            guard let match = row.matcher.match(row.text) else { return output.appendNull() }
            let number = row.arguments[3].value(at: row.row).integerOrZero
            let group = match.count > 2 ? number : number - 1
            guard number > 0, group * 2 + 1 < match.count else { return output.appendNull() }
            row.append(match, group: group, to: &output)
        },
    ]

    // MARK: Replacing

    private static let replacing: [ScalarFunction] = [
        function(
            "regexp_replace", [.text, .text, .text, .text], optional: 1, result: .text, flags: 3
        ) { row, output in
            row.replace(number: row.options.isGlobal ? 0 : 1, from: 0, to: &output)
        },
        function(
            "regexp_replace", [.text, .text, .text, .integer, .integer, .text], optional: 2,
            result: .text, flags: 5
        ) { (row, output) throws(DemetraError) in
            let start = try row.offset(3)
            var number = row.options.isGlobal ? 0 : 1
            if let given = try row.integer(4, atLeast: 0) { number = given }
            row.replace(number: number, from: start, to: &output)
        },
    ]

    // MARK: Counting

    private static let counting: [ScalarFunction] = [
        function(
            "regexp_count", [.text, .text, .integer, .text], optional: 2, result: .integer,
            flags: 3,
            capturing: false
        ) { (row, output) throws(DemetraError) in
            var count: Int32 = 0
            row.forEachMatch(from: try row.offset(2)) { _ in
                count += 1
                return true
            }
            output.append(int32: count)
        },
        function(
            "regexp_instr", [.text, .text, .integer, .integer, .integer, .text], optional: 4,
            result: .integer, flags: 5, capturing: false
        ) { (row, output) throws(DemetraError) in
            guard let match = try row.match(start: 2, number: 3) else {
                return output.append(int32: 0)
            }
            let place = try row.integer(4, atLeast: 0) == 1 ? match[1] : match[0]
            let before = UnsafeBufferPointer(rebasing: row.text[..<place])
            output.append(int32: Int32(before.lazy.filter { $0 & 0xc0 != 0x80 }.count + 1))
        },
    ]
}

/// One row of a call: its text, and the matcher of its pattern.
struct RegexRow {
    let text: UnsafeBufferPointer<UInt8>
    let matcher: RegexMatcher
    let options: RegexOptions
    let arguments: [Vector]
    let row: Int

    /// An integer argument, nil where it was not given.
    ///
    /// - Throws: 22023 below `least`.
    func integer(_ position: Int, atLeast least: Int) throws(DemetraError) -> Int? {
        guard position < arguments.count else { return nil }
        let value = arguments[position].value(at: row).integerOrZero
        guard value >= least else {
            throw DemetraError(
                .invalidParameterValue, "argument \(position + 1) must be at least \(least)",
                detail: "It is \(value).")
        }
        return value
    }

    /// The byte offset of a character given by its position, counted from 1; the start when it was not given.
    func offset(_ position: Int) throws(DemetraError) -> Int {
        guard let start = try integer(position, atLeast: 1) else { return 0 }
        var offset = 0
        for _ in 1..<start where offset < text.count {
            offset += max(1, RegexMatcher.scalar(at: offset, in: text).width)
        }
        return offset
    }

    /// Calls `body` with each match, one behind the other, until it says false.
    func forEachMatch(from start: Int, _ body: ([Int]) -> Bool) {
        var position = start
        while position <= text.count, let match = matcher.match(text, from: position) {
            guard body(match) else { return }
            position = match[1]
            // An empty match must not be found again.
            if match[0] == match[1] {
                position += max(1, RegexMatcher.scalar(at: position, in: text).width)
            }
        }
    }

    /// The match of a number behind a start, both given as arguments or 1.
    func match(start: Int, number: Int) throws(DemetraError) -> [Int]? {
        var left = try integer(number, atLeast: 1) ?? 1
        var found: [Int]?
        forEachMatch(from: try offset(start)) { match in
            left -= 1
            if left == 0 { found = match }
            return left > 0
        }
        return found
    }

    /// Appends what a group matched, NULL if it took no part.
    func append(_ match: [Int], group: Int, to output: inout VectorBuilder) {
        let (start, end) = (match[group * 2], match[group * 2 + 1])
        guard start >= 0, end >= start else { return output.appendNull() }
        output.append(bytes: UnsafeBufferPointer(rebasing: text[start..<end]))
    }

    /// Appends the text with the match of a number replaced, all of them for 0.
    func replace(number: Int, from start: Int, to output: inout VectorBuilder) {
        let replacement = Array(arguments[2].value(at: row).textOrEmpty.utf8)
        var result: [UInt8] = []
        var copied = 0
        var seen = 0
        forEachMatch(from: start) { match in
            seen += 1
            if number > 0, seen < number { return true }
            result.append(contentsOf: text[copied..<match[0]])
            append(replacement, match, to: &result)
            copied = match[1]
            return number == 0
        }
        result.append(contentsOf: text[copied...])
        result.withUnsafeBufferPointer { output.append(bytes: $0) }
    }

    /// `\1` to `\9` stand for groups, `\&` for the whole match, `\\` for a backslash.
    private func append(_ replacement: [UInt8], _ match: [Int], to result: inout [UInt8]) {
        var index = 0
        while index < replacement.count {
            let byte = replacement[index]
            index += 1
            guard byte == UInt8(ascii: "\\"), index < replacement.count else {
                result.append(byte)
                continue
            }
            let escaped = replacement[index]
            index += 1
            let group: Int
            switch escaped {
            case UInt8(ascii: "&"): group = 0
            case UInt8(ascii: "1")...UInt8(ascii: "9"): group = Int(escaped) - 0x30
            case UInt8(ascii: "\\"):
                result.append(escaped)
                continue
            default:
                result += [byte, escaped]
                continue
            }
            guard group * 2 + 1 < match.count, match[group * 2] >= 0 else { continue }
            result.append(contentsOf: text[match[group * 2]..<match[group * 2 + 1]])
        }
    }
}
