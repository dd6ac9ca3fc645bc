import Demetra
import Testing

/// What an app that embeds Demetra is promised.
@Suite struct `A database in a program` {
    private func database() async throws -> Database {
        let db = try Database.inMemory()
        try await db.query(
            """
            CREATE TABLE ads (day date NOT NULL, channel text NOT NULL, clicks smallint,
                              spend numeric(8,2), rate double precision, PRIMARY KEY (day, channel))
            """)
        return db
    }

    @Test func `rows are read by name as Swift values`() async throws {
        let db = try await database()
        let day = try CalendarDate("2026-03-01")
        try await db.append(to: "ads") { appender in
            try appender.append(day, "google", 12, try Decimal("10.50"), 0.25)
            try appender.append(day, "meta", nil as Int?, nil as Decimal?, nil as Double?)
        }
        var seen: [String] = []
        for try await row in try await db.query("SELECT * FROM ads ORDER BY channel") {
            #expect(try row["day", as: CalendarDate.self] == day)
            let clicks = try row["clicks", as: Int?.self]
            let spend = try row["spend", as: Decimal?.self]
            seen.append(
                "\(try row["channel", as: String.self]) \(clicks ?? -1) \(spend?.description ?? "-")"
            )
        }
        #expect(seen == ["google 12 10.50", "meta -1 -"])
    }

    @Test func `a column that is not there or of another type is an error that says so`()
        async throws
    {
        let row = try #require(try await Database.inMemory().query("SELECT 1 AS clicks").first)
        #expect(throws: DemetraError.self) { try row["click"] }
        let error = #expect(throws: DemetraError.self) { try row["clicks", as: String.self] }
        #expect(error?.sqlState.code == "42804")
    }

    @Test func `an interpolated value never changes what a statement means`() async throws {
        let db = try await database()
        try await db.append(to: "ads") {
            try $0.append(try CalendarDate("2026-03-01"), "a", 1, 1, 1.0)
        }
        let hostile = "a'; DROP TABLE ads; --"
        #expect(try await db.query("SELECT * FROM ads WHERE channel = \(hostile)").count == 0)
        #expect(try await db.query("SELECT * FROM ads").count == 1)
    }

    @Test func `an append converts as INSERT does and refuses what does not fit`() async throws {
        let db = try await database()
        try await db.append(to: "ads") { try $0.append(["2026-03-01", "a", 7, "12.345", 3]) }
        let row = try #require(try await db.query("SELECT * FROM ads").first)
        #expect(try row["spend", as: Decimal.self].description == "12.35")
        #expect(try row["rate", as: Double.self] == 3)
        for (clicks, spend, state) in [
            (Value.integer(70_000), Value.integer(1), "22003"), (1, 12_345_678, "22003"),
            (.boolean(true), 1, "42804"), ("many", 1, "22P02"),
        ] {
            let error = await #expect(throws: DemetraError.self) {
                try await db.append(to: "ads") {
                    try $0.append(["2026-03-02", "good", 1, 1, 1])
                    try $0.append(["2026-03-02", "bad", clicks, spend, 1])
                }
            }
            #expect(error?.sqlState.code == state)
        }
        #expect(try await db.query("SELECT * FROM ads").count == 1, "a refused append left rows")
    }

    @Test func `an upsert takes the place of the row and an insert is refused`() async throws {
        let db = try await database()
        try await db.append(to: "ads") { try $0.append(["2026-03-01", "a", 1, 1, 1]) }
        let error = await #expect(throws: DemetraError.self) {
            try await db.append(to: "ads") { try $0.append(["2026-03-01", "a", 2, 2, 2]) }
        }
        #expect(error?.sqlState.code == "23505")
        try await db.append(to: "ads", mode: .upsert) {
            try $0.append(["2026-03-01", "a", 3, 3, 3])
        }
        let rows = try await db.query("SELECT clicks FROM ads")
        #expect(try rows.map { try $0["clicks", as: Int.self] } == [3])
    }

    @Test func `a row of the wrong length is refused before anything is written`() async throws {
        let db = try await database()
        let error = await #expect(throws: DemetraError.self) {
            try await db.append(to: "ads") { try $0.append(["2026-03-01", "a"]) }
        }
        #expect(error?.sqlState.code == "42601")
    }

    //  reader                         | writer
    //  count -> 1                     |
    //                                 | insert, committed
    //  count -> 1                     |
    @Test func `a snapshot sees one state whatever is written meanwhile`() async throws {
        let db = try await database()
        try await db.append(to: "ads") { try $0.append(["2026-03-01", "a", 1, 1, 1]) }
        let counts = try await db.read { snapshot in
            let before = try snapshot.query("SELECT * FROM ads").count
            try db.connect().query("INSERT INTO ads VALUES ('2026-03-02', 'b', 1, 1, 1)")
            return (before, try snapshot.query("SELECT * FROM ads").count)
        }
        #expect(counts == (1, 1))
        #expect(try await db.query("SELECT * FROM ads").count == 2)
    }

    @Test(arguments: [
        "INSERT INTO ads VALUES ('2026-03-02', 'b', 1, 1, 1)", "DELETE FROM ads", "DROP TABLE ads",
        "CREATE TABLE t (a int)", "EXPLAIN ANALYZE DELETE FROM ads",
    ])
    func `a snapshot cannot be written to`(statement: String) async throws {
        let db = try await database()
        let error = await #expect(throws: DemetraError.self) {
            try await db.read { snapshot in _ = try snapshot.query(SQL(statement)) }
        }
        #expect(error?.sqlState.code == "25006")
        #expect(try await db.query("SHOW tables").count == 1)
    }
}
