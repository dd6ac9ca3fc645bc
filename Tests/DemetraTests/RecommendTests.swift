import Demetra
import Testing

@Suite struct `Recommendations` {
    /// Google earns, TikTok loses and is clicked less of late, Google's revenue breaks down on one day, and one name is
    /// spelled in two ways.
    private func database() throws -> TestDatabase {
        let test = try TestDatabase()
        try test.rows(
            """
            CREATE TABLE ads AS
            SELECT DATE '2026-01-01' + d AS date, c.channel,
                   round((c.s * (1 + 0.3 * sin(d * c.k)))::numeric, 2)::float8 AS spend,
                   round((c.r * (1 - exp(-c.s * (1 + 0.3 * sin(d * c.k)) / c.h)) * (1 + 0.1 * sin(d * 7.1 + c.k))
                     * CASE WHEN d = 118 AND c.channel = 'Google' THEN 0.1 ELSE 1 END)::numeric, 2)::float8 AS revenue,
                   1000 + 10 * (d % 13) AS impressions,
                   CASE WHEN c.channel = 'TikTok' AND d > 105 THEN 12 ELSE 30 END + d % 5 AS clicks
            FROM generate_series(0, 119) AS s(d),
                 (VALUES ('Google', 1000.0, 4000.0, 900.0, 1.3), ('Meta', 800.0, 900.0, 300.0, 0.7),
                         ('TikTok', 600.0, 500.0, 400.0, 2.1), ('tiktok', 50.0, 20.0, 400.0, 2.1)) AS c(channel, s, r, h, k)
            """)
        try test.rows("INSERT INTO ads VALUES ('2026-02-01', 'Meta', -5, 0, 0, 0)")
        return test
    }

    private func kinds(_ rows: [[String: Value]]) -> [String] {
        rows.map { row in
            [row["kind"]?.string ?? "?", row["channel"]?.string ?? ""].filter { !$0.isEmpty }
                .joined(separator: " ")
        }
    }

    @Test func `name what earns, what loses, what broke and what is wrong with the rows`() throws {
        let rows = try database().rows("SELECT * FROM RECOMMEND(TABLE ads)")
        let kinds = kinds(rows)
        for wanted in [
            "reallocation Google", "pause TikTok", "pause tiktok", "fatigue TikTok",
            "anomaly Google", "data_quality",
        ] {
            #expect(kinds.contains(wanted), "\(wanted) among \(kinds)")
        }
        #expect(rows.count <= 7)
        #expect(rows.map { $0["rank"]?.number } == (1...rows.count).map { Double($0) })
        #expect(rows.allSatisfy { $0["source"]?.string == "rules" })
    }

    @Test func `every row of evidence comes again from its statement`() throws {
        let test = try database()
        let rows = try test.rows(
            """
            SELECT e.item ->> 'sql' AS sql, e.item -> 'rows' AS rows
            FROM RECOMMEND(TABLE ads) AS r,
                 LATERAL json_array_elements(CASE json_typeof(r.evidence) WHEN 'array' THEN r.evidence
                                                  ELSE json_build_array(r.evidence) END) AS e(item)
            """)
        #expect(rows.count >= 6)
        for row in rows {
            let sql = try #require(row["sql"]?.string)
            let cited = try #require(row["rows"]?.string)
            let missing = try test.rows(
                """
                WITH answer AS (SELECT row_to_json(a)::jsonb AS item FROM (\(sql)) AS a)
                SELECT c.item FROM jsonb_array_elements('\(cited.replacing("'", with: "''"))'::jsonb) AS c(item)
                WHERE NOT EXISTS (
                    SELECT 1 FROM answer WHERE NOT EXISTS (
                        SELECT 1 FROM jsonb_each_text(c.item) AS f(key, value)
                        WHERE CASE WHEN f.value ~ '^-?[0-9.]+(e-?[0-9]+)?$'
                              THEN abs((answer.item ->> f.key)::float8 - f.value::float8)
                                   > 1e-6 * greatest(1, abs(f.value::float8))
                              ELSE (answer.item ->> f.key) IS DISTINCT FROM f.value END))
                """)
            #expect(missing.isEmpty, "\(sql)")
        }
    }

