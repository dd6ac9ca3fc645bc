import Demetra
import Foundation
import Testing

/// Every analytic function on relations that are odd in one way: an answer of finite numbers, or an error that names
/// what is wrong; never anything else.
@Suite struct `Odd relations` {
    private let test: TestDatabase

    /// Days of two channels as rows of `date, ts, channel, goal, spend, revenue, clicks, impressions, conversions`.
    private static let usual = """
        SELECT date '2026-01-01' + i AS date, timestamp '2026-01-01' + i * interval '1 day' AS ts,
          c AS channel, CASE i % 2 WHEN 0 THEN 'sales' ELSE 'reach' END AS goal,
          (100 + 30 * sin(i) + 10 * length(c))::float8 AS spend,
          (200 + 50 * cos(i) + 20 * length(c))::float8 AS revenue,
          (40 + i % 7)::float8 AS clicks, (1000 + 10 * (i % 5))::float8 AS impressions,
          (4 + i % 3)::float8 AS conversions
        FROM generate_series(0, 59) AS g(i), (VALUES ('meta'), ('tiktok')) AS v(c)
        """

    /// What is odd, and the columns that differ from the usual ones.
    private static let relations: [(name: String, sql: String)] = [
        ("no rows", "SELECT * FROM usual WHERE false"),
        ("one row", "SELECT * FROM usual LIMIT 1"),
        (
            "all NULL",
            """
            SELECT date, ts, channel, goal, NULL::float8 AS spend, NULL::float8 AS revenue,
              NULL::float8 AS clicks, NULL::float8 AS impressions, NULL::float8 AS conversions FROM usual
            """
        ),
        (
            "NULL channels and days",
            """
            SELECT CASE WHEN clicks > 42 THEN date END AS date, CASE WHEN clicks > 42 THEN ts END AS ts,
              CASE WHEN clicks > 41 THEN channel END AS channel, goal, spend, revenue, clicks, impressions,
              conversions FROM usual
            """
        ),
        (
            "constant",
            """
            SELECT date, ts, channel, goal, 100.0::float8 AS spend, 150.0::float8 AS revenue,
              10.0::float8 AS clicks, 1000.0::float8 AS impressions, 1.0::float8 AS conversions FROM usual
            """
        ),
        ("all zero", scaled("0")),
        (
            "NaN and infinity",
            """
            SELECT date, ts, channel, goal, CASE WHEN clicks = 40 THEN 'NaN' ELSE spend END AS spend,
              CASE WHEN clicks = 41 THEN 'Infinity' WHEN clicks = 43 THEN 'NaN' ELSE revenue END AS revenue,
              CASE WHEN clicks = 42 THEN '-Infinity' ELSE clicks END AS clicks,
              CASE WHEN clicks = 44 THEN 'NaN' ELSE impressions END AS impressions, conversions FROM usual
            """
        ),
        (
            "negative amounts",
            """
            SELECT date, ts, channel, goal, CASE WHEN clicks = 40 THEN -spend ELSE spend END AS spend,
              CASE WHEN clicks = 41 THEN -revenue ELSE revenue END AS revenue, clicks, impressions,
              conversions FROM usual
            """
        ),
        ("days twice", "SELECT * FROM usual UNION ALL SELECT * FROM usual WHERE clicks > 42"),
        ("gaps", "SELECT * FROM usual WHERE extract(day FROM date)::int % 7 NOT IN (2, 3)"),
        ("huge", scaled("1e12")), ("tiny", scaled("1e-9")),
        ("near the largest double", scaled("1e300")),
        ("one channel", "SELECT * FROM usual WHERE channel = 'meta'"),
        (
            "a channel without spend",
            """
            SELECT date, ts, channel, goal, CASE channel WHEN 'meta' THEN 0 ELSE spend END AS spend,
              revenue, clicks, impressions, conversions FROM usual
            """
        ),
        (
            "spellings",
            """
            SELECT date, ts, CASE WHEN clicks > 43 THEN upper(channel) ELSE channel END AS channel, goal, spend,
              revenue, clicks, impressions, conversions FROM usual
            """
        ),
        (
            "many channels of few days",
            """
            SELECT date, ts, channel || (clicks::int % 7) || (impressions::int % 50) AS channel, goal, spend,
              revenue, clicks, impressions, conversions FROM usual
            """
        ),
        (
            "days across a change of clocks",
            """
            SELECT date '2026-03-20' + (date - date '2026-01-01') AS date,
              (timestamp '2026-03-28 20:00' + (date - date '2026-01-01') * interval '1 hour')::timestamptz AS ts,
              channel, goal, spend, revenue, clicks, impressions, conversions FROM usual
            """
        ),
        (
            "days at the ends of time",
            """
            SELECT CASE WHEN clicks = 40 THEN date 'infinity' WHEN clicks = 41 THEN date '0001-01-01'
                WHEN clicks = 42 THEN date '5000000-01-01' ELSE date END AS date,
              CASE WHEN clicks = 40 THEN timestamp 'infinity' WHEN clicks = 41 THEN timestamp '0001-01-01'
                ELSE ts END AS ts,
              channel, goal, spend, revenue, clicks, impressions, conversions FROM usual
            """
        ),
        (
            "clicks above impressions",
            """
            SELECT date, ts, channel, goal, spend, revenue, impressions AS clicks, clicks AS impressions,
              spend AS conversions FROM usual
            """
        ),
    ]

