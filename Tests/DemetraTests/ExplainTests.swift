import Demetra
import Foundation
import Testing

/// EXPLAIN ANALYZE runs the statement, and each operator says what it did.
@Suite struct `An explained statement` {
    /// 200,000 rows of four months, one of them after the other, on disk.
    private func database() throws -> TestDatabase {
        let database = try TestDatabase()
        try database.answer(
            """
            CREATE TABLE ads (day date, channel text, clicks int, spend numeric(12, 2), note text)
            WITH (time = 'day', partition = '1 month')
            """)
        try database.answer(
            """
            INSERT INTO ads SELECT date '2025-01-01' + (i / 1667)::int, 'c' || i % 5, i, i / 100.0, 'n' || i
            FROM generate_series(0, 199999) AS g(i)
            """)
        try database.answer("CHECKPOINT")
        return database
    }

    private func plan(_ database: TestDatabase, _ sql: String) throws -> [String] {
        try database.answer(sql).map { try $0["QUERY PLAN", as: String.self] }
    }

    /// The line of the first operator whose title begins so, and a figure of it.
    private func figure(_ name: String, of title: String, in lines: [String]) throws -> String {
        let line = try #require(
            lines.first { $0.trimmingCharacters(in: .whitespaces).hasPrefix(title) }, "\(lines)")
        let match = try #require(try Regex("\(name)=([0-9.of ]+)").firstMatch(in: line), "\(line)")
        return String(match.output[1].substring ?? "").trimmingCharacters(in: .whitespaces)
    }

    @Test func `tells the rows and the time of each operator`() throws {
        let database = try database()
        let lines = try plan(
            database,
            "EXPLAIN ANALYZE SELECT channel, sum(spend) FROM ads WHERE clicks >= 100000 GROUP BY 1 ORDER BY 2"
        )
        #expect(try figure("rows", of: "Sort", in: lines) == "5")
        #expect(try figure("rows", of: "Aggregate", in: lines) == "5")
        #expect(try figure("rows", of: "Scan ads", in: lines) == "100000")
        for title in ["Sort", "Aggregate", "Scan ads"] {
            #expect(Double(try figure("time", of: title, in: lines)) != nil)
        }
        #expect(lines.contains("Rows: 5"))
        #expect(lines.contains { $0.hasPrefix("Planning Time: ") })
        #expect(lines.contains { $0.hasPrefix("Execution Time: ") })
    }

    @Test func `tells which part of a table was read`() throws {
        let database = try database()
        let some = try plan(
            database, "EXPLAIN ANALYZE SELECT sum(spend) FROM ads WHERE day >= '2025-04-01'")
        let groups = try figure("row groups", of: "Scan ads", in: some).split(separator: " ")
        #expect(groups.count == 3)
        let (read, all) = (try #require(Int(groups[0])), try #require(Int(groups[2])))
        #expect(read >= 1 && read < all)
        let few = try #require(Int(try figure("bytes", of: "Scan ads", in: some)))
        let whole = try plan(
            database, "EXPLAIN ANALYZE SELECT sum(spend), count(DISTINCT note) FROM ads")
        let many = try #require(Int(try figure("bytes", of: "Scan ads", in: whole)))
        #expect(few > 0 && many > few * 4)
    }

    @Test func `tells how long a function learnt and answered`() throws {
        let database = try database()
        let relation =
            "(SELECT day AS date, channel, sum(spend)::float8 AS spend, sum(clicks)::float8 AS revenue "
            + "FROM ads GROUP BY 1, 2)"
        for call in [
            "ALLOCATE_BUDGET(\(relation), budget => 1000)",
            "RESPONSE_CURVE(\(relation), points => 3)",
            "FORECAST(\(relation), ts => 'date', value => 'spend', series => 'channel', horizon => 3)",
            "PREDICT_ROI((SELECT i AS id, i % 3 AS x, i % 3 AS roi FROM generate_series(1, 60) AS g(i)))",
        ] {
            let lines = try plan(database, "EXPLAIN ANALYZE SELECT * FROM \(call)")
            for name in ["training", "inference"] {
                let title = "Table function " + call.prefix { $0 != "(" }.lowercased()
                #expect(try Double(figure(name, of: title, in: lines)) != nil, "\(lines)")
            }
        }
        let plain = try plan(
            database, "EXPLAIN ANALYZE SELECT * FROM COMPARE_CHANNELS(\(relation))")
        #expect(!plain.contains { $0.contains("training") })
    }

    @Test func `shows nodes that one operator carries out together`() throws {
        let database = try database()
        let lines = try plan(
            database, "EXPLAIN ANALYZE SELECT * FROM ads ORDER BY spend DESC LIMIT 3")
        #expect(try figure("rows", of: "Limit 3", in: lines) == "3")
        let sort = try #require(lines.first { $0.contains("Sort spend DESC") })
        #expect(!sort.contains("rows="))
        #expect(Int(try figure("rows", of: "Scan ads", in: lines)) ?? 0 >= 3)
    }

    @Test func `counts how often a correlated part ran`() throws {
        let database = try database()
        let lines = try plan(
            database,
            "EXPLAIN ANALYZE SELECT x, (SELECT count(*) FROM generate_series(1, x)) FROM generate_series(1, 7) AS t(x)"
        )
        #expect(try figure("loops", of: "Aggregate", in: lines) == "7")
        #expect(try figure("rows", of: "Expand generate_series(1, outer", in: lines) == "28")
    }

    @Test func `is a tree in JSON`() throws {
        let database = try database()
        for (sql, hasRun) in [
            ("EXPLAIN (FORMAT JSON) SELECT count(*) FROM ads WHERE clicks > 5", false),
            ("EXPLAIN (ANALYZE, FORMAT JSON) SELECT count(*) FROM ads WHERE clicks > 5", true),
        ] {
            let text = try plan(database, sql).joined()
            let document = try JSONSerialization.jsonObject(with: Data(text.utf8))
            let top = try #require((document as? [[String: Any]])?.first)
            var node = try #require(top["Plan"] as? [String: Any])
            while let inputs = node["Plans"] as? [[String: Any]] {
                node = try #require(inputs.first)
            }
            #expect((node["Node Type"] as? String)?.hasPrefix("Scan ads") == true)
            #expect((node["Actual Rows"] as? Int) == (hasRun ? 199_994 : nil))
            #expect((top["Execution Time"] != nil) == hasRun)
        }
    }

    @Test func `writes what it explains, with ANALYZE alone`() throws {
        let database = try database()
        let planned = try plan(database, "EXPLAIN DELETE FROM ads WHERE clicks < 10")
        #expect(planned.first == "Delete from ads")
        #expect(try database.answer("SELECT 1 FROM ads WHERE clicks < 10").count == 10)
        let lines = try plan(database, "EXPLAIN ANALYZE DELETE FROM ads WHERE clicks < 10")
        #expect(lines.contains("Rows: 10"))
        #expect(try figure("rows", of: "Scan ads", in: lines) == "10")
        #expect(try database.answer("SELECT 1 FROM ads WHERE clicks < 10").count == 0)
    }
}
