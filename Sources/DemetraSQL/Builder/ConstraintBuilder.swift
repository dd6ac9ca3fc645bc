import DemetraTypes

/// References, sequences and what else constraints are made of.
enum ConstraintBuilder {
    /// REFERENCES and its parts; `targets` are the columns behind the table's name.
    static func reference(
        _ node: SyntaxNode, _ table: SyntaxNode, targets: SyntaxLabel
    ) throws(DemetraError) -> ReferenceClause {
        var clause = ReferenceClause(
            target: ExpressionBuilder.objectName(table),
            columns: node.all(targets).map(\.identifier))
        for part in node.all(.parts) {
            if part.has(.full) { clause.matchesFully = true }
            if part.has(.partial) { clause.unsupported.append(name("MATCH PARTIAL", part)) }
            if part.has(.delete) { clause.onDelete = action(part) }
            if part.has(.update) { clause.onUpdate = action(part) }
        }
        clause.timing = try timing(node.all(.parts).compactMap { $0[.timing] })
        return clause
    }

    /// When a constraint is checked.
    ///
    /// - Throws: 42601 for words that contradict each other.
    static func timing(_ nodes: [SyntaxNode]) throws(DemetraError) -> ConstraintTiming {
        var (isDeferrable, isDeferred): (Bool?, Bool?) = (nil, nil)
        for node in nodes {
            let isFirst: Bool
            if node.has(.not) || node.has(.deferrable) {
                isFirst = isDeferrable == nil
                isDeferrable = node.has(.deferrable)
            } else {
                isFirst = isDeferred == nil
                isDeferred = node.has(.deferred)
            }
            guard isFirst else {
                throw DemetraError(
                    .syntaxError, "a constraint says twice when it is checked"
                ).at(node.range)
            }
        }
        guard isDeferred == true else { return isDeferrable == true ? .deferrable : .immediate }
        guard isDeferrable != false else {
            throw DemetraError(
                .syntaxError, "constraint declared INITIALLY DEFERRED must be DEFERRABLE"
            ).at(nodes[0].range)
        }
        return .deferred
    }

    private static func name(_ text: String, _ node: SyntaxNode) -> Identifier {
        Identifier(text, range: node.range)
    }

    private static func action(_ node: SyntaxNode) -> ReferenceClause.Action {
        if node.has(.cascade) { return .cascade }
        if node.has(.restrict) { return .restrict }
        if node.has(.setNull) { return .setNull }
        return node.has(.setDefault) ? .setDefault : .noAction
    }

    // MARK: Sequences

    static func sequenceOptions(
        _ nodes: [SyntaxNode]
    ) throws(DemetraError) -> [SequenceOption] {
        var options: [SequenceOption] = []
        for node in nodes {
            options.append(SequenceOption(try setting(node), range: node.range))
        }
        return options
    }

    private static func setting(
        _ node: SyntaxNode
    ) throws(DemetraError) -> SequenceOption.Setting {
        if let type = node[.type] { return .type(try ExpressionBuilder.typeName(type)) }
        if let value = node[.increment] { return .increment(try number(value)) }
        if let value = node[.minimum] { return .minimum(try number(value)) }
        if let value = node[.maximum] { return .maximum(try number(value)) }
        if node.has(.noMinimum) { return .minimum(nil) }
        if node.has(.noMaximum) { return .maximum(nil) }
        if let value = node[.start] { return .start(try number(value)) }
        if let value = node[.cache] { return .cache(try number(value)) }
        if let owner = node[.owner] { return .ownedBy(ExpressionBuilder.objectName(owner)) }
        if node.has(.restart) {
            return .restart(
                try node[.value].map { value throws(DemetraError) in try number(value) })
        }
        return .cycle(node.has(.cycle))
    }

    /// A whole number.
    ///
    /// - Throws: 22003 for one that is not, or is too large.
    static func number(_ node: SyntaxNode) throws(DemetraError) -> Int64 {
        let bytes = node.tree.text.bytes[Int(node.range.lower)..<Int(node.range.upper)]
        let text = String(decoding: bytes.filter { $0 != UInt8(ascii: " ") }, as: UTF8.self)
        if let number = Int64(text) { return number }
        throw DemetraError(
            .numericValueOutOfRange, "value \"\(text)\" is out of range for type bigint"
        ).at(node.range)
    }

    static func createSequence(
        _ node: SyntaxNode
    ) throws(DemetraError) -> CreateSequenceStatement {
        guard let name = node[.name] else { throw StatementBuilder.missing() }
        return CreateSequenceStatement(
            name: ExpressionBuilder.objectName(name), ifNotExists: node.has(.exists),
            isTemporary: node.has(.temporary),
            options: try sequenceOptions(node.all(.options)))
    }

    static func alterSequence(
        _ node: SyntaxNode
    ) throws(DemetraError) -> AlterSequenceStatement {
        guard let name = node[.name] else { throw StatementBuilder.missing() }
        let action: AlterSequenceStatement.Action
        if let target = node[.target] {
            action = .rename(to: target.identifier)
        } else if let schema = node[.schema] {
            action = .setSchema(schema.identifier)
        } else {
            action = .options(try sequenceOptions(node.all(.options)))
        }
        return AlterSequenceStatement(
            name: ExpressionBuilder.objectName(name), ifExists: node.has(.exists), action: action)
    }
}
