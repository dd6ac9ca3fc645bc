import DemetraFunctions

/// Models, budgets and anomalies, in the reference of functions.
enum AnalyticsReference {
    static let section = FunctionSection(
        "Models and budgets",
        """
        The same rows and the same seed give the same answer. More on them in [analytics](analytics.md).
        """,
        [
            FunctionEntry(
                "predict_roi",
                """
                In FROM: learns from the rows of a relation whose target is known and predicts the others, \
                or all of it when every target is known. As a scalar: asks the model `roi`, or the only \
                regression model, by columns of the row.
                """,
                example: """
                    CREATE TEMP TABLE ads AS SELECT i AS id, i % 2 AS video, 1 + 2 * (i % 2) AS roi FROM \
                    generate_series(1, 40) AS s(i); SELECT id, round(predicted_roi::numeric) FROM \
                    PREDICT_ROI(TABLE ads, target => 'roi', id => 'id') ORDER BY id LIMIT 2
                    """,
                answer: """
                    1 | 3
                    2 | 1
                    """),
            FunctionEntry(
                "predict_roi_json",
                """
                What `PREDICT_ROI` says of a row, with its bounds, level, confidence and risk, as an object.
                """,
                example: """
                    CREATE TEMP TABLE ads AS SELECT i AS id, i % 2 AS video, 1 + 2 * (i % 2) AS roi FROM \
                    generate_series(1, 40) AS s(i); CREATE OR REPLACE MODEL roi FROM TABLE ads TARGET roi ID id; \
                    SELECT (PREDICT_ROI_JSON(video => 1) ->> 'predicted')::numeric > 2 AS is_good
                    """,
                answer: "t"),
            FunctionEntry(
                "predict",
                """
                What a model predicts for the rows of a table or query: their columns, then the prediction, \
                its bounds for a level (0.9 unless given), confidence, risk and notice.
                """,
                example: """
                    CREATE TEMP TABLE ads AS SELECT i AS id, i % 2 AS video, 1 + 2 * (i % 2) AS roi FROM \
                    generate_series(1, 40) AS s(i); CREATE OR REPLACE MODEL roi FROM TABLE ads TARGET roi ID id; \
                    SELECT id, round(predicted::numeric), lower <= upper FROM PREDICT('roi', TABLE ads) ORDER \
                    BY id LIMIT 2
                    """,
                answer: """
                    1 | 3 | t
                    2 | 1 | t
                    """),
            FunctionEntry(
                "evaluate_model",
                """
                How well a model predicts rows that it did not learn from: one row of errors, skill and \
                coverage.
                """,
                example: """
                    CREATE TEMP TABLE ads AS SELECT i AS id, i % 2 AS video, 1 + 2 * (i % 2) AS roi FROM \
                    generate_series(1, 40) AS s(i); CREATE OR REPLACE MODEL roi FROM TABLE ads TARGET roi ID id; \
                    SELECT name, rows, r2 > 0.9 FROM EVALUATE_MODEL('roi')
                    """,
                answer: "roi | 40 | t"),
            FunctionEntry(
                "explain_model",
                """
                The columns that a model knows, and by which share its error grows when one is shuffled.
                """,
                example: """
                    CREATE TEMP TABLE ads AS SELECT i AS id, i % 2 AS video, 1 + 2 * (i % 2) AS roi FROM \
                    generate_series(1, 40) AS s(i); CREATE OR REPLACE MODEL roi FROM TABLE ads TARGET roi ID id; \
                    SELECT feature, importance > 0 FROM EXPLAIN_MODEL('roi')
                    """,
                answer: "video | t"),
            FunctionEntry(
                "explain_predict",
                """
                For each row what each column adds to its prediction (Shapley values): `base_value` and the \
                contributions of a row sum to what `PREDICT` says of it.
                """,
                example: """
                    CREATE TEMP TABLE ads AS SELECT i AS id, i % 2 AS video, 1 + 2 * (i % 2) AS roi FROM \
                    generate_series(1, 40) AS s(i); CREATE OR REPLACE MODEL roi FROM TABLE ads TARGET roi ID id; \
                    SELECT feature, value, round(contribution::numeric) FROM EXPLAIN_PREDICT('roi', (SELECT 1 AS \
                    video))
                    """,
                answer: "video | 1 | 1"),
            FunctionEntry(
                "risk_level",
                "The class of a known return: high below 1, medium below 2, else low.",
                example: "SELECT risk_level(0.4), risk_level(1.5), risk_level(3)",
                answer: "high | medium | low"),
            FunctionEntry(
                "allocate_budget",
                """
                Splits a budget over channels so that the expected outcome is greatest, as far as the \
                history of spend and outcome supports a change from the present mix.
                """,
                example: """
                    CREATE TEMP TABLE history AS SELECT date '2026-01-01' + i AS date, channel, 50 + (i * k) % \
                    100 AS spend, best * (50 + (i * k) % 100) / (half + 50 + (i * k) % 100) AS revenue FROM \
                    generate_series(0, 89) AS s(i), (VALUES ('email', 37, 400.0, 60), ('tiktok', 41, 900.0, \
                    300)) AS c(channel, k, best, half); SELECT count(*), sum(recommended_spend) FROM \
                    ALLOCATE_BUDGET(TABLE history, budget => 200)
                    """,
                answer: "2 | 200"),
            FunctionEntry(
                "simulate_budget",
                """
                What a proposed split of money over channels is expected to bring, with intervals, against what \
                they spend now; channels that `spends` leaves out keep their present spend.
                """,
                example: """
                    CREATE TEMP TABLE history AS SELECT date '2026-01-01' + i AS date, channel, 50 + (i * k) % \
                    100 AS spend, best * (50 + (i * k) % 100) / (half + 50 + (i * k) % 100) AS revenue FROM \
                    generate_series(0, 89) AS s(i), (VALUES ('email', 37, 400.0, 60), ('tiktok', 41, 900.0, \
                    300)) AS c(channel, k, best, half); SELECT channel, spend, gain > 0 FROM \
                    SIMULATE_BUDGET(TABLE history, spends => (SELECT * FROM (VALUES ('email', 50), ('tiktok', \
                    150)) AS v(channel, spend)), totals => false)
                    """,
                answer: """
                    email | 50 | f
                    tiktok | 150 | t
                    """),
            FunctionEntry(
                "response_curve",
                """
                The response curve of a channel, or of all, as points to draw: outcome by spend with its \
                interval and slope, the present position among them.
                """,
                example: """
                    CREATE TEMP TABLE history AS SELECT date '2026-01-01' + i AS date, channel, 50 + (i * k) % \
                    100 AS spend, best * (50 + (i * k) % 100) / (half + 50 + (i * k) % 100) AS revenue FROM \
                    generate_series(0, 89) AS s(i), (VALUES ('email', 37, 400.0, 60), ('tiktok', 41, 900.0, \
                    300)) AS c(channel, k, best, half); SELECT channel, count(*), count(*) FILTER \
                    (WHERE is_current) FROM RESPONSE_CURVE(TABLE history, channel => 'email', points => 11) \
                    GROUP BY channel
                    """,
                answer: "email | 12 | 1"),
            FunctionEntry(
                "backtest_budget",
                """
                What `ALLOCATE_BUDGET` would have gained over the splits really used: at dates of the past it \
                knows only what was known then, and curves of the time after judge it.
                """,
                example: """
                    CREATE TEMP TABLE history AS SELECT date '2026-01-01' + i AS date, channel, 50 + (i * k) % \
                    100 AS spend, best * (50 + (i * k) % 100) / (half + 50 + (i * k) % 100) AS revenue FROM \
                    generate_series(0, 89) AS s(i), (VALUES ('email', 37, 400.0, 60), ('tiktok', 41, 900.0, \
                    300)) AS c(channel, k, best, half); SELECT test, test_start, test_end FROM \
                    BACKTEST_BUDGET(TABLE history) WHERE channel = 'TOTAL' AND test IS NOT NULL ORDER BY test
                    """,
                answer: """
                    1 | 2026-02-15 | 2026-02-25
                    2 | 2026-02-26 | 2026-03-08
                    3 | 2026-03-09 | 2026-03-31
                    """),
            FunctionEntry(
                "settling_curve",
                """
                Which part of a day's final value is known at each age of the day, learnt from the history of a \
                table; with an interval for a single day. The table keeps its history.
                """,
                example: """
                    CREATE TABLE loads (day date PRIMARY KEY, revenue bigint) WITH (history = '90 days'); INSERT \
                    INTO loads VALUES (current_date - 3, 70); SELECT count(*) AS watched_ages FROM \
                    SETTLING_CURVE('loads', 'revenue')
                    """,
                answer: "0"),
            FunctionEntry(
                "expected_final",
                """
                What the latest days of each channel will have come to when all is counted, with an interval, \
                by the curve of `SETTLING_CURVE`.
                """,
                example: """
                    CREATE TABLE loaded (day date PRIMARY KEY, revenue bigint) WITH (history = '90 days'); INSERT \
                    INTO loaded VALUES (current_date - 3, 70); SELECT age, known, expected, is_settled, notice \
                    FROM EXPECTED_FINAL('loaded', 'revenue')
                    """,
                answer: "3 | 70 | NULL | f | no day of this age was watched to the next"),
            FunctionEntry(
                "recommend",
                """
                What to do, in words (`en` or `ru`), most important first: each with the rows of other functions \
                that it rests on and the SQL that gives them again. `format => 'json'` gives all as one document; \
                `llm => 'off'` asks no language model for better words, which happens in sessions with a \
                `demetra.llm_url` alone.
                """,
                example: """
                    CREATE TEMP TABLE spendings AS SELECT date '2026-01-01' + i AS date, channel, 100 + i % 7 AS \
                    spend, (100 + i % 7) * roas + i % 5 AS revenue FROM generate_series(0, 59) AS s(i), (VALUES \
                    ('email', 3.0), ('tiktok', 0.4)) AS c(channel, roas); SELECT rank, kind, channel, confidence \
                    FROM RECOMMEND(TABLE spendings) WHERE kind = 'pause'
                    """,
                answer: "1 | pause | tiktok | high"),
            FunctionEntry(
                "forecast",
                """
                Continues one series or thousands: per series and step the expected value with an interval \
                that covers `level` of the cases, the method and its skill against the last season again.
                """,
                example: """
                    SELECT ts, round(forecast::numeric), method FROM FORECAST((SELECT date '2026-01-01' + i AS \
                    ts, 100 + 10 * (i % 7) AS y FROM generate_series(0, 55) AS s(i)), horizon => 2)
                    """,
                answer: """
                    2026-02-26 | 100 | ensemble
                    2026-02-27 | 110 | ensemble
                    """),
            FunctionEntry(
                "detect_anomalies",
                """
                The rows of a series with what the rows before them let expect, how unusual each one is, \
                and an alarm at the first row of each episode that departs too far.
                """,
                example: """
                    CREATE TEMP TABLE clicks AS SELECT date '2026-01-01' + i AS ts, CASE i WHEN 50 THEN 900 \
                    ELSE 100 + i % 7 END AS value FROM generate_series(0, 59) AS s(i); SELECT ts, value, kind, \
                    severity FROM DETECT_ANOMALIES(TABLE clicks) WHERE is_anomaly
                    """,
                answer: "2026-02-20 | 900 | spike | high"),
            FunctionEntry(
                "compare_channels",
                """
                Compares each channel with all others, or with one of them, by `roi`, `roas`, `cpa`, `cpc`, \
                `cvr` or `ctr`: the ratio of sums with its interval, and `better` or `worse` only where the \
                difference stands after correction for the number of channels.
                """,
                example: """
                    CREATE TEMP TABLE ads AS SELECT date '2026-01-01' + i AS date, channel, 100 AS spend, 100 * \
                    roas + i % 7 AS revenue FROM generate_series(0, 29) AS s(i), (VALUES ('email', 3), \
                    ('tiktok', 2)) AS c(channel, roas); SELECT channel, round(value::numeric, 2), verdict FROM \
                    COMPARE_CHANNELS(TABLE ads, metric => 'roas')
                    """,
                answer: """
                    email | 3.03 | better
                    tiktok | 2.03 | worse
                    """),
            FunctionEntry(
                "audience",
                """
                Compares segments, combinations of the columns that `segment` names, as `COMPARE_CHANNELS` \
                compares channels; with `channel` within each channel.
                """,
                example: """
                    CREATE TEMP TABLE ads AS SELECT date '2026-01-01' + i AS date, gender, 100 AS spend, 100 * \
                    roas + i % 7 AS revenue FROM generate_series(0, 29) AS s(i), (VALUES ('F', 3), ('M', 2)) AS \
                    c(gender, roas); SELECT gender, round(value::numeric, 2), verdict FROM AUDIENCE(TABLE ads, \
                    segment => 'gender', metric => 'roas')
                    """,
                answer: """
                    F | 3.03 | better
                    M | 2.03 | worse
                    """),
            FunctionEntry(
                "best_time",
                """
                The rate of clicks by hour, weekday or hour of the week in the time zone of the account, \
                drawn towards what weekday and hour let expect, and which times are better than the others.
                """,
                example: """
                    CREATE TEMP TABLE slots AS SELECT timestamp '2026-01-05' + i * interval '1 hour' AS ts, 1000 \
                    AS impressions, CASE i % 24 WHEN 20 THEN 40 ELSE 20 END + i % 5 AS clicks FROM \
                    generate_series(0, 671) AS s(i); SELECT hour, rate > 0.04, rank FROM BEST_TIME(TABLE slots, \
                    ts => 'ts') WHERE significant
                    """,
                answer: "20 | t | 1"),
            FunctionEntry(
                "drivers",
                """
                Why a metric moved between two periods: for each segment the part of the change that comes \
                from its own rate and from its share, which sum to the whole change, with intervals.
                """,
                example: """
                    CREATE TEMP TABLE ads AS SELECT date '2026-01-01' + i AS date, channel, 100 AS spend, CASE \
                    WHEN i < 31 THEN 200 ELSE later END + i % 7 AS revenue FROM generate_series(0, 58) AS s(i), \
                    (VALUES ('email', 300), ('tiktok', 200)) AS c(channel, later); SELECT channel, \
                    round(rate_effect::numeric, 1), round(mix_effect::numeric, 1), verdict FROM DRIVERS(TABLE \
                    ads, metric => 'roas', period_a => '2026-01', period_b => '2026-02')
                    """,
                answer: """
                    email | 0.5 | 0.0 | raised
                    tiktok | 0.0 | 0.0 | no effect shown
                    """),
        ])
}
