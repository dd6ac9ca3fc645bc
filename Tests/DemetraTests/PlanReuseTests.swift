import Demetra
import Testing

@Suite struct `A query that comes again` {
    private func text(_ connection: Connection, _ sql: SQL) throws -> String? {
        try connection.query(sql).first?["x", as: String?.self]
    }

    @Test(arguments: [
        "SELECT now()::text AS x", "SELECT 'now'::timestamptz::text AS x",
        "SELECT ('n' || 'ow')::timestamptz::text AS x", "SELECT clock_timestamp()::text AS x",
        "SELECT x::text FROM (VALUES (now())) AS v(x)",
        "SELECT max(n + extract(epoch FROM now()))::text AS x FROM generate_series(1, 3) AS g(n)",
        "SELECT (timestamptz '2026-01-01' + (now() - timestamptz '2026-01-01'))::text AS x",
    ]) func `gives another time each time`(_ query: String) async throws {
        let connection = try Database.inMemory().connect()
        let first = try text(connection, SQL(query))
        try await Task.sleep(for: .milliseconds(3))
        #expect(try text(connection, SQL(query)) != first)
    }

    @Test func `takes the values that its parameters have this time`() async throws {
        let db = try Database.inMemory()
        let connection = db.connect()
        try connection.query("CREATE TABLE t AS SELECT n FROM generate_series(1, 100) AS g(n)")
        for limit in [3, 7, 0, 3] {
            let sum = try connection.query(
                "SELECT sum(n)::bigint AS s FROM (SELECT n FROM t ORDER BY n LIMIT \(limit)) AS q")
            #expect(
                try sum.first?["s", as: Int?.self] == (limit == 0 ? nil : limit * (limit + 1) / 2))
            let rows = try connection.query(
                "SELECT count(*) AS c FROM generate_series(1, \(limit)) AS g(n)")
            #expect(try rows.first?["c", as: Int.self] == limit)
            let twice = try connection.query("SELECT \(limit) * 2 AS d")
            #expect(try twice.first?["d", as: Int.self] == limit * 2)
        }
        for channel in ["a", "b"] {
            #expect(try text(connection, "SELECT upper(\(channel)) AS x") == channel.uppercased())
        }
    }

    @Test func `means what its session's temporary tables and search path make of it`() throws {
        let db = try Database.inMemory()
        let (one, other) = (db.connect(user: "one"), db.connect(user: "other"))
        try one.query("CREATE TABLE t AS SELECT 'everybody' AS x")
        try one.query("CREATE SCHEMA one")
        let query: SQL = "SELECT x FROM t"
        #expect(try text(one, query) == "everybody")
        #expect(try text(other, query) == "everybody")
        try one.query("CREATE TABLE one.t AS SELECT 'the user' AS x")
        #expect(try text(one, query) == "the user")
        #expect(try text(other, query) == "everybody")
        try other.query("CREATE TEMP TABLE t AS SELECT 'the session' AS x")
        #expect(try text(other, query) == "the session")
        #expect(try text(one, query) == "the user")
        #expect(try text(db.connect(user: "third"), query) == "everybody")
    }

    @Test func `is planned for tables as large as they are`() async throws {
        let connection = try Database.inMemory().connect()
        try connection.query("CREATE TABLE a (n int)")
        try connection.query("CREATE TABLE b (n int)")
        let query: SQL = "SELECT count(*) AS c FROM a JOIN b USING (n)"
        for size in [0, 10, 20_000] {
            try connection.query("TRUNCATE a, b")
            try connection.query(
                "INSERT INTO a SELECT n::int FROM generate_series(1, \(size)) AS g(n)")
            try connection.query("INSERT INTO b SELECT n FROM a WHERE n % 2 = 0")
            #expect(try connection.query(query).first?["c", as: Int.self] == size / 2)
        }
    }

    @Test func `does not fill memory, whatever comes`() throws {
        let connection = try Database.inMemory().connect()
        for number in 0..<3_000 {
            let statement = "SELECT \(number) + length('\(number)') AS n"
            let rows = try connection.query(SQL(statement))
            let expected = number + String(number).count
            #expect(try rows.first?["n", as: Int.self] == expected)
        }
        // A constant of 10 MB is not kept.
        for _ in 0..<20 {
            let rows = try connection.query("SELECT length(repeat('0123456789', 1000000)) AS n")
            #expect(try rows.first?["n", as: Int.self] == 10_000_000)
        }
    }
}