    private static func scaled(_ factor: String) -> String {
        """
        SELECT date, ts, channel, goal, spend * \(factor) AS spend, revenue * \(factor) AS revenue,
          clicks * \(factor) AS clicks, impressions * \(factor) AS impressions,
          conversions * \(factor) AS conversions FROM usual
        """
    }

    private static let calls = [
        "FORECAST(TABLE odd, ts => 'date', value => 'revenue', series => 'channel', horizon => 7)",
        "FORECAST(TABLE odd, ts => 'ts', value => 'revenue', horizon => 200)",
        """
        FORECAST(TABLE odd, ts => 'date', numerator => 'clicks', denominator => 'impressions',
          series => 'channel', horizon => 7, totals => true)
        """,
        "ALLOCATE_BUDGET(TABLE odd, budget => 200, per => 'day')",
        "ALLOCATE_BUDGET(TABLE odd, budget => 0, per => 'day', totals => true)",
        "ALLOCATE_BUDGET(TABLE odd, budget => 1000, target_roi => 1)",
        """
        SIMULATE_BUDGET(TABLE odd,
          spends => (SELECT * FROM (VALUES ('meta', 50), ('tiktok', 0)) AS p(channel, spend)), per => 'day')
        """,
        "RESPONSE_CURVE(TABLE odd, channel => 'meta', points => 5)",
        "BACKTEST_BUDGET(TABLE odd)",
        "DETECT_ANOMALIES(TABLE odd, ts => 'date', value => 'revenue', series => 'channel')",
        """
        DETECT_ANOMALIES(TABLE odd, ts => 'ts', numerator => 'clicks', denominator => 'impressions')
        """,
        "COMPARE_CHANNELS(TABLE odd, metric => 'roi')",
        "COMPARE_CHANNELS(TABLE odd, metric => 'cpa')",
        "COMPARE_CHANNELS(TABLE odd, metric => 'ctr')",
        "COMPARE_CHANNELS(TABLE odd, metric => 'cvr', baseline => 'meta')",
        "AUDIENCE(TABLE odd, segment => 'goal', metric => 'roas')",
        "BEST_TIME(TABLE odd, ts => 'ts')",
        "BEST_TIME(TABLE odd, ts => 'ts', by => 'dow_hour', tz => 'Europe/Berlin', channel => 'channel')",
        """
        DRIVERS(TABLE odd, metric => 'roas', period_a => '2026-01', period_b => '2026-02', by => 'channel',
          totals => true)
        """,
        "DRIVERS(TABLE odd, metric => 'ctr', period_a => '2026-01', period_b => '2026-02')",
        "RECOMMEND(TABLE odd)", "RECOMMEND(TABLE odd, lang => 'ru')",
        "PREDICT_ROI(TABLE odd, target => 'revenue', time => 'date')",
    ]

    init() throws {
        test = try TestDatabase()
        try test.rows("CREATE TABLE usual AS " + Self.usual)
    }

    /// Runs a statement that may fail with what a user can mend, and checks the numbers of its answer.
    private func check(_ sql: String, _ name: String) throws {
        do {
            for row in try test.rows(sql) {
                for (column, value) in row {
                    guard case .double(let number) = value else { continue }
                    #expect(number.isFinite, "\(column) is \(number) of: \(name): \(sql)")
                }
            }
        } catch let error as DemetraError {
            let code = error.sqlState.code
            let isUsersOwn = code.hasPrefix("22") || code.hasPrefix("42") || code.hasPrefix("54")
            #expect(isUsersOwn, "\(error) of: \(name): \(sql)")
            #expect(error.message.count > 10)
        }
    }

    @Test(arguments: relations.map(\.name))
    func `are answered with finite numbers or refused with a reason`(name: String) throws {
        let relation = try #require(Self.relations.first { $0.name == name })
        try test.rows("CREATE TABLE odd AS " + relation.sql)
        for call in Self.calls { try check("SELECT * FROM " + call, name) }
    }

    @Test(arguments: relations.map(\.name))
    func `teach models, or are refused with a reason`(name: String) throws {
        let relation = try #require(Self.relations.first { $0.name == name })
        try test.rows("CREATE TABLE odd AS " + relation.sql)
        let sources = [
            ("TABLE odd", ""), ("TABLE odd", "TIME date GROUP channel"),
            ("(SELECT *, revenue > 200 AS hit FROM odd)", ""),
        ]
        for (number, (source, clauses)) in sources.enumerated() {
            let target = number == 2 ? "hit" : "revenue"
            let task = number == 2 ? "classification" : "regression"
            let create = """
                CREATE OR REPLACE MODEL m FROM \(source) TARGET \(target) \(clauses)
                WITH (trees = 20, task = '\(task)')
                """
            try check("DROP MODEL IF EXISTS m", name)
            try check(create, name)
            guard try test.rows("SELECT 1 FROM demetra_models").count == 1 else { continue }
            for call in [
                "EVALUATE_MODEL('m')", "EXPLAIN_MODEL('m')", "PREDICT('m', TABLE usual)",
                "PREDICT('m', TABLE odd)", "EXPLAIN_PREDICT('m', TABLE odd)",
            ] {
                // The rows' own numbers may be odd; what is said of them may not.
                let columns = call.hasPrefix("PREDICT") ? "predicted, lower, upper, p_loss" : "*"
                try check("SELECT \(columns) FROM \(call)", name)
            }
        }
    }
}
