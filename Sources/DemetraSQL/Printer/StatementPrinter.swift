/// Statements: each family has a file of its own.
enum StatementPrinter {
    static func text(_ statement: Statement) -> String {
        switch statement {
        case .query(let query): QueryPrinter.text(query)
        case .insert(let insert): ModifyPrinter.text(insert)
        case .update(let update): ModifyPrinter.text(update)
        case .delete(let delete): ModifyPrinter.text(delete)
        case .merge(let merge): MergePrinter.text(merge)
        case .with(let with, let change):
            QueryPrinter.with(with.tables, with.isRecursive) + " " + text(change)
        case .truncate(let truncate): ModifyPrinter.text(truncate)
        case .copy(let copy): CopyPrinter.text(copy)
        case .createTable(let table): TableDefinitionPrinter.text(table)
        case .alterTable(let table): TableAlterationPrinter.text(table)
        case .createMetric(let metric): MetricPrinter.text(metric)
        case .alterMetric(let metric): MetricPrinter.text(metric)
        case .createSequence(let sequence): SequencePrinter.text(sequence)
        case .alterSequence(let sequence): SequencePrinter.text(sequence)
        case .createView(let view): DefinitionPrinter.text(view)
        case .alterView(let view): DefinitionPrinter.text(view)
        case .createAlert(let alert): DefinitionPrinter.text(alert)
        case .createModel(let model): DefinitionPrinter.text(model)
        case .retrainModel(let name): "ALTER MODEL \(NamePrinter.text(name)) RETRAIN"
        case .createIndex(let index): DefinitionPrinter.text(index)
        case .createSchema(let name, let owner, let ifNotExists):
            "CREATE SCHEMA " + DefinitionPrinter.exists(ifNotExists) + NamePrinter.text(name)
                + (owner.map { " AUTHORIZATION " + RolePrinter.text($0) } ?? "")
        case .renameSchema(let name, let target):
            "ALTER SCHEMA \(NamePrinter.text(name)) RENAME TO \(NamePrinter.text(target))"
        case .drop(let drop): DefinitionPrinter.text(drop)
        case .role(let role): RolePrinter.text(role)
        case .comment(let comment): DefinitionPrinter.text(comment)
        case .begin, .commit, .rollback, .savepoint, .release, .rollbackTo, .setTransaction,
            .setConstraints:
            TransactionPrinter.text(statement)
        case .checkAlerts, .acknowledgeAlert, .explain, .set, .show, .reset, .prepare, .execute,
            .deallocate, .checkpoint, .vacuum, .backup, .discard:
            SessionPrinter.text(statement)
        case .declareCursor, .fetch, .closeCursor, .listen, .unlisten, .notify:
            CursorPrinter.text(statement)
        }
    }

    /// ` WORD`, or nothing.
    static func word(_ isThere: Bool, _ word: String) -> String { isThere ? " " + word : "" }

    /// Names with commas between them.
    static func list(_ names: [ObjectName]) -> String {
        names.map { NamePrinter.text($0) }.joined(separator: ", ")
    }
}
