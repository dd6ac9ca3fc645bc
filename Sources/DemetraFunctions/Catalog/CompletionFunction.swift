import DemetraTypes
import DemetraVectors

/// `demetra_completions(text, cursor)`: what the word that ends at a byte of a text may become, best first, for shells and
/// editors that are connected to a server.
enum CompletionFunction {
    private static let schema = Schema([
        Field(name: "candidate", type: .text), Field(name: "kind", type: .text),
        Field(name: "first_byte", type: .integer), Field(name: "end_byte", type: .integer),
    ])

    static let function = TableFunction("demetra_completions", usage: "text, cursor") {
        (arguments) throws(DemetraError) in
        guard arguments.count == 2, case .value(.text(let text), _) = arguments[0].content,
            case .value(.integer(let cursor), _) = arguments[1].content
        else {
            throw DemetraError(
                .undefinedFunction, "demetra_completions needs a text and the byte of its cursor",
                hint: "As in demetra_completions('SELECT spe', 10).")
        }
        return BoundTableFunction(schema: schema) { (_, context) throws(DemetraError) in
            guard let directory = context.directory else {
                throw DirectoryFunction.noSession("demetra_completions")
            }
            let place = Int(min(max(cursor, 0), Int64(text.utf8.count)))
            let rows = directory.completions(of: text, at: place).map { item -> [Value] in
                [
                    .text(item.text), .text(item.kind), .integer(Int64(item.bytes.lowerBound)),
                    .integer(Int64(item.bytes.upperBound)),
                ]
            }
            return try BoundTableFunction(schema, rows: rows).execute([], context)
        }
    }
}

/// What a word of a text may become.
package struct CompletionCandidate: Sendable {
    /// The text that takes the place of the bytes.
    package let text: String
    /// `column`, `relation`, `metric`, `object`, `function`, `setting`, `type` or `keyword`; `file` where the name of a
    /// file belongs, of which the text is what is there already.
    package let kind: String
    /// The bytes of the text that it takes the place of.
    package let bytes: Range<Int>

    /// Makes a candidate.
    package init(text: String, kind: String, bytes: Range<Int>) {
        self.text = text
        self.kind = kind
        self.bytes = bytes
    }
}
