import DemetraTypes

/// Turns the node of a statement into a `Statement`.
enum StatementBuilder {
    static func build(_ node: SyntaxNode) throws(DemetraError) -> Statement {
        if let inner = node[.query] {
            if let table = inner[.table] {
                return .query(
                    Query(body: .table(ExpressionBuilder.objectName(table)), range: inner.range))
            }
            guard let query = inner[.query] else { throw missing() }
            return .query(try QueryBuilder.build(query))
        }
        if let inner = node[.withChange] {
            guard let with = inner[.with], let change = try change(inner) else { throw missing() }
            return .with(try QueryBuilder.with(with), change)
        }
        if let change = try change(node) { return change }
        if let inner = node[.truncate] {
            return .truncate(
                TruncateStatement(
                    tables: inner.all(.tables).compactMap { table in
                        table[.name].map { ExpressionBuilder.objectName($0) }
                    }, restartsIdentity: inner.has(.restart), cascade: inner.has(.cascade)))
        }
        if let inner = node[.copy] { return .copy(try ModifyBuilder.copy(inner)) }
        if let inner = node[.role] { return .role(try RoleBuilder.build(inner)) }
        if let inner = node[.create] { return try DefinitionBuilder.create(inner) }
        if let name = node[.retrain]?[.name] { return .retrainModel(name.identifier) }
        if let inner = node[.alterMetric] { return try MetricBuilder.alter(inner) }
        if let inner = node[.alter] { return try DefinitionBuilder.alter(inner) }
        if let inner = node[.drop] { return .drop(DefinitionBuilder.drop(inner)) }
        if let inner = node[.comment] { return .comment(try DefinitionBuilder.comment(inner)) }
        return try SessionBuilder.build(node)
    }

    /// INSERT, UPDATE, DELETE or MERGE; nil for other nodes.
    static func change(_ node: SyntaxNode) throws(DemetraError) -> Statement? {
        if let inner = node[.insert] { return .insert(try ModifyBuilder.insert(inner)) }
        if let inner = node[.update] { return .update(try ModifyBuilder.update(inner)) }
        if let inner = node[.delete] { return .delete(try ModifyBuilder.delete(inner)) }
        if let inner = node[.merge] { return .merge(try MergeBuilder.build(inner)) }
        return nil
    }

    static func missing() -> DemetraError {
        DemetraError(.internalError, "a part of the syntax tree is missing")
    }
}

/// Statements about the session.
enum SessionBuilder {
    static func build(_ node: SyntaxNode) throws(DemetraError) -> Statement {
        if let inner = node[.checkAlerts] { return .checkAlerts(inner[.name]?.identifier) }
        if let id = node[.acknowledge]?[.id] {
            return .acknowledgeAlert(try ExpressionBuilder.build(id))
        }
        if let inner = node[.explain] { return try explain(inner) }
        if let inner = node[.set] { return try set(inner) }
        if let inner = node[.show] {
            if inner.has(.zone) { return .show(plainName("timezone", inner)) }
            if inner.has(.isolation) { return .show(plainName("transaction_isolation", inner)) }
            guard let name = inner[.name] else { throw StatementBuilder.missing() }
            return .show(ObjectName(name.all(.parts).map(\.identifier)))
        }
        if let inner = node[.reset] {
            if inner.has(.authorization) {
                return .reset(plainName("session_authorization", inner))
            }
            return .reset(inner[.name].map { ObjectName($0.all(.parts).map(\.identifier)) })
        }
        if let statement = transaction(node) { return statement }
        if let statement = try CursorBuilder.build(node) { return statement }
        if node.has(.checkpoint) { return .checkpoint }
        if let inner = node[.vacuum] {
            return .vacuum(inner.all(.names).map { ExpressionBuilder.objectName($0) })
        }
        if let path = node[.backup]?[.path] { return .backup(try path.string()) }
        if let inner = node[.discard] {
            if inner.has(.temporary) { return .discard(.temporary) }
            return .discard(
                inner.has(.plans) ? .plans : inner.has(.sequences) ? .sequences : .all)
        }
        return try prepared(node)
    }

    private static func transaction(_ node: SyntaxNode) -> Statement? {
        if let inner = node[.begin] {
            return .begin(modes(inner), isStart: inner.has(.start))
        }
        if let inner = node[.commit] { return .commit(isChained: isChained(inner)) }
        if let inner = node[.rollback] {
            if let name = inner[.savepoint] { return .rollbackTo(name.identifier) }
            return .rollback(isChained: isChained(inner))
        }
        if let name = node[.savepoint]?[.name] { return .savepoint(name.identifier) }
        if let name = node[.release]?[.name] { return .release(name.identifier) }
        return nil
    }

    private static func isChained(_ node: SyntaxNode) -> Bool {
        node[.chain].map { !$0.has(.no) } ?? false
    }

