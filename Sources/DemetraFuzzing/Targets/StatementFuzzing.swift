import DemetraSQL
import DemetraTypes

/// Text to statements, and to an expression and a query by themselves as the catalog keeps them.
enum StatementFuzzing {
    static func run(_ bytes: [UInt8]) throws(FuzzFinding) {
        let text = String(decoding: bytes, as: UTF8.self)
        let statements = try refusable(of: text) { () throws(DemetraError) in
            try SQLParser.parse(text)
        }
        _ = SQLParser.isComplete(text)
        _ = try refusable { () throws(DemetraError) in try SQLParser.parseExpression(text) }
        _ = try refusable { () throws(DemetraError) in try SQLParser.parseQuery(text) }
        try law(
            statements == nil || !bytes.contains(0), "a text with a zero byte is taken")
        // Trees are compared for one input of eight: time for the other laws.
        let comparesTrees = bytes.reduce(0, &+) % 8 == 0
        for statement in statements ?? [] {
            try law(
                statement.range.lower >= 0 && statement.range.lower <= statement.range.upper
                    && statement.range.upper <= text.utf8.count,
                "a statement stands at \(statement.range)")
            _ = SQLParser.highestParameter(in: text, statement.range)
            try PrinterLaw.check(statement.statement, comparesTrees: comparesTrees)
        }
    }
}
