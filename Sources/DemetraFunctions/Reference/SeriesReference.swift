/// Time series, in the reference of functions.
enum SeriesReference {
    static let section = FunctionSection(
        "Time series",
        "More on them in [time series](timeseries.md).",
        [
            FunctionEntry(
                "time_bucket",
                """
                The begin of the bucket of a width that a time lies in. Days and less are counted from \
                Monday 2000-01-03, months and years from 2000-01, or from a third argument: an origin, an \
                offset, or for timestamptz a zone.
                """,
                example: """
                    SELECT time_bucket('15 minutes', timestamp '2026-03-09 14:38'), time_bucket('1 week', date \
                    '2026-03-08'), time_bucket('3 months', timestamp '2026-05-09')
                    """,
                answer: "2026-03-09 14:30:00 | 2026-03-02 | 2026-04-01 00:00:00"),
            FunctionEntry(
                "time_bucket_gapfill",
                forms: [
                    CallForm(
                        "interval, time [, zone] [, start, finish]", gives: "the type of the time")
                ],
                """
                time_bucket in GROUP BY, with a row for every bucket of every series between the bounds, \
                which WHERE gives or the arguments. Columns of buckets without rows are NULL unless they are \
                filled.
                """,
                example: """
                    SELECT time_bucket_gapfill('1 day', day, date '2026-03-01', date '2026-03-04') AS bucket, \
                    sum(x) FROM (VALUES (date '2026-03-01', 1), ('2026-03-03', 5)) AS t(day, x) GROUP BY bucket \
                    ORDER BY bucket
                    """,
                answer: """
                    2026-03-01 | 1
                    2026-03-02 | NULL
                    2026-03-03 | 5
                    """),
            FunctionEntry(
                "locf",
                also: ["interpolate"],
                forms: [CallForm("value [, reach]", gives: "the type of the value")],
                """
                In a query with time_bucket_gapfill: the last value that was known (locf), or the one on the \
                line between the known ones around it (interpolate). reach is the longest interval over \
                which it is done.
                """,
                example: """
                    SELECT time_bucket_gapfill('1 day', day, date '2026-03-01', date '2026-03-04') AS bucket, \
                    locf(sum(x)), interpolate(sum(x)) FROM (VALUES (date '2026-03-01', 1), ('2026-03-03', 5)) AS \
                    t(day, x) GROUP BY bucket ORDER BY bucket
                    """,
                answer: """
                    2026-03-01 | 1 | 1
                    2026-03-02 | 1 | 3.0000000000000000
                    2026-03-03 | 5 | 5
                    """),
            FunctionEntry(
                "fill",
                forms: [CallForm("value, constant", gives: "the type of the value")],
                "In a query with time_bucket_gapfill: the constant where a bucket has no rows.",
                example: """
                    SELECT time_bucket_gapfill('1 day', day, date '2026-03-01', date '2026-03-04') AS bucket, \
                    fill(sum(x), 0) FROM (VALUES (date '2026-03-01', 1), ('2026-03-03', 5)) AS t(day, x) GROUP \
                    BY bucket ORDER BY bucket
                    """,
                answer: """
                    2026-03-01 | 1
                    2026-03-02 | 0
                    2026-03-03 | 5
                    """),
            FunctionEntry(
                "period_change",
                also: ["period_delta", "period_previous"],
                forms: [CallForm("value, interval [, finish]", gives: "the type of the value")],
                """
                A value over aggregates against the same one a period before: by which part it changed (0.1 \
                is 10 percent more), the difference, or the value before. Groups by time are compared with \
                each other, else the last period ends with the newest row or at finish.
                """,
                example: """
                    SELECT day, period_change(sum(x), interval '1 day'), period_delta(sum(x), interval '1 day'), \
                    period_previous(sum(x), interval '1 day') FROM (VALUES (date '2026-03-01', 10), \
                    ('2026-03-02', 15)) AS t(day, x) GROUP BY day ORDER BY day
                    """,
                answer: """
                    2026-03-01 | NULL | NULL | NULL
                    2026-03-02 | 0.50000000000000000000 | 5 | 10
                    """),
            FunctionEntry(
                "delta",
                also: ["rate"],
                """
                How much a counter grew that only counts up but may begin anew; rate is that in a second, or \
                in the interval given. Rows in any order.
                """,
                example: """
                    SELECT delta(n, ts), rate(n, ts, interval '1 hour') FROM (VALUES (900, timestamp '2026-03-02 \
                    00:00'), (1500, '2026-03-02 06:00'), (200, '2026-03-02 12:00')) AS t(n, ts)
                    """,
                answer: "800 | 66.66666666666667"),
            FunctionEntry(
                "metric",
                forms: [CallForm("metric", gives: "the type of the metric")],
                "The metric of a name, where a column has the same one.",
                example: """
                    CREATE TEMP TABLE shown AS SELECT 50.0 AS spend, 125.0 AS revenue, 7 AS roas; SELECT \
                    metric(roas) FROM shown
                    """,
                answer: "2.5000000000000000"),
        ])
}
