import Demetra
import Foundation
import Testing

/// COMPARE_CHANNELS, AUDIENCE, BEST_TIME and DRIVERS as SQL sees them.
@Suite struct `Comparisons in statements` {
    private func database() throws -> TestDatabase {
        let test = try TestDatabase()
        try test.rows(
            """
            CREATE TABLE ads AS
            SELECT timestamptz '2026-01-01 00:30:00+00' + i * interval '6 hours' AS ts, c.channel,
                   (20 + (i * c.k) % 17)::numeric(12,2) AS cost,
                   (20 + (i * c.k) % 17) * c.roas * (0.8 + ((i * 7919) % 41) / 100.0) AS revenue,
                   1000 + (i * c.k) % 300 AS impressions, 20 + (i * c.k) % 9 AS clicks
            FROM generate_series(0, 239) AS g(i),
                 (VALUES ('Email', 37, 3.0), ('Search', 41, 2.0), ('TikTok', 53, 2.0)) AS c(channel, k, roas)
            """)
        return test
    }

    @Test func `stand in views, joins, common tables and expressions over them`() throws {
        let test = try database()
        try test.rows(
            "CREATE VIEW best AS SELECT * FROM COMPARE_CHANNELS(TABLE ads, metric => 'roas')")
        let rows = try test.rows(
            """
            WITH plain AS (SELECT channel, sum(revenue) / sum(cost) AS roas FROM ads GROUP BY 1)
            SELECT b.channel, b.value, p.roas::float8 AS roas, b.verdict
            FROM best AS b JOIN plain AS p USING (channel) ORDER BY 1
            """)
        #expect(rows.map { $0["channel"]?.string } == ["Email", "Search", "TikTok"])
        #expect(rows.map { $0["verdict"]?.string } == ["better", "worse", "worse"])
        for row in rows {
            #expect(abs((row["value"]?.number ?? .nan) - (row["roas"]?.number ?? 0)) < 1e-9)
        }
    }

    @Test func `have their columns in the order and of the types that were promised`() throws {
        let test = try database()
        func columns(_ call: String) throws -> [String] {
            try test.answer("SELECT * FROM \(call) LIMIT 0").schema.fields
                .map { "\($0.name) \($0.type)" }
        }
        let double = "double precision"
        let compared =
            ["channel text", "n bigint"]
            + [
                "spend", "value", "lower", "upper", "diff", "diff_lower", "diff_upper", "p_value",
                "p_best",
            ].map { "\($0) \(double)" } + ["significant boolean", "verdict text"]
        #expect(try columns("COMPARE_CHANNELS(TABLE ads)") == compared)
        #expect(
            try columns("AUDIENCE(TABLE ads, segment => 'clicks')") == ["clicks integer"] + compared
        )
        #expect(
            try columns("BEST_TIME(TABLE ads, 'ts')")
                == ["channel text", "dow integer", "hour integer", "impressions bigint"]
                + ["rate", "shrunk_rate", "lower", "upper", "lift", "p_best"].map {
                    "\($0) \(double)"
                }
                + ["significant boolean", "rank integer"])
        #expect(
            try columns("DRIVERS(TABLE ads, period_a => '2026-01', period_b => '2026-02')").count
                == 17)
    }

    @Test func `sum their drivers to the change that SQL finds`() throws {
        let test = try database()
        let rows = try test.rows(
            """
            SELECT (SELECT sum(effect) FROM DRIVERS(TABLE ads, metric => 'roas', period_a => '2026-01',
                      period_b => ARRAY['2026-02-01', '2026-02-28'])) AS effects,
                   (SELECT sum(revenue) FILTER (WHERE ts >= '2026-02-01') / sum(cost) FILTER (WHERE ts >= '2026-02-01')
                         - sum(revenue) FILTER (WHERE ts < '2026-02-01') / sum(cost) FILTER (WHERE ts < '2026-02-01')
                    FROM ads WHERE ts < '2026-03-01')::float8 AS change
            """)
        let effects = rows.first?["effects"]?.number ?? .nan
        #expect(abs(effects - (rows.first?["change"]?.number ?? 0)) < 1e-9)
    }

    @Test func `give the same answer each time`() throws {
        let test = try database()
        let sql = "SELECT * FROM COMPARE_CHANNELS(TABLE ads, metric => 'ctr')"
        #expect(try test.rows(sql) == test.rows(sql))
    }

    @Test(.enabled(if: SharedFiles.arePresent, Comment(rawValue: SharedFiles.absence)))
    func `of real slots borrow, rank and stay within their intervals`() throws {
        let test = try TestDatabase()
        try test.importFile(
            SharedFiles.directory + "data/channels/tabmo_slots.csv", into: "slots")
        let hours = try test.rows(
            "SELECT * FROM BEST_TIME(TABLE slots, ts => 'ts', tz => 'Europe/Paris') ORDER BY rank")
        #expect((6...12).contains(hours.count))
        for row in hours {
            let shrunk = row["shrunk_rate"]?.number ?? .nan
            #expect((row["lower"]?.number ?? .nan) <= shrunk)
            #expect((row["upper"]?.number ?? .nan) >= shrunk)
        }
        let week = try test.rows(
            """
            SELECT sum(impressions) = (SELECT sum(impressions) FROM slots) AS is_all,
                   stddev(shrunk_rate) < stddev(rate) AS is_shrunk, count(*) AS cells
            FROM BEST_TIME(TABLE slots, ts => 'ts', by => 'dow_hour')
            """)
        #expect(week.first?["is_all"] == .boolean(true))
        #expect(week.first?["is_shrunk"] == .boolean(true))
        #expect(week.first?["cells"] == .integer(42))
    }

    @Test(.enabled(if: SharedFiles.arePresent, Comment(rawValue: SharedFiles.absence)))
    func `of messy campaigns survive, and say what they left out`() throws {
        let test = try TestDatabase()
        try test.importFile(
            SharedFiles.directory + "data/roi/campaigns_messy.csv", into: "campaigns")
        let rows = try test.rows("SELECT * FROM COMPARE_CHANNELS(TABLE campaigns)")
        #expect(rows.contains { $0["channel"]?.string == "facebook ads" })
        #expect(rows.allSatisfy { !($0["verdict"]?.string ?? "").isEmpty })
        let segments = try test.rows(
            "SELECT * FROM AUDIENCE(TABLE campaigns, segment => 'region,device,age_group', metric => 'ctr')"
        )
        #expect(segments.count > 10)
    }
}