    private static func modes(_ node: SyntaxNode) -> TransactionModes {
        var modes = TransactionModes()
        for mode in node.all(.modes) {
            if mode.has(.serializable) { modes.isolation = "serializable" }
            if mode.has(.repeatable) { modes.isolation = "repeatable read" }
            if mode.has(.committed) { modes.isolation = "read committed" }
            if mode.has(.uncommitted) { modes.isolation = "read uncommitted" }
            if mode.has(.write) { modes.isReadOnly = false }
            if mode.has(.only) { modes.isReadOnly = true }
        }
        return modes
    }

    private static func prepared(_ node: SyntaxNode) throws(DemetraError) -> Statement {
        if let inner = node[.prepare], let name = inner[.name], let statement = inner[.statement] {
            return .prepare(
                name: name.identifier,
                types: try inner.all(.types).mapThrowing { type throws(DemetraError) in
                    try ExpressionBuilder.typeName(type)
                },
                ParsedStatement(try StatementBuilder.build(statement), range: statement.range))
        }
        if let inner = node[.execute], let name = inner[.name] {
            return .execute(
                name: name.identifier,
                arguments: try ExpressionBuilder.build(inner.all(.arguments)))
        }
        if let inner = node[.deallocate] { return .deallocate(inner[.name]?.identifier) }
        throw StatementBuilder.missing()
    }

    /// SET ROLE and SET SESSION AUTHORIZATION are settings, as in PostgreSQL.
    private static func setRole(
        _ node: SyntaxNode, _ isLocal: Bool
    ) throws(DemetraError) -> Statement {
        let inner = node[.authorization] ?? node
        let value = try inner[.text].map { text throws(DemetraError) in try text.string() }
        let name = value ?? inner[.role]?.identifier.name ?? (inner.has(.noRole) ? "none" : nil)
        return .set(
            name: plainName(node.has(.authorization) ? "session_authorization" : "role", node),
            values: name.map { [$0] }, isLocal: isLocal)
    }

    private static func plainName(_ name: String, _ node: SyntaxNode) -> ObjectName {
        ObjectName([Identifier(name, range: node.range)])
    }

    private static func explain(_ node: SyntaxNode) throws(DemetraError) -> Statement {
        guard let statement = node[.statement] else { throw StatementBuilder.missing() }
        var analyze = node.has(.analyze)
        var format = "text"
        for option in node[.options]?.all(.options) ?? [] {
            let value = option[.value]
            let text =
                try value.map { value throws(DemetraError) in try OptionText.text(value) } ?? "true"
            switch option[.name]?.name {
            case "analyze": analyze = text != "false" && text != "off" && text != "0"
            case "format": format = text.lowercased()
            default: continue
            }
        }
        return .explain(
            ExplainStatement(
                analyze: analyze, format: format, statement: try StatementBuilder.build(statement)))
    }

    private static func set(_ node: SyntaxNode) throws(DemetraError) -> Statement {
        let isLocal = node.has(.local)
        if let inner = node[.constraints] {
            return .setConstraints(
                inner.all(.names).map { ExpressionBuilder.objectName($0) },
                isDeferred: inner.has(.deferred))
        }
        if let zone = node[.zone] {
            let value = zone[.value]
            let text = try value.map { value throws(DemetraError) in try OptionText.text(value) }
            return .set(
                name: plainName("timezone", zone), values: text.map { [$0] }, isLocal: isLocal)
        }
        if let role = node[.role] { return try setRole(role, isLocal) }
        if let names = node[.names] {
            let value = try node[.value].map { value throws(DemetraError) in
                try OptionText.text(value)
            }
            return .set(
                name: plainName("client_encoding", names), values: value.map { [$0] },
                isLocal: isLocal)
        }
        if node.has(.characteristics) || node.has(.transaction) {
            return .setTransaction(modes(node), isForSession: node.has(.characteristics))
        }
        guard let name = node[.name] else { throw StatementBuilder.missing() }
        var values: [String]?
        if !node.has(.`default`) {
            values = try node.all(.values).mapThrowing { value throws(DemetraError) in
                try OptionText.text(value)
            }
        }
        return .set(
            name: ObjectName(name.all(.parts).map(\.identifier)), values: values, isLocal: isLocal)
    }
}

/// The values of options and settings as text.
enum OptionText {
    static func text(_ node: SyntaxNode) throws(DemetraError) -> String {
        if let text = node[.text] { return try text.string() }
        if let number = node[.number] {
            return number.tree.text.bytes.count > 0
                ? String(
                    decoding: number.tree.text.bytes[
                        Int(number.range.lower)..<Int(number.range.upper)],
                    as: UTF8.self) : ""
        }
        if let word = node[.word] { return word.name }
        return node.source
    }
}
