/// Dates and times, in the reference of functions.
enum TimeReference {
    static let section = FunctionSection(
        "Dates and times",
        """
        Times without a zone are what clocks show. Functions of timestamptz reckon in the session's time \
        zone unless they are told another. Fields: microseconds, milliseconds, second, minute, hour, day, \
        week (ISO), month, quarter, year, isoyear, decade, century, millennium, dow (0 is Sunday), isodow (7 \
        is Sunday), doy, epoch (seconds), julian, timezone.
        """,
        [
            FunctionEntry(
                "now",
                also: ["transaction_timestamp"],
                """
                When the transaction began: the same at every call in it. CURRENT_TIMESTAMP is another way \
                to write it.
                """,
                example: "SELECT now() = transaction_timestamp(), pg_typeof(now())",
                answer: "t | timestamp with time zone"),
            FunctionEntry(
                "statement_timestamp",
                "When the statement began.",
                example: "SELECT statement_timestamp() >= now()",
                answer: "t"),
            FunctionEntry(
                "clock_timestamp",
                "What the time is at the call: it goes on while a statement runs.",
                example: "SELECT clock_timestamp() >= statement_timestamp()",
                answer: "t"),
            FunctionEntry(
                "timeofday",
                """
                What the time is at the call, as a text in the session's time zone: \
                `Mon Mar 09 14:05:06.250000 2026 UTC`.
                """,
                example: "SELECT timeofday() LIKE '___ ___ __ __:__:__.______ 2___ UTC'",
                answer: "t"),
            FunctionEntry(
                "current_date",
                forms: [CallForm("", gives: "date")],
                """
                The day on which the transaction began, in the session's time zone. Written without \
                parentheses.
                """,
                example: "SELECT CURRENT_DATE = now()::date",
                answer: "t"),
            FunctionEntry(
                "current_timestamp",
                forms: [CallForm("", gives: "timestamptz")],
                "The same as now(). Written without parentheses.",
                example: "SELECT CURRENT_TIMESTAMP = now()",
                answer: "t"),
            FunctionEntry(
                "localtimestamp",
                forms: [CallForm("", gives: "timestamp")],
                """
                What the clocks of the session's time zone showed when the transaction began. Written \
                without parentheses.
                """,
                example: "SELECT LOCALTIMESTAMP = now()::timestamp",
                answer: "t"),
            FunctionEntry(
                "extract",
                forms: [CallForm("field FROM date, time, timestamp or interval", gives: "numeric")],
                "One field of a time as a number.",
                example: """
                    SELECT extract(year FROM date '2026-03-09'), extract(isodow FROM date '2026-03-08'), \
                    extract(week FROM date '2026-01-01'), extract(epoch FROM interval '1 hour 30 seconds')
                    """,
                answer: "2026 | 7 | 1 | 3630.000000"),
            FunctionEntry(
                "date_part",
                "One field of a time as double precision. extract gives the same exactly.",
                example: """
                    SELECT date_part('quarter', date '2026-08-15'), date_part('second', timestamp '2026-03-09 \
                    14:05:07.25')
                    """,
                answer: "3 | 7.25"),
            FunctionEntry(
                "date_trunc",
                """
                The begin of the hour, day, week, month, ... that a time lies in, of timestamptz in the \
                session's time zone or the one named. Weeks begin on Monday.
                """,
                example: """
                    SELECT date_trunc('month', timestamp '2026-03-09 14:05'), date_trunc('week', date \
                    '2026-03-08')::date, date_trunc('hour', interval '1 day 3:59')
                    """,
                answer: "2026-03-01 00:00:00 | 2026-03-02 | 1 day 03:00:00"),
            FunctionEntry(
                "date_bin",
                """
                The begin of the interval that a time lies in, intervals being counted from a third \
                argument. Months and years are refused (0A000): time_bucket takes them.
                """,
                example: """
                    SELECT date_bin('15 minutes', timestamp '2026-03-09 14:38', timestamp '2026-01-01')
                    """,
                answer: "2026-03-09 14:30:00"),
            FunctionEntry(
                "age",
                """
                The time between two timestamps in years, months and days as people count them; with one \
                argument up to the midnight at which today began.
                """,
                example: """
                    SELECT age(timestamp '2026-03-09', timestamp '2024-12-25'), age(CURRENT_DATE::timestamp)
                    """,
                answer: "1 year 2 mons 15 days | 00:00:00"),
            FunctionEntry(
                "isfinite",
                "False for the infinite date, timestamp or interval, true for all others.",
                example: "SELECT isfinite(date '2026-03-09'), isfinite(timestamp '-infinity')",
                answer: "t | f"),
            FunctionEntry(
                "make_date",
                "A date of year, month and day. What is no day is an error (22008).",
                example: "SELECT make_date(2026, 2, 28)",
                answer: "2026-02-28"),
            FunctionEntry(
                "make_time",
                "A time of day of hour, minute and seconds.",
                example: "SELECT make_time(14, 5, 7.25)",
                answer: "14:05:07.25"),
            FunctionEntry(
                "make_timestamp",
                "A timestamp of year, month, day, hour, minute and seconds.",
                example: "SELECT make_timestamp(2026, 3, 9, 14, 5, 7.25)",
                answer: "2026-03-09 14:05:07.25"),
            FunctionEntry(
                "make_timestamptz",
                """
                An instant of year, month, day, hour, minute and seconds in the session's time zone, or the \
                one named.
                """,
                example: """
                    SET timezone = 'UTC'; SELECT make_timestamptz(2026, 3, 9, 14, 5, 0), make_timestamptz(2026, \
                    7, 9, 14, 5, 0, 'Europe/Berlin')
                    """,
                answer: "2026-03-09 14:05:00+00 | 2026-07-09 12:05:00+00"),
            FunctionEntry(
                "make_interval",
                """
                An interval of years, months, weeks, days, hours, minutes and seconds; the arguments have \
                the names years, months, weeks, days, hours, mins, secs.
                """,
                example: "SELECT make_interval(0, 1, 2), make_interval(days => 10, hours => 36)",
                answer: "1 mon 14 days | 10 days 36:00:00"),
            FunctionEntry(
                "justify_days",
                "An interval with every 30 days as a month.",
                example: "SELECT justify_days(interval '70 days')",
                answer: "2 mons 10 days"),
            FunctionEntry(
                "justify_hours",
                "An interval with every 24 hours as a day.",
                example: "SELECT justify_hours(interval '50 hours 10 minutes')",
                answer: "2 days 02:10:00"),
            FunctionEntry(
                "justify_interval",
                """
                An interval with 24 hours as a day, 30 days as a month and one sign for all of it.
                """,
                example: "SELECT justify_interval(interval '1 month -1 hour')",
                answer: "29 days 23:00:00"),
            FunctionEntry(
                "timezone",
                "The function behind AT TIME ZONE, with the zone first.",
                example: """
                    SET timezone = 'UTC'; SELECT timezone('Europe/Berlin', timestamptz '2026-01-15 12:00+00'), \
                    timezone('Europe/Berlin', timestamp '2026-01-15 12:00')
                    """,
                answer: "2026-01-15 13:00:00 | 2026-01-15 11:00:00+00"),
        ])
}
