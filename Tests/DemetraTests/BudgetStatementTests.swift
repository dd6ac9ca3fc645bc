import Demetra
import Testing

/// SIMULATE_BUDGET, RESPONSE_CURVE, BACKTEST_BUDGET and EXPLAIN_PREDICT as SQL.
@Suite struct `Budgets and explanations in SQL` {
    private let test: TestDatabase

    init() throws {
        test = try TestDatabase()
        try test.rows(
            """
            CREATE TABLE history AS
            SELECT date '2026-01-01' + i AS date, c.channel, 50 + (i * c.k) % 100 AS spend,
                   c.top * (50 + (i * c.k) % 100) / (c.half + 50 + (i * c.k) % 100) AS revenue
            FROM generate_series(0, 89) AS g(i), (VALUES ('Email', 37, 400.0, 60), ('TikTok', 41, 900.0, 300))
                 AS c(channel, k, top, half);
            CREATE TABLE plan (channel text, spend numeric(10, 2));
            INSERT INTO plan VALUES ('TikTok', 150)
            """)
    }

    @Test func `outcomes that channels report of themselves are said to be so, one for all is not`()
        throws
    {
        let test = try TestDatabase()
        try test.rows(
            """
            CREATE TABLE long AS SELECT date '2026-01-01' + i AS date, c AS channel, 10.0 + i % 7 AS spend,
                                        20.0 + (i * ascii(c)) % 13 AS revenue
            FROM generate_series(0, 39) AS s(i), (VALUES ('a'), ('b')) AS v(c);
            CREATE TABLE wide AS SELECT date '2026-01-01' + 7 * i AS date, 10.0 + i % 7 AS spend_a,
                                        20.0 + i % 5 AS spend_b, 90.0 + i % 11 AS revenue
            FROM generate_series(0, 39) AS s(i)
            """)
        let long = "ALLOCATE_BUDGET(TABLE long, budget => 20)"
        let both = try test.answer(
            "SELECT count(*) FROM \(long) AS x JOIN \(long) AS y USING (channel)")
        #expect(both.notices.filter { $0.message.contains("claim too much") }.count == 1)
        let wide = try test.answer(
            "SELECT * FROM ALLOCATE_BUDGET(TABLE wide, spend => 'spend_%', budget => 30)")
        #expect(wide.notices.isEmpty)
    }

    @Test func `a plan is simulated from a table, a query and in a view`() throws {
        let table = try test.rows(
            "SELECT * FROM SIMULATE_BUDGET(TABLE history, spends => TABLE plan)")
        #expect(table.map { $0["channel"]?.string } == ["Email", "TikTok", "TOTAL"])
        #expect(table[1]["gain"]?.number ?? 0 > 0)
        let query = try test.rows(
            """
            WITH s AS (SELECT * FROM SIMULATE_BUDGET(
                (SELECT * FROM history ORDER BY revenue), spends => (SELECT 'TikTok' AS channel, 150 AS spend)))
            SELECT s.* FROM s ORDER BY channel = 'TOTAL', channel
            """)
        #expect(query == table)
        try test.rows(
            """
            CREATE VIEW simulated AS SELECT * FROM SIMULATE_BUDGET(TABLE history, spends => TABLE plan)
            """)
        #expect(try test.rows("SELECT * FROM simulated") == table)
        let error = test.failure(
            "SELECT * FROM SIMULATE_BUDGET(TABLE history, spends => (SELECT 'TikTk' AS channel, 1 AS spend))"
        )
        #expect(error?.sqlState == .invalidParameterValue)
        #expect(error?.hint?.contains("TikTok") == true)
        let text = test.failure(
            "SELECT * FROM SIMULATE_BUDGET(TABLE history, spends => (SELECT 'TikTok' AS channel, true AS spend))"
        )
        #expect(text?.sqlState == .datatypeMismatch)
    }

    @Test func `curves and back-tests stand in joins and groups`() throws {
        let points = try test.rows(
            """
            SELECT c.channel, count(*) AS points, max(c.response) FILTER (WHERE c.is_current) AS present,
                   min(s.current_response) AS simulated
            FROM RESPONSE_CURVE(TABLE history) AS c
            JOIN SIMULATE_BUDGET(TABLE history, spends => TABLE plan) AS s ON s.channel = c.channel
            GROUP BY c.channel ORDER BY c.channel
            """)
        #expect(points.count == 2)
        #expect(points.allSatisfy { $0["present"] == $0["simulated"] })
        let one = try test.rows(
            "SELECT DISTINCT channel FROM RESPONSE_CURVE(TABLE history, 'Email')")
        #expect(one == [["channel": .text("Email")]])
        let tests = try test.rows(
            """
            SELECT test, sum(gain) AS parts, (SELECT gain FROM BACKTEST_BUDGET(TABLE history) AS t
              WHERE t.test = b.test AND channel = 'TOTAL') AS total
            FROM BACKTEST_BUDGET(TABLE history) AS b WHERE channel <> 'TOTAL' GROUP BY test ORDER BY test
            """)
        #expect(tests.count == 3)
        for row in tests {
            #expect(abs((row["parts"]?.number ?? .nan) - (row["total"]?.number ?? 0)) < 1e-6)
        }
    }

    @Test func `contributions sum to what PREDICT says`() throws {
        try test.rows(
            """
            CREATE TABLE campaigns (campaign_id int, channel text, goal text, spend float8, roi float8);
            INSERT INTO campaigns SELECT i, CASE i % 3 WHEN 0 THEN 'tiktok' WHEN 1 THEN 'email' ELSE 'search' END,
              CASE (i / 3) % 2 WHEN 0 THEN 'sales' ELSE 'reach' END, (i * 37) % 1000 + 10,
              i % 3 + 0.5 * ((i / 3) % 2) + ((i * 37) % 1000) / 500.0 + ((i * 7919) % 100) / 200.0
            FROM generate_series(1, 600) AS g(i);
            CREATE MODEL roi FROM TABLE campaigns TARGET roi ID campaign_id
            """)
        let rows = try test.rows(
            """
            SELECT p.campaign_id, p.predicted, e.sum, e.parts
            FROM PREDICT('roi', TABLE campaigns) AS p
            JOIN (SELECT id, min(base_value) + sum(contribution) AS sum, count(*) AS parts
                  FROM EXPLAIN_PREDICT('roi', TABLE campaigns, id => 'campaign_id') GROUP BY id) AS e
              ON e.id = p.campaign_id
            """)
        #expect(rows.count == 600)
        for row in rows {
            let predicted = row["predicted"]?.number ?? .nan
            #expect(abs((row["sum"]?.number ?? 0) - predicted) <= 1e-9 * abs(predicted))
            #expect(row["parts"] == .integer(3))
        }
        #expect(
            test.failure("SELECT * FROM EXPLAIN_PREDICT('no', TABLE campaigns)")?.sqlState
                == .undefinedObject)
        try test.reopen()
        let again = try test.rows(
            "SELECT DISTINCT base_value FROM EXPLAIN_PREDICT('roi', TABLE campaigns)")
        #expect(again.count == 1)
    }
}