    @Test func `speak Russian, with the same numbers`() throws {
        let test = try database()
        let rows = try test.rows(
            """
            SELECT e.text AS english, r.text AS russian
            FROM RECOMMEND(TABLE ads) AS e JOIN RECOMMEND(TABLE ads, lang => 'ru') AS r USING (rank)
            """)
        #expect(rows.count >= 6)
        func digits(_ text: String?) -> [Character] {
            (text ?? "").filter { $0.isNumber }.sorted()
        }
        for row in rows where row["english"]?.string.contains("last 14 days") == false {
            #expect(digits(row["english"]?.string) == digits(row["russian"]?.string))
        }
        #expect(
            rows.allSatisfy { $0["russian"]?.string.contains { $0 >= "А" && $0 <= "я" } == true })
    }

    @Test func `find nothing to do where all channels are alike`() throws {
        let test = try TestDatabase()
        var found: [String] = []
        for seed in 1...5 {
            try test.rows(
                """
                CREATE OR REPLACE VIEW same AS
                SELECT DATE '2026-01-01' + d AS date, chr(65 + c) AS channel,
                       80 + (d * 7919 + c * 104729 + \(seed) * 1299709) % 41 AS spend,
                       (150 + (d * 15485863 + c * 32452843 + \(seed) * 49979687) % 101)::float8 AS revenue
                FROM generate_series(0, 89) AS s(d), generate_series(0, 3) AS t(c)
                """)
            found += kinds(try test.rows("SELECT kind, NULL AS channel FROM RECOMMEND(TABLE same)"))
        }
        #expect(found.filter { $0 == "pause" || $0 == "scale" }.isEmpty, "\(found)")
        #expect(found.filter { $0 == "reallocation" }.count <= 1, "\(found)")
    }

    @Test func `say that there is too little, of few rows and of none`() throws {
        let test = try database()
        for filter in ["false", "date < '2026-01-05'", "spend IS NULL", "spend < 0"] {
            let rows = try test.rows(
                "SELECT * FROM RECOMMEND((SELECT * FROM ads WHERE \(filter)))")
            #expect(kinds(rows) == ["data_quality"], "\(filter)")
            #expect(rows[0]["text"]?.string.contains("Too little data") == true)
        }
    }

    @Test func `are at most three of a kind, however many channels lose money`() throws {
        let test = try TestDatabase()
        try test.rows(
            """
            CREATE TABLE many AS
            SELECT DATE '2026-01-01' + d AS date, 'c' || c AS channel, 50.0 + (d * c) % 37 AS spend,
                   CASE WHEN c < 8 THEN 0.2 ELSE 3 END * (50.0 + (d * c) % 37) + (d * c * 7) % 5 AS revenue
            FROM generate_series(0, 59) AS s(d), generate_series(1, 12) AS t(c)
            """)
        let kinds = try test.rows(
            "SELECT kind, count(*) AS n FROM RECOMMEND(TABLE many) GROUP BY 1")
        #expect(kinds.contains { $0["kind"]?.string == "pause" && $0["n"]?.number == 3 })
        #expect(kinds.allSatisfy { ($0["n"]?.number ?? 0) <= 3 })
    }

    @Test func `quote names of channels as data`() throws {
        let test = try database()
        try test.rows(
            "UPDATE ads SET channel = E'Goo\\ngle''; DROP TABLE ads; --' WHERE channel = 'Google'")
        let rows = try test.rows("SELECT * FROM RECOMMEND(TABLE ads)")
        #expect(
            rows.contains { $0["text"]?.string.contains("'Goo gle'; DROP TABLE ads; --'") == true }
        )
    }

    @Test(arguments: [
        ("TABLE ads, lang => 'fr'", "22023"), ("TABLE ads, spend => 'cost'", "42703"),
        ("TABLE ads, spend => 'channel'", "42804"), ("TABLE ads, ts => 'spend'", "42804"),
        ("TABLE ads, level => 2", "22023"), ("TABLE ads, sped => 'spend'", "42883"), ("1", "42883"),
        ("TABLE ads, settling => 'ads'", "55000"),
    ])
    func `refuse bad arguments`(_ arguments: String, _ code: String) throws {
        let error = try database().failure("SELECT * FROM RECOMMEND(\(arguments))")
        #expect(error?.sqlState.code == code, "\(error?.message ?? "no error")")
    }
}
