/// Formatting, in the reference of functions.
enum FormattingReference {
    static let section = FunctionSection(
        "Formatting",
        """
        Patterns of numbers: `9` a digit, `0` a digit or zero, `.` and `,` as they are or `D` and `G`, `S` \
        and `MI` signs, `FM` without padding, `PR`, `L`, `RN`, `TH`, `V`, `EEEE`. Of times: `YYYY`, `MM`, \
        `Mon`, `Month`, `DD`, `Day`, `HH24`, `MI`, `SS`, `MS`, `US`, `IYYY`, `IW`, `ID`, `Q`, `TZ`, `OF` and \
        more; what stands in double quotes is copied.
        """,
        [
            FunctionEntry(
                "to_char",
                "A number, time or interval as text by a pattern.",
                example: """
                    SELECT to_char(1234.5, 'FM9,999.00'), to_char(-0.5, '990.99'), to_char(timestamp '2026-03-09 \
                    14:05', 'Dy DD Mon YYYY HH12:MI am'), to_char(date '2026-03-09', 'IYYY-"W"IW'), \
                    to_char(interval '90 minutes', 'HH24:MI')
                    """,
                answer: "1,234.50 |   -0.50 | Mon 09 Mar 2026 02:05 pm | 2026-W11 | 01:30"),
            FunctionEntry(
                "to_number",
                "The number that a text spells by a pattern.",
                example: """
                    SELECT to_number('1,234.50', '9,999.99'), to_number('12-', '99S'), to_number('$ 7.5', \
                    'L9.9')
                    """,
                answer: "1234.50 | -12 | 7.5"),
            FunctionEntry(
                "to_date",
                "The date that a text spells by a pattern.",
                example:
                    "SELECT to_date('09 Mar 2026', 'DD Mon YYYY'), to_date('2026-070', 'YYYY-DDD')",
                answer: "2026-03-09 | 2026-03-11"),
            FunctionEntry(
                "to_timestamp",
                """
                The instant that a text spells by a pattern, in the session's time zone; or the instant so \
                many seconds after 1970 began.
                """,
                example: """
                    SET timezone = 'UTC'; SELECT to_timestamp('2026-03-09 14:05', 'YYYY-MM-DD HH24:MI'), \
                    to_timestamp(1772000000.5)
                    """,
                answer: "2026-03-09 14:05:00+00 | 2026-02-25 06:13:20.5+00"),
            FunctionEntry(
                "format_metric",
                forms: [CallForm("metric", gives: "text")],
                "The value of a metric as text, in the format that CREATE METRIC gave it.",
                example: """
                    CREATE TEMP TABLE shown AS SELECT 5000.0 AS spend, 12345.6 AS revenue; SELECT \
                    format_metric(roas) FROM shown
                    """,
                answer: "2.47"),
            FunctionEntry(
                "pg_size_pretty",
                "A number of bytes in the unit that suits it.",
                example:
                    "SELECT pg_size_pretty(10239), pg_size_pretty(10240), pg_size_pretty(-5000000000)",
                answer: "10239 bytes | 10 kB | -4768 MB"),
        ])
}
