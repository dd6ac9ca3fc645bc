/// Functions that give rows, in the reference of functions.
enum SetReference {
    static let section = FunctionSection(
        "Functions that give rows",
        """
        They stand in FROM, where they may look at the tables before them, or in a SELECT list, where \
        several go in step. WITH ORDINALITY counts the rows.
        """,
        [
            FunctionEntry(
                "generate_series",
                """
                Numbers or times from the first to the second, by a step of 1 or the one given, which may be \
                negative.
                """,
                example: """
                    SELECT day::date FROM generate_series(timestamp '2026-01-30', timestamp '2026-02-01', \
                    interval '1 day') AS s(day)
                    """,
                answer: """
                    2026-01-30
                    2026-01-31
                    2026-02-01
                    """),
            FunctionEntry(
                "generate_subscripts",
                """
                The numbers of the elements of an array, in reverse when a third argument is true.
                """,
                example: "SELECT * FROM generate_subscripts(ARRAY['a', 'b'], 1)",
                answer: """
                    1
                    2
                    """),
            FunctionEntry(
                "unnest",
                """
                A row for each element of an array; of several arrays, in FROM, in step, with NULL where one \
                is over.
                """,
                example: "SELECT * FROM unnest(ARRAY[1, 2], ARRAY['a', 'b']) AS t(n, letter)",
                answer: """
                    1 | a
                    2 | b
                    """),
            FunctionEntry(
                "string_to_table",
                """
                A row for each part of a text between separators; parts equal to a third text become NULL.
                """,
                example: "SELECT * FROM string_to_table('a,-,c', ',', '-')",
                answer: """
                    a
                    NULL
                    c
                    """),
            FunctionEntry(
                "changes",
                forms: [CallForm("table, from [, to]", gives: "table")],
                """
                How the rows of a table changed between two times (NULL: from its begin, up to now), in the \
                order in which they did.
                """,
                example: """
                    CREATE TABLE budget_notes (id integer PRIMARY KEY, note text) WITH (history = '90 days'); \
                    INSERT INTO budget_notes VALUES (1, 'a'); UPDATE budget_notes SET note = 'b'; SELECT kind, \
                    id, old_note, new_note FROM changes('budget_notes', NULL) ORDER BY commit_sequence
                    """,
                answer: "insert | 1 | NULL | b"),
        ])
}
