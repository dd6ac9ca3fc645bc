/// Aggregates, in the reference of functions.
enum AggregateReference {
    static let section = FunctionSection(
        "Aggregates",
        """
        They compute one value of the rows of a group, or with OVER of a window. NULLs are left out unless \
        said otherwise, and without rows the result is NULL, but 0 for counts. All take DISTINCT and FILTER \
        (WHERE ...).
        """,
        [
            FunctionEntry(
                "count",
                forms: [CallForm("DISTINCT any [, ...]", gives: "bigint")],
                """
                How many rows there are, how many have a value that is not NULL, or how many different \
                values there are.
                """,
                example: """
                    SELECT count(*), count(x), count(DISTINCT x), count(*) FILTER (WHERE x > 1) FROM (VALUES \
                    (1), (2), (2), (NULL)) AS t(x)
                    """,
                answer: "4 | 3 | 2 | 2"),
            FunctionEntry(
                "count_if",
                "How many rows meet a condition.",
                example: "SELECT count_if(x > 1) FROM (VALUES (1), (2), (3), (NULL)) AS t(x)",
                answer: "2"),
            FunctionEntry(
                "sum",
                """
                The sum. Of smallint and integer a bigint, of bigint and numeric an exact numeric.
                """,
                example: """
                    SELECT sum(x), sum(x / 2.0), sum(x) FILTER (WHERE x > 9) FROM (VALUES (1), (2), (4)) AS t(x)
                    """,
                answer: "7 | 3.50000000000000000000 | NULL"),
            FunctionEntry(
                "avg",
                "The mean. Of exact numbers an exact one.",
                example: """
                    SELECT avg(x), avg(x::double precision) FROM (VALUES (1), (2), (4), (NULL)) AS t(x)
                    """,
                answer: "2.3333333333333333 | 2.3333333333333335"),
            FunctionEntry(
                "min",
                also: ["max"],
                "The least or greatest value, of any type that can be compared.",
                example: """
                    SELECT min(x), max(x), max(x::text), min(date '2026-01-01' + x) FROM (VALUES (9), (10), \
                    (NULL)) AS t(x)
                    """,
                answer: "9 | 10 | 9 | 2026-01-10"),
            FunctionEntry(
                "any_value",
                "Some value of the group that is not NULL.",
                example: "SELECT any_value(x) FROM (VALUES (NULL), (7), (7)) AS t(x)",
                answer: "7"),
            FunctionEntry(
                "first",
                also: ["last", "arg_min", "arg_max"],
                """
                The value where the second argument is least (first, arg_min) or greatest (last, arg_max). \
                Rows in which that is NULL are left out.
                """,
                example: """
                    SELECT first(spend, day), last(spend, day), arg_max(day, spend) FROM (VALUES (1, 10), (2, \
                    30), (3, 20)) AS t(day, spend)
                    """,
                answer: "10 | 20 | 2"),
            FunctionEntry(
                "bool_and",
                also: ["every", "bool_or"],
                "Whether a condition holds in every row, or (bool_or) in at least one.",
                example: """
                    SELECT bool_and(x > 0), every(x > 1), bool_or(x > 1) FROM (VALUES (1), (2), (NULL)) AS t(x)
                    """,
                answer: "t | f | t"),
            FunctionEntry(
                "bit_and",
                also: ["bit_or", "bit_xor"],
                "All values joined bit by bit: and, or, exclusive or.",
                example:
                    "SELECT bit_and(x), bit_or(x), bit_xor(x) FROM (VALUES (12), (10)) AS t(x)",
                answer: "8 | 14 | 6"),
            FunctionEntry(
                "array_agg",
                """
                The values as an array, NULLs among them; in the order of ORDER BY inside the call.
                """,
                example: """
                    SELECT array_agg(x ORDER BY x), array_agg(DISTINCT x) FROM (VALUES (2), (1), (2), (NULL)) AS \
                    t(x)
                    """,
                answer: "{1,2,2,NULL} | {1,2,NULL}"),
            FunctionEntry(
                "string_agg",
                """
                The texts with a separator between them, in the order of ORDER BY inside the call.
                """,
                example: """
                    SELECT string_agg(x, ', ' ORDER BY x), string_agg(DISTINCT x, '|') FROM (VALUES ('b'), \
                    ('a'), (NULL), ('b')) AS t(x)
                    """,
                answer: "a, b, b | a|b"),
            FunctionEntry(
                "grouping",
                forms: [CallForm("any [, ...]", gives: "integer")],
                """
                A bit for each argument, the last one the lowest: 1 where the row is a total over it, as \
                GROUPING SETS, ROLLUP and CUBE make them.
                """,
                example: """
                    SELECT channel, sum(spend), grouping(channel) FROM (VALUES ('a', 1), ('b', 2)) AS t(channel, \
                    spend) GROUP BY ROLLUP (channel) ORDER BY 3, 1
                    """,
                answer: """
                    a | 1 | 0
                    b | 2 | 0
                    NULL | 3 | 1
                    """),
        ])
}
