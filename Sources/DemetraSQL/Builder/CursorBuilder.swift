import DemetraTypes

/// Cursors and messages between sessions.
enum CursorBuilder {
    static func build(_ node: SyntaxNode) throws(DemetraError) -> Statement? {
        if let inner = node[.cursor] { return try cursor(inner) }
        guard let inner = node[.messages] else { return nil }
        if let name = inner[.listen]?[.name] { return .listen(name.identifier) }
        if let inner = inner[.unlisten] { return .unlisten(inner[.name]?.identifier) }
        guard let notify = inner[.notify], let name = notify[.name] else { return nil }
        return .notify(name.identifier, payload: try notify[.payload]?.string() ?? "")
    }

    private static func cursor(_ node: SyntaxNode) throws(DemetraError) -> Statement? {
        if let inner = node[.declare], let name = inner[.name], let query = inner[.query] {
            return .declareCursor(
                DeclareCursorStatement(
                    name: name.identifier, isHeld: inner.has(.held),
                    query: ParsedStatement(
                        .query(try QueryBuilder.build(query)), range: query.range)))
        }
        if let inner = node[.close] { return .closeCursor(inner[.name]?.identifier) }
        guard let inner = (node[.fetch] ?? node[.move])?[.position], let name = inner[.name] else {
            return nil
        }
        return .fetch(
            FetchStatement(
                name: name.identifier, direction: try direction(inner[.direction]),
                isMove: node.has(.move)))
    }

    private static func direction(
        _ node: SyntaxNode?
    ) throws(DemetraError) -> FetchStatement.Direction {
        guard let node else { return .forward(1) }
        if node.has(.first) { return .absolute(1) }
        if node.has(.last) { return .absolute(-1) }
        if node.has(.prior) { return .backward(1) }
        if node.has(.all) { return node.has(.backward) ? .backward(nil) : .forward(nil) }
        guard node.has(.number) else {
            return node.has(.backward) ? .backward(1) : .forward(1)
        }
        let text = try OptionText.text(node)
        guard let count = Int(text.filter { $0 != " " }), abs(count) <= Int(Int32.max) else {
            throw DemetraError(.syntaxError, "\"\(text)\" is not a number of rows").at(node.range)
        }
        if node.has(.absolute) { return .absolute(count) }
        if node.has(.relative) { return .relative(count) }
        return node.has(.backward) == (count < 0) ? .forward(abs(count)) : .backward(abs(count))
    }
}
