/// Session, database and sequences, in the reference of functions.
enum SessionReference {
    static let section = FunctionSection(
        "Session, database and sequences",
        "",
        [
            FunctionEntry(
                "current_user",
                also: ["session_user"],
                forms: [CallForm("", gives: "name")],
                implementation: ["current_user", "session_user"],
                "The user that the session belongs to. Written without parentheses.",
                example: "SELECT current_user = session_user",
                answer: "t"),
            FunctionEntry(
                "current_database",
                """
                The name by which the session calls the database: the one that a client has connected by, else that of the \
                database's folder without its ending. `current_catalog` is the same.
                """,
                example: "SELECT current_database() = current_catalog",
                answer: "t"),
            FunctionEntry(
                "current_schema",
                """
                The schema that new tables go to; NULL when the search path names none that exists.
                """,
                example: "SELECT current_schema()",
                answer: "public"),
            FunctionEntry(
                "version",
                "The program's version.",
                example: "SELECT version() LIKE 'PostgreSQL 15%'",
                answer: "t"),
            FunctionEntry(
                "current_setting",
                """
                The value of a setting, as SHOW gives it. An unknown name is an error, with true as the \
                second argument NULL.
                """,
                example:
                    "SELECT current_setting('server_encoding'), current_setting('my.own', true)",
                answer: "UTF8 | NULL"),
            FunctionEntry(
                "set_config",
                """
                Changes a setting as SET does and gives its new value; NULL sets the default. With true as \
                the third argument it lasts until the transaction ends, as with SET LOCAL.
                """,
                example: """
                    SELECT set_config('timezone', 'Europe/Berlin', false); SELECT current_setting('timezone')
                    """,
                answer: "Europe/Berlin"),
            FunctionEntry(
                "pg_typeof",
                "The type of a value.",
                example:
                    "SELECT pg_typeof(1), pg_typeof(1.5), pg_typeof('x'::text), pg_typeof(now())",
                answer: "integer | numeric | text | timestamp with time zone"),
            FunctionEntry(
                "nextval",
                """
                Counts a sequence on and gives its new number; what a transaction took stays taken.
                """,
                example: "CREATE TEMP SEQUENCE tickets START 5; SELECT nextval('tickets')",
                answer: "5"),
            FunctionEntry(
                "currval",
                also: ["lastval"],
                """
                The number that nextval last gave in this session: of a sequence, or of any. Before that an \
                error (55000).
                """,
                example: """
                    CREATE TEMP SEQUENCE tickets; SELECT nextval('tickets'); SELECT currval('tickets'), \
                    lastval()
                    """,
                answer: "1 | 1"),
            FunctionEntry(
                "setval",
                """
                Sets the number of a sequence; with false as the third argument the next one will be it.
                """,
                example: """
                    CREATE TEMP SEQUENCE tickets; SELECT setval('tickets', 40); SELECT nextval('tickets')
                    """,
                answer: "41"),
            FunctionEntry(
                "pg_get_serial_sequence",
                "The sequence behind a column that counts by itself, or NULL.",
                example: """
                    CREATE TEMP TABLE orders (id serial, note text); SELECT pg_get_serial_sequence('orders', \
                    'id') IS NOT NULL, pg_get_serial_sequence('orders', 'note')
                    """,
                answer: "t | NULL"),
        ])
}
