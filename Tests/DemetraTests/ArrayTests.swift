import Demetra
import Testing

/// Arrays between an app, its statements and the disk.
@Suite struct `Arrays in a program` {
    @Test func `a Swift array is a parameter, and an array column a Swift array`() async throws {
        let db = try Database.inMemory()
        try await db.query(
            "CREATE TABLE t (id int, tags text[], at date[], amounts numeric(8,2)[])")
        let day = try CalendarDate("2026-03-01")
        try await db.append(to: "t") { appender in
            try appender.append(1, ["a", "b"], [day], [try Decimal("1.50")])
            try appender.append(2, [String](), nil as [CalendarDate]?, [nil, try Decimal("2.25")])
        }
        let wanted = ["b", "c"]
        let rows = try await db.query("SELECT * FROM t WHERE tags && \(wanted) OR id = ANY(\([2]))")
        var seen: [String] = []
        for try await row in rows {
            let tags = try row["tags", as: [String].self]
            let days = try row["at", as: [CalendarDate]?.self]
            let amounts = try row["amounts", as: [Decimal?].self]
            seen.append("\(tags) \(days?.count ?? -1) \(amounts.compactMap(\.self))")
        }
        #expect(seen == ["[\"a\", \"b\"] 1 [1.50]", "[] -1 [2.25]"])
    }

    @Test func `what was stored is there after a restart, from the log and from segments`() throws {
        let test = try TestDatabase()
        try test.rows(
            """
            CREATE TABLE t (id int PRIMARY KEY, n int[], s text[], f numeric[]) WITH (restate = true);
            INSERT INTO t SELECT g, ARRAY[g, NULL, -g], ARRAY['x' || g % 7, ''], ARRAY[g * 1.50, 0]
            FROM generate_series(1, 5000) g
            """)
        let question = """
            SELECT count(*) AS rows, count(DISTINCT s) AS texts, max(n)::text AS greatest,
                   (SELECT f::text FROM t WHERE id = 2) AS amounts FROM t
            """
        let before = try test.rows(question)
        #expect(before.first?["greatest"] == .text("{5000,NULL,-5000}"))
        #expect(before.first?["amounts"] == .text("{3.00,0}"))
        #expect(before.first?["texts"] == .integer(7))
        try test.reopen()
        #expect(try test.rows(question) == before)
        try test.rows("VACUUM t")
        try test.reopen()
        #expect(try test.rows(question) == before)
        try test.rows("INSERT INTO t VALUES (5000, '{9999}', NULL, NULL)")
        #expect(try test.rows("SELECT max(n)::text AS m FROM t") == [["m": .text("{9999}")]])
    }
}
