/// Choices, in the reference of functions.
enum ChoiceReference {
    static let section = FunctionSection(
        "Choices",
        """
        What is not needed is not computed: a division by zero behind a condition that is not met is none.
        """,
        [
            FunctionEntry(
                "CASE",
                forms: [
                    CallForm(
                        "WHEN condition THEN value [...] [ELSE value] END", gives: "the common type"
                    ),
                    CallForm(
                        "operand WHEN value THEN value [...] [ELSE value] END",
                        gives: "the common type"),
                ],
                """
                The value behind the first condition that is true, or behind the first value that the \
                operand equals; else that of ELSE, or NULL.
                """,
                example: """
                    SELECT CASE WHEN 3 > 2 THEN 'more' ELSE 'less' END, CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN \
                    'two' END, CASE WHEN NULL THEN 1 END
                    """,
                answer: "more | two | NULL"),
            FunctionEntry(
                "coalesce",
                forms: [CallForm("anyelement [, ...]", gives: "anyelement")],
                "The first argument that is not NULL.",
                example: "SELECT coalesce(NULL, 3, 1 / 1), coalesce(NULL, NULL)",
                answer: "3 | NULL"),
            FunctionEntry(
                "nullif",
                forms: [CallForm("anyelement, anyelement", gives: "anyelement")],
                "NULL when the two are equal, else the first. Useful against division by zero.",
                example: "SELECT nullif(0, 0), nullif(5, 0), 10 / nullif(0, 0)",
                answer: "NULL | 5 | NULL"),
            FunctionEntry(
                "greatest",
                also: ["least"],
                """
                The greatest or least of the arguments, NULLs left out; NULL when there are no others.
                """,
                example: "SELECT greatest(3, 7, NULL), least(3, 7, NULL), greatest('b', 'a')",
                answer: "7 | 3 | b"),
            FunctionEntry(
                "num_nulls",
                also: ["num_nonnulls"],
                "How many of the arguments are NULL, or are not.",
                example: "SELECT num_nulls(1, NULL, 'x', NULL), num_nonnulls(1, NULL, 'x', NULL)",
                answer: "2 | 2"),
        ])
}
