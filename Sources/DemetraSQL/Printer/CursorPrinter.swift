/// Cursors and messages between sessions.
enum CursorPrinter {
    static func text(_ statement: Statement) -> String {
        switch statement {
        case .declareCursor(let declare):
            "DECLARE \(NamePrinter.text(declare.name)) CURSOR"
                + StatementPrinter.word(declare.isHeld, "WITH HOLD") + " FOR "
                + StatementPrinter.text(declare.query.statement)
        case .fetch(let fetch):
            (fetch.isMove ? "MOVE " : "FETCH ") + text(fetch.direction) + " FROM "
                + NamePrinter.text(fetch.name)
        case .closeCursor(let name): "CLOSE " + (name.map { NamePrinter.text($0) } ?? "ALL")
        case .listen(let name): "LISTEN " + NamePrinter.text(name)
        case .unlisten(let name): "UNLISTEN " + (name.map { NamePrinter.text($0) } ?? "*")
        case .notify(let name, let payload):
            "NOTIFY " + NamePrinter.text(name)
                + (payload.isEmpty ? "" : ", " + NamePrinter.literal(payload))
        // The others are of other families.
        default: ""
        }
    }

    private static func text(_ direction: FetchStatement.Direction) -> String {
        switch direction {
        case .forward(let count): "FORWARD \(count.map { "\($0)" } ?? "ALL")"
        case .backward(let count): "BACKWARD \(count.map { "\($0)" } ?? "ALL")"
        case .absolute(let number): "ABSOLUTE \(number)"
        case .relative(let count): "RELATIVE \(count)"
        }
    }
}
