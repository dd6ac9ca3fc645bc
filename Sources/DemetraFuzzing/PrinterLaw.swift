package import DemetraSQL
import DemetraTypes

/// The printer's law: what it writes parses to the tree it was given, and is written the same again.
package enum PrinterLaw {
    /// - Parameter comparesTrees: false leaves out the comparison of the trees, which costs ten times the rest.
    /// - Throws: the difference.
    package static func check(
        _ statement: Statement, comparesTrees: Bool = true
    ) throws(FuzzFinding) {
        let text = SQLPrinter.text(statement)
        let parsed: [ParsedStatement]
        do {
            parsed = try SQLParser.parse(text)
        } catch {
            // Parentheses nest: what was just within the parser's limit may be beyond it now.
            if error.sqlState == .statementTooComplex { return }
            throw FuzzFinding("printed as what does not parse: \(text) - \(error.message)")
        }
        guard parsed.count == 1 else { throw FuzzFinding("printed as \(parsed.count): \(text)") }
        if comparesTrees, let difference = Structure.difference(statement, parsed[0].statement) {
            throw FuzzFinding("printed as another statement: \(text) - \(difference)")
        }
        let again = SQLPrinter.text(parsed[0].statement)
        try law(again == text, "printed as \(text), then as \(again)")
    }
}
