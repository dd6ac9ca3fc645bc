import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraSQL
import DemetraStorage

/// Every name a person may be about to type.
package struct CompletionNames: Sendable {
    /// Tables and views.
    package var relations: [String] = []
    /// The columns of each table.
    package var columns: [String: [String]] = [:]
    package var metrics: [String] = []
    package var functions: [String] = []
    /// Settings of SET and SHOW.
    package var settings: [String] = []
    /// All words of the language.
    package var keywords: [String] = []
    /// Words that statements begin with.
    package var statements: [String] = []

    /// No names.
    package init() {}
}

extension Session {
    private static let statementWords = [
        "alter", "backup", "check", "checkpoint", "comment", "copy", "create", "delete", "drop",
        "explain",
        "insert", "merge", "reset",
        "select", "set", "show", "truncate", "update", "vacuum", "values", "with",
    ]

    /// The names of the database and the language as they are now.
    package var completionNames: CompletionNames {
        let catalog = snapshot.catalog
        var names = CompletionNames()
        names.relations = relationNames()
        names.columns = Dictionary(
            catalog.tables.map { ($0.key.text, $0.value.columns.map(\.name)) },
            uniquingKeysWith: { first, _ in first })
        names.metrics = Set(
            Array(catalog.metrics.keys) + BuiltInMetrics.all.map(\.name)
        ).sorted()
        names.functions = engine.functions.names.sorted()
        names.settings = SessionSettings.names
        names.keywords = Keyword.allCases.map(\.text)
        names.statements = Self.statementWords
        return names
    }
}
