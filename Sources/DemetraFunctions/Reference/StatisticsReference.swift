/// Statistics, in the reference of functions.
enum StatisticsReference {
    static let section = FunctionSection(
        "Statistics",
        """
        Of pairs (y, x) those count in which neither is NULL. Exact numbers have exact variances. Population \
        (_pop) divides by the number of values, sample (_samp) by one less and is NULL for a single value.
        """,
        [
            FunctionEntry(
                "variance",
                also: ["var_samp", "var_pop"],
                "The mean square of the distance from the mean.",
                example:
                    "SELECT variance(x), var_samp(x), var_pop(x) FROM (VALUES (2), (4), (6)) AS t(x)",
                answer: "4.0000000000000000 | 4.0000000000000000 | 2.6666666666666667"),
            FunctionEntry(
                "stddev",
                also: ["stddev_samp", "stddev_pop"],
                "The square root of the variance, in the unit of the values.",
                example: """
                    SELECT stddev(x), stddev_samp(x), round(stddev_pop(x), 6) FROM (VALUES (2), (4), (6)) AS \
                    t(x)
                    """,
                answer: "2.0000000000000000 | 2.0000000000000000 | 1.632993"),
            FunctionEntry(
                "corr",
                """
                How far two columns lie on one line: from -1 to 1; NULL when one of them does not vary.
                """,
                example: """
                    SELECT round(corr(y, x)::numeric, 6) FROM (VALUES (1, 10), (2, 19), (3, 33)) AS t(x, y)
                    """,
                answer: "0.992215"),
            FunctionEntry(
                "covar_pop",
                also: ["covar_samp"],
                "The mean product of the distances of two columns from their means.",
                example: """
                    SELECT round(covar_pop(y, x)::numeric, 6), covar_samp(y, x) FROM (VALUES (1, 10), (2, 20), \
                    (3, 30)) AS t(x, y)
                    """,
                answer: "6.666667 | 10"),
            FunctionEntry(
                "regr_slope",
                also: ["regr_intercept", "regr_r2"],
                """
                The line through pairs (y, x) by least squares: its slope, its value at x = 0, and the share \
                of the variance of y that it explains.
                """,
                example: """
                    SELECT regr_slope(y, x), regr_intercept(y, x), regr_r2(y, x) FROM (VALUES (1, 12), (2, 14), \
                    (3, 16), (4, NULL)) AS t(x, y)
                    """,
                answer: "2 | 10 | 1"),
            FunctionEntry(
                "regr_count",
                also: ["regr_avgx", "regr_avgy"],
                "How many pairs (y, x) there are, and the means of both columns over them.",
                example: """
                    SELECT regr_count(y, x), regr_avgx(y, x), regr_avgy(y, x) FROM (VALUES (1, 12), (2, 14), (3, \
                    NULL)) AS t(x, y)
                    """,
                answer: "2 | 1.5 | 13"),
            FunctionEntry(
                "regr_sxx",
                also: ["regr_syy", "regr_sxy"],
                """
                The sums of squares and of products of the distances of pairs (y, x) from their means.
                """,
                example: """
                    SELECT regr_sxx(y, x), regr_syy(y, x), regr_sxy(y, x) FROM (VALUES (1, 12), (2, 14), (3, \
                    16)) AS t(x, y)
                    """,
                answer: "2 | 8 | 4"),
            FunctionEntry(
                "median",
                "The middle value, or the mean of the two in the middle.",
                example: "SELECT median(x) FROM (VALUES (1), (2), (3), (100)) AS t(x)",
                answer: "2.5"),
            FunctionEntry(
                "mode",
                "The most frequent value; of several the first in the order given.",
                example: """
                    SELECT mode() WITHIN GROUP (ORDER BY x) FROM (VALUES ('a'), ('b'), ('b'), (NULL)) AS t(x)
                    """,
                answer: "b"),
            FunctionEntry(
                "percentile_cont",
                """
                The value below which a fraction of the values lies, between two of them on the line that \
                joins them; for an array of fractions an array.
                """,
                example: """
                    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY x), percentile_cont(ARRAY[0.25, 0.9]) \
                    WITHIN GROUP (ORDER BY x) FROM (VALUES (1), (2), (3), (10)) AS t(x)
                    """,
                answer: "2.5 | {1.75,7.900000000000001}"),
            FunctionEntry(
                "percentile_disc",
                """
                The first value at or behind a fraction of the sorted values: always one of them, so of any \
                type.
                """,
                example: """
                    SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY x), percentile_disc(0.9) WITHIN GROUP \
                    (ORDER BY x DESC) FROM (VALUES (1), (2), (3), (10)) AS t(x)
                    """,
                answer: "2 | 1"),
        ])
}
