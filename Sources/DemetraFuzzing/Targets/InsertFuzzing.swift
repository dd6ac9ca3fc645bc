import DemetraFormats
import DemetraSQL
import DemetraTypes
import DemetraVectors

/// INSERTs of literals: what the fast parser takes, the parser takes too, with the same values.
enum InsertFuzzing {
    static func run(_ bytes: [UInt8]) throws(FuzzFinding) {
        let text = String(decoding: bytes, as: UTF8.self)
        var parser = LiteralInsertParser()
        guard case .insert(let fast)? = parser.parse(text)?.statement, let rows = fast.literalRows
        else { return }
        let parsed = try refusable { () throws(DemetraError) in try SQLParser.parse(text) }
        guard let parsed, parsed.count == 1, case .insert(let slow) = parsed[0].statement,
            case .values(let values, _)? = slow.source?.body
        else { throw FuzzFinding("only the fast parser takes it") }
        let printed = [fast, slow].map { SQLPrinter.text(.insert($0)) }
        try law(printed[0] == printed[1], "\(printed[0]), but the parser \(printed[1])")
        try law(
            values.allSatisfy { $0.count == rows.kinds.count }, "rows of other lengths are taken")
        let expected = values.map { $0.map(literal) }
        let found = try read(rows)
        try law(found == expected, "\(found) instead of \(expected)")
    }

    /// The text of a plain literal; nil for NULL.
    private static func literal(_ expression: Expression) -> String? {
        switch expression.node {
        case .number(let text), .string(let text): text
        case .boolean(let flag): flag ? "t" : "f"
        case .unary(let sign, let operand): sign + (literal(operand) ?? "NULL")
        default: nil
        }
    }

    private static func read(_ rows: LiteralRows) throws(FuzzFinding) -> [[String?]] {
        let columns = rows.kinds.indices.map {
            CSVColumn(name: "\($0)", type: .text, fieldIndex: $0)
        }
        let batches = try refusable { () throws(DemetraError) in
            try DelimitedText(rows.records).batches(columns, .csv, .strict(table: "t"))
        }
        guard let batches else { throw FuzzFinding("the records do not read") }
        return batches.rows.map { row in row.map { ValueText.text($0, type: .text) } }
    }
}
