/// Window functions, in the reference of functions.
enum WindowReference {
    static let section = FunctionSection(
        "Window functions",
        """
        They need OVER ([PARTITION BY ...] [ORDER BY ...] [frame]) and give a value for each row. Every \
        aggregate is one too. QUALIFY filters by them.
        """,
        [
            FunctionEntry(
                "row_number",
                "The number of the row in its partition, from 1.",
                example: """
                    SELECT x, row_number() OVER (ORDER BY x DESC) FROM (VALUES (10), (30), (20)) AS t(x) ORDER \
                    BY x
                    """,
                answer: """
                    10 | 3
                    20 | 2
                    30 | 1
                    """),
            FunctionEntry(
                "rank",
                also: ["dense_rank"],
                forms: [CallForm("values ORDER BY keys", gives: "bigint")],
                """
                The place of the row in the order: equal rows share one. After two firsts rank goes on with \
                3, dense_rank with 2. WITHIN GROUP asks for the place that values would have.
                """,
                example: """
                    SELECT x, rank() OVER w, dense_rank() OVER w FROM (VALUES (5), (5), (3)) AS t(x) WINDOW w AS \
                    (ORDER BY x DESC) ORDER BY x
                    """,
                answer: """
                    3 | 3 | 2
                    5 | 1 | 1
                    5 | 1 | 1
                    """),
            FunctionEntry(
                "percent_rank",
                also: ["cume_dist"],
                forms: [CallForm("values ORDER BY keys", gives: "double precision")],
                """
                The place of the row as a fraction: of the other rows those before it (percent_rank), of all \
                rows those not behind it (cume_dist).
                """,
                example: """
                    SELECT x, percent_rank() OVER (ORDER BY x), cume_dist() OVER (ORDER BY x) FROM (VALUES (1), \
                    (2), (2), (4), (5)) AS t(x) ORDER BY x
                    """,
                answer: """
                    1 | 0 | 0.2
                    2 | 0.25 | 0.6
                    2 | 0.25 | 0.6
                    4 | 0.75 | 0.8
                    5 | 1 | 1
                    """),
            FunctionEntry(
                "ntile",
                """
                The number of the part when the partition is cut into n parts of nearly equal size.
                """,
                example:
                    "SELECT x, ntile(2) OVER (ORDER BY x) FROM (VALUES (1), (2), (3)) AS t(x)",
                answer: """
                    1 | 1
                    2 | 1
                    3 | 2
                    """),
            FunctionEntry(
                "lag",
                also: ["lead"],
                """
                The value of the row that comes n rows earlier (lag) or later (lead), 1 unless said \
                otherwise; a third argument, else NULL, where there is none.
                """,
                example: """
                    SELECT x, lag(x) OVER (ORDER BY x), lead(x, 2, 0) OVER (ORDER BY x) FROM (VALUES (1), (2), \
                    (3)) AS t(x) ORDER BY x
                    """,
                answer: """
                    1 | NULL | 3
                    2 | 1 | 0
                    3 | 2 | 0
                    """),
            FunctionEntry(
                "first_value",
                also: ["last_value"],
                """
                The value of the first or last row of the frame. The frame ends with the current row unless \
                it says otherwise.
                """,
                example: """
                    SELECT x, first_value(x) OVER w, last_value(x) OVER w FROM (VALUES (1), (2), (3)) AS t(x) \
                    WINDOW w AS (ORDER BY x ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) ORDER BY x
                    """,
                answer: """
                    1 | 1 | 2
                    2 | 1 | 3
                    3 | 2 | 3
                    """),
            FunctionEntry(
                "nth_value",
                "The value of the nth row of the frame, NULL while it has fewer.",
                example: """
                    SELECT x, nth_value(x, 2) OVER (ORDER BY x) FROM (VALUES (1), (2), (3)) AS t(x) ORDER BY x
                    """,
                answer: """
                    1 | NULL
                    2 | 2
                    3 | 2
                    """),
        ])
}
