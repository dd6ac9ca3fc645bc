import DemetraSQL
import DemetraTypes

/// What people ask SHOW for, and where to find it here.
enum ShownNames {
    /// What SHOW lists besides settings.
    private static let lists = ["all", "alerts", "metrics", "models", "tables"]

    private static let elsewhere = [
        "databases":
            "A directory is one database, called demetra. Its schemas: SELECT * FROM information_schema.schemata.",
        "schemas": "Write SELECT * FROM information_schema.schemata.",
        "columns":
            "Write SELECT * FROM information_schema.columns WHERE table_name = 'name', or \\d name in the shell.",
        "views": "Write SHOW TABLES, which lists views, too.",
        "functions": "Write SELECT * FROM demetra_functions, or \\df in the shell.",
        "settings": "Write SHOW ALL.", "variables": "Write SHOW ALL.",
        "status": "Write SELECT * FROM demetra_memory for what memory is used for.",
        "version": "Write SELECT version().", "user": "Write SELECT current_user.",
        "sequences": "Write SELECT * FROM information_schema.sequences.",
        "metric": "Write SHOW METRICS.", "alert": "Write SHOW ALERTS.",
        "model": "Write SHOW MODELS.", "table": "Write SHOW TABLES.",
    ]

    /// The error for a name that SHOW does not know, with the nearest that it does.
    static func unknown(_ name: ObjectName, _ error: DemetraError) -> DemetraError {
        var named = error.at(name.range)
        let word = name.text.lowercased()
        if let hint = elsewhere[word] {
            named.hint = hint
        } else if let nearest = NearestName.find(word, among: lists + SessionSettings.names) {
            named.hint = "Perhaps you meant \"\(nearest)\"."
        }
        return named
    }
}
