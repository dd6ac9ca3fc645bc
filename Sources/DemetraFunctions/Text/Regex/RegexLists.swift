import DemetraTypes
import DemetraVectors

/// What regular expressions find or leave, as arrays and as rows: `regexp_match`, `regexp_matches`,
/// `regexp_split_to_array`, `regexp_split_to_table`.
///
/// Safe because texts are read inside the bounds of their buffers, at offsets that a match of them gave.
///
/// - Source: PostgreSQL 15 documentation, section 9.7.3.
enum RegexLists {
    static let scalars: [ScalarFunction] = [
        function("regexp_match") { row, matches in
            matches.first.map { .array(groups($0, row)) } ?? .null
        },
        function("regexp_split_to_array") { row, matches in
            .array(pieces(row, matches))
        },
    ]

    static let sets: [SetFunction] = [
        set("regexp_matches", .array(.text), allowsGlobal: true) { row, matches in
            let kept = row.options.isGlobal ? matches : Array(matches.prefix(1))
            return kept.map { [.array(groups($0, row))] }
        },
        set("regexp_split_to_table", .text, allowsGlobal: false) { row, matches in
            pieces(row, matches).map { [$0] }
        },
    ]

    private static let parameters: [ParameterType] = [.type(.text), .type(.text), .type(.text)]

    private static func function(
        _ name: String, _ body: @escaping @Sendable (RegexRow, [[Int]]) -> Value
    ) -> ScalarFunction {
        ScalarFunction(
            name, Signature(parameters, requiredCount: 2, result: .fixed(.array(.text)))
        ) { (arguments, count, _) throws(DemetraError) in
            let rows = try Rows(name, arguments, allowsGlobal: false)
            var builder = VectorBuilder(type: .array(.text), capacity: count)
            for row in 0..<count {
                if arguments.allSatisfy({ $0.isValid(row) }) {
                    let found = try rows.row(row)
                    builder.append(body(found, matches(found)))
                } else {
                    builder.appendNull()
                }
            }
            return builder.finish()
        }
    }

    private static func set(
        _ name: String, _ type: LogicalType, allowsGlobal: Bool,
        _ body: @escaping @Sendable (RegexRow, [[Int]]) -> [[Value]]
    ) -> SetFunction {
        SetFunction(name, Signature(parameters, requiredCount: 2, result: .fixed(type))) {
            (arguments, _, _) throws(DemetraError) in
            let rows = try Rows(name, arguments, allowsGlobal: allowsGlobal)
            return ListedRows { (row) throws(DemetraError) in
                let found = try rows.row(row)
                return body(found, matches(found))
            }
        }
    }

    /// The rows of one call.
    private final class Rows {
        private let name: String
        private let arguments: [Vector]
        private let texts: TextRows
        private let patterns: TextRows
        private let matchers = RegexMatchers(capturing: true)
        private let allowsGlobal: Bool

        init(_ name: String, _ arguments: [Vector], allowsGlobal: Bool) throws(DemetraError) {
            guard let texts = TextRows(arguments[0]), let patterns = TextRows(arguments[1]) else {
                throw DemetraError(.internalError, "\(name) was given other than text")
            }
            self.name = name
            self.arguments = arguments
            self.texts = texts
            self.patterns = patterns
            self.allowsGlobal = allowsGlobal
        }

        func row(_ row: Int) throws(DemetraError) -> RegexRow {
            let flags = arguments.count > 2 ? arguments[2].value(at: row).textOrEmpty : ""
            let (matcher, options) = try matchers.matcher(patterns.bytes(row), flags)
            guard allowsGlobal || !options.isGlobal else {
                throw DemetraError(
                    .invalidParameterValue, "\(name)() does not support the \"global\" option",
                    hint: name == "regexp_match" ? "Use the regexp_matches function instead." : nil)
            }
            return RegexRow(
                text: texts.bytes(row), matcher: matcher, options: options, arguments: arguments,
                row: row)
        }
    }

    private static func matches(_ row: RegexRow) -> [[Int]] {
        var found: [[Int]] = []
        row.forEachMatch(from: 0) { match in
            found.append(match)
            return true
        }
        return found
    }

    private static func text(_ row: RegexRow, _ start: Int, _ end: Int) -> Value {
        guard start >= 0, end >= start else { return .null }
        return .text(String(decoding: row.text[start..<end], as: UTF8.self))
    }

    /// What the groups matched; the whole match where there are none.
    private static func groups(_ match: [Int], _ row: RegexRow) -> [Value] {
        let first = match.count > 2 ? 1 : 0
        return (first..<(match.count / 2)).map { text(row, match[$0 * 2], match[$0 * 2 + 1]) }
    }

    /// The text between matches. Empty matches at the ends and right behind another match do not cut.
    private static func pieces(_ row: RegexRow, _ matches: [[Int]]) -> [Value] {
        var pieces: [Value] = []
        var start = 0
        for match in matches where match[0] < row.text.count && match[1] > start {
            pieces.append(text(row, start, match[0]))
            start = match[1]
        }
        return pieces + [text(row, start, row.text.count)]
    }
}
