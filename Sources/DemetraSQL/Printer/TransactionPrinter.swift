/// Statements about transactions.
enum TransactionPrinter {
    static func text(_ statement: Statement) -> String {
        switch statement {
        case .begin(let modes, let isStart):
            (isStart ? "START TRANSACTION" : "BEGIN") + text(modes)
        case .rollback(let isChained): "ROLLBACK" + StatementPrinter.word(isChained, "AND CHAIN")
        case .savepoint(let name): "SAVEPOINT " + NamePrinter.text(name)
        case .release(let name): "RELEASE SAVEPOINT " + NamePrinter.text(name)
        case .rollbackTo(let name): "ROLLBACK TO SAVEPOINT " + NamePrinter.text(name)
        case .setTransaction(let modes, let isForSession):
            "SET " + (isForSession ? "SESSION CHARACTERISTICS AS TRANSACTION" : "TRANSACTION")
                // One mode must be there; this one says what is so anyway.
                + (text(modes).isEmpty ? " NOT DEFERRABLE" : text(modes))
        case .setConstraints(let names, let isDeferred):
            "SET CONSTRAINTS " + (names.isEmpty ? "ALL" : StatementPrinter.list(names))
                + (isDeferred ? " DEFERRED" : " IMMEDIATE")
        case .commit(let isChained): "COMMIT" + StatementPrinter.word(isChained, "AND CHAIN")
        // The others are of other families.
        default: ""
        }
    }

    private static func text(_ modes: TransactionModes) -> String {
        (modes.isolation.map { " ISOLATION LEVEL " + $0.uppercased() } ?? "")
            + (modes.isReadOnly.map { $0 ? " READ ONLY" : " READ WRITE" } ?? "")
    }
}
