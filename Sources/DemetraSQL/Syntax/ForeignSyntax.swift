/// A form of another dialect, and what stands for it here.
struct ForeignForm: Sendable {
    /// The words and symbols in a row, in capitals; `_` is any one token.
    let tokens: [String]
    /// Stands at the beginning of a statement.
    let isStatement: Bool
    let hint: String
    /// Tokens behind it that may have been taken for something else before the parser stops; where an operator is
    /// known, but means something else, these are an operand and a comparison.
    var slack: Int { tokens == ["&&"] || tokens == ["||"] ? 3 : 1 }

    private init(_ form: String, isStatement: Bool, _ hint: String) {
        tokens = form.split(separator: " ").map(String.init)
        self.isStatement = isStatement
        self.hint = hint
    }

    private static func statement(_ form: String, _ hint: String) -> ForeignForm {
        ForeignForm(form, isStatement: true, hint)
    }

    private static func part(_ form: String, _ hint: String) -> ForeignForm {
        ForeignForm(form, isStatement: false, hint)
    }

    private static let columns =
        "The columns of a table: SELECT * FROM information_schema.columns WHERE table_name = 'name', or \\d name in the shell."
    private static let upsert =
        "Write INSERT ... ON CONFLICT (key) DO UPDATE SET column = excluded.column."
    private static let oneDatabase =
        "A directory is one database. Inside it there are schemas: CREATE SCHEMA name, SET search_path TO name."
    private static let checkedCast =
        "There is no cast that gives NULL: test the text first, CASE WHEN x ~ '^[0-9]+$' THEN x::integer END."
    private static let routines =
        "There are no stored routines: views, metrics (CREATE METRIC) and alerts (CREATE ALERT) keep rules."

    /// Forms that people bring from MySQL, ClickHouse, BigQuery, DuckDB, SQL Server and Oracle; of several that
    /// fit, the first is told.
    static let all: [ForeignForm] = [
        // Statements
        statement("DESCRIBE", columns), statement("DESC", columns),
        statement("SHOW COLUMNS", columns),
        statement("SHOW CREATE", columns), statement("SUMMARIZE", columns),
        statement("SHOW DATABASES", oneDatabase), statement("USE", oneDatabase),
        statement("CREATE DATABASE", oneDatabase), statement("ATTACH", oneDatabase),
        statement("PRAGMA", "SHOW ALL lists the settings, SET name = value changes one."),
        statement("REPLACE", upsert), statement("UPSERT", upsert), statement("INSERT OR", upsert),
        statement("INSERT IGNORE", "Write INSERT ... ON CONFLICT DO NOTHING."),
        statement("OPTIMIZE", "VACUUM name packs a table; it happens by itself, too."),
        statement(
            "PIVOT",
            "Write a column for each value: sum(x) FILTER (WHERE name = 'value') AS value ... GROUP BY key."
        ),
        statement(
            "UNPIVOT",
            "Join rows of the columns: CROSS JOIN LATERAL (VALUES ('a', a), ('b', b)) AS v(name, value)."
        ),
        statement("RENAME", "Write ALTER TABLE name RENAME TO other."),
        statement("EXEC", routines), statement("CALL", routines), statement("DO", routines),
        statement("CREATE FUNCTION", routines), statement("CREATE PROCEDURE", routines),
        statement("CREATE TRIGGER", routines), statement("CREATE MACRO", routines),
        statement(
            "CREATE MATERIALIZED",
            "CREATE VIEW is computed when it is read; CREATE TABLE name AS SELECT ... keeps its rows."
        ),
        statement(
            "CREATE OR REPLACE TABLE", "Write DROP TABLE IF EXISTS name; CREATE TABLE name (...)."),
        statement(
            "KILL", "A client's cancel request stops a statement, SET statement_timeout limits all."
        ),
        // Tables
        part(
            "ENGINE",
            "How rows are stored is not chosen here; WITH (order = '...') sorts them: leave ENGINE out."
        ),
        part("AUTO_INCREMENT", "Write GENERATED ALWAYS AS IDENTITY, or the type serial."),
        part("AUTOINCREMENT", "Write GENERATED ALWAYS AS IDENTITY, or the type serial."),
        part("IDENTITY (", "Write GENERATED ALWAYS AS IDENTITY, or the type serial."),
        part(
            "UNSIGNED", "There are no unsigned types; CHECK (column >= 0) refuses negative numbers."
        ),
        part("NULLABLE (", "A column takes NULL unless it is NOT NULL: write the type alone."),
        part(
            "LOWCARDINALITY (",
            "Texts that repeat are kept as a dictionary by themselves: write text."),
        part("ON DUPLICATE", upsert),
        // Queries
        part("SELECT TOP", "Write LIMIT behind the query."),
        part("LIMIT _ ,", "Write LIMIT count OFFSET start."),
        part(
            "LIMIT _ BY",
            "The last row of each key: LATEST BY; the first: SELECT DISTINCT ON (key) ... ORDER BY key, ...."
        ),
        part("* EXCEPT (", "Write * EXCLUDE (column)."),
        part("PREWHERE", "Write WHERE; columns that it does not need are read for its rows only."),
        part("ARRAY JOIN", "Write CROSS JOIN LATERAL unnest(array) AS x(value)."),
        part("SEMI JOIN", "Write WHERE EXISTS (SELECT 1 FROM other WHERE ...)."),
        part("ANTI JOIN", "Write WHERE NOT EXISTS (SELECT 1 FROM other WHERE ...)."),
        part(
            "FORMAT _", "The client chooses how rows are shown: --format, or \\format in the shell."
        ),
        part("SETTINGS", "Write SET name = value before the query."),
        part("MINUS SELECT", "Write EXCEPT."),
        part("CONNECT BY", "Write WITH RECURSIVE."),
        part("USING SAMPLE", "Write FROM name TABLESAMPLE BERNOULLI (10)."),
        part(", FROM", "Remove the comma before FROM."),
        part(", )", "Remove the comma before the parenthesis."),
        part(", WHERE", "Remove the comma before WHERE."),
        part(", GROUP", "Remove the comma before GROUP."),
        part(", ORDER", "Remove the comma before ORDER."),
        // Expressions
        part("`", "Write names as they are, or in double quotes: \"name\"."),
        part("= =", "Write one =."), part("==", "Write one =."),
        part("<=>", "Write IS NOT DISTINCT FROM."),
        part("&&", "Write AND."), part("||", "Write OR; || joins texts."),
        part("RLIKE", "Write x ~ 'pattern'."),
        part("REGEXP", "Write x ~ 'pattern'."),
        part("GLOB", "Write x LIKE 'pattern', with % and _."), part("DIV", "Write div(a, b)."),
        part("MOD", "Write a % b."), part("TRY_CAST (", checkedCast),
        part("SAFE_CAST (", checkedCast),
        part("INTERVAL _", "The amount is a text: INTERVAL '7 days'."),
        part("{", "An object is made by json_build_object('key', value)."),
        part("#", "A comment begins with --."),
        part("@", "A parameter is $1: PREPARE name AS SELECT $1."),
        part("?", "A parameter is $1: PREPARE name AS SELECT $1."),
        part("ANY ( _ ,", "Write ANY (ARRAY['a', 'b'])."), part("NOT NULL", "Write IS NOT NULL."),
    ]
}
