import DemetraFunctions
import DemetraTypes

/// The rows of `demetra_functions`: one for each way to call each function, in the order of the reference.
struct FunctionRows {
    static let name = "demetra_functions"

    static let schema = Schema([
        Field(name: "position", type: .integer), Field(name: "name", type: .text),
        Field(name: "kind", type: .text), Field(name: "arguments", type: .text),
        Field(name: "result", type: .text), Field(name: "call", type: .text),
        Field(name: "volatility", type: .text), Field(name: "category", type: .text),
        Field(name: "category_notes", type: .text), Field(name: "description", type: .text),
        Field(name: "example", type: .text), Field(name: "answer", type: .text),
    ])

    let functions: FunctionRegistry

    var rows: [[Value]] {
        functions.listings.enumerated().map { index, listing in
            func text(_ text: String?) -> Value { text.map { .text($0) } ?? .null }
            let entry = listing.entry
            return [
                .integer(Int64(index + 1)), text(listing.name), text(listing.kind.rawValue),
                text(listing.arguments), text(listing.result), text(listing.call),
                text(listing.volatility.map { "\($0)" }), text(listing.section.title),
                text(listing.section.introduction), text(entry.summary), text(entry.example),
                text(entry.answer),
            ]
        }
    }
}
