import Demetra
import DemetraStorage
import DemetraTypes
import Testing

@Suite struct `Checking the rules` {
    private func world() throws -> AlertWorld<MemoryFileSystem> {
        let world = try AlertWorld()
        try world.run(
            "CREATE TABLE ads (channel text, spend double precision, revenue double precision)")
        try world.run("INSERT INTO ads VALUES ('meta', 100, 90), ('google', 100, 400)")
        return world
    }

    private static let roas = """
        CREATE ALERT roas WHEN sum(revenue) / sum(spend) < 1.5 FROM ads GROUP BY channel
        SEVERITY high MESSAGE 'ROAS {metric_value:.2f} of {channel}'
        """

    @Test func `one trouble is one alert from its beginning to its end`() throws {
        let world = try world()
        try world.run(Self.roas)
        #expect(try world.check("roas") == "1/0/1")
        world.pass(minutes: 5)
        #expect(try world.check("roas") == "0/0/1")
        let open =
            "SELECT id, message, metric_value, threshold_value, state, last_seen - first_seen"
        #expect(
            try world.run("\(open) FROM alerts") == ["1|ROAS 0.90 of meta|0.9|1.5|firing|00:05:00"])
        try world.run("UPDATE ads SET revenue = 400 WHERE channel = 'meta'")
        world.pass(minutes: 5)
        #expect(try world.check("roas") == "0/1/0")
        #expect(try world.check("roas") == "0/0/0")
        #expect(
            try world.run("SELECT state, resolved_at - first_seen, is_read FROM alerts") == [
                "resolved|00:10:00|false"
            ])
        try world.run("UPDATE ads SET revenue = 60 WHERE channel = 'meta'")
        #expect(try world.check("roas") == "1/0/1")
        #expect(
            try world.run("SELECT id, state, message FROM alerts ORDER BY id") == [
                "1|resolved|ROAS 0.90 of meta", "2|firing|ROAS 0.60 of meta",
            ])
    }

    @Test func `a group that is gone resolves`() throws {
        let world = try world()
        try world.run(Self.roas)
        #expect(try world.check("roas") == "1/0/1")
        try world.run("DELETE FROM ads WHERE channel = 'meta'")
        #expect(try world.check("roas") == "0/1/0")
    }

    @Test func `NULL is no breach`() throws {
        let world = try world()
        try world.run("INSERT INTO ads VALUES ('tiktok', NULL, NULL), (NULL, 100, 10)")
        try world.run(Self.roas)
        #expect(try world.check("roas") == "2/0/2")
        #expect(
            try world.run("SELECT channel, labels, fingerprint FROM alerts ORDER BY 3") == [
                #"meta|{"channel": "meta"}|roas{channel="meta"}"#,
                #"-|{"channel": null}|roas{channel=NULL}"#,
            ])
    }

    @Test func `alerts and their state survive the end of the database`() throws {
        let world = try world()
        try world.run(Self.roas)
        try world.run("CHECK ALERTS")
        try world.run("UPDATE alerts SET is_read = true WHERE id = 1")
        let before = try world.run("SELECT * FROM alerts")
        try world.reopen()
        #expect(try world.run("SELECT * FROM alerts") == before)
        world.pass(minutes: 1)
        #expect(try world.check("roas") == "0/0/1")
        #expect(try world.run("SELECT id, is_read, state FROM alerts") == ["1|true|firing"])
    }

    @Test func `a rule that fails does not stop the others and keeps its alerts`() throws {
        let world = try world()
        // A table keeps the columns that rules read; a view can be replaced under them.
        try world.run("CREATE VIEW gone AS SELECT 1 AS x")
        try world.run(Self.roas)
        for (name, condition) in [("broken", "x > 0"), ("divided", "1 / (x - 1) > 0")] {
            try world.run(
                "CREATE ALERT \(name) WHEN \(condition) FROM gone SEVERITY critical MESSAGE 'x {x}'"
            )
        }
        #expect(try world.check("broken") == "1/0/1")
        try world.run("CREATE OR REPLACE VIEW gone AS SELECT 1 AS y")
        let answer = try world.run("CHECK ALERTS")
        #expect(
            answer == [
                "broken|critical|1|0|0|42703: column \"x\" does not exist",
                "divided|critical|0|0|0|42703: column \"x\" does not exist",
                "roas|high|1|1|0|-",
            ])
        #expect(
            try world.run("SELECT name, last_error IS NULL FROM alert_rules ORDER BY 1") == [
                "broken|false", "divided|false", "roas|true",
            ])
        try world.run("CREATE OR REPLACE VIEW gone AS SELECT 1 AS x")
        #expect(
            try world.run("CHECK ALERTS") == [
                "broken|critical|1|0|0|-", "divided|critical|0|0|0|22012: division by zero",
                "roas|high|1|0|0|-",
            ])
        #expect(try world.run("SELECT last_error FROM alert_rules WHERE name = 'broken'") == ["-"])
    }

    @Test func `the gravest rules come first`() throws {
        let world = try world()
        for severity in ["low", "critical", "medium", "high"] {
            try world.run(
                "CREATE ALERT \(severity)_one WHEN false FROM ads SEVERITY \(severity) MESSAGE 'm'")
        }
        #expect(
            try world.run("CHECK ALERTS").map { $0.split(separator: "|")[1] } == [
                "critical", "high", "medium", "low",
            ])
        #expect(try AlertWorld().run("CHECK ALERTS") == [])
    }

    @Test func `ten thousand groups fire, stay and resolve`() throws {
        let world = try AlertWorld()
        try world.run("CREATE TABLE g (k integer, v integer)")
        try world.run("INSERT INTO g SELECT n, n % 2 FROM generate_series(1, 20000) AS s(n)")
        try world.run(
            """
            CREATE ALERT odd WHEN max(v) > 0 FROM g GROUP BY k SEVERITY low
            MESSAGE 'group {k:,d}'
            """)
        #expect(try world.check("odd") == "10000/0/10000")
        #expect(try world.check("odd") == "0/0/10000")
        #expect(
            try world.run(
                "SELECT count(*), count(DISTINCT id), count(DISTINCT fingerprint) FROM alerts")
                == ["10000|10000|10000"])
        #expect(
            try world.run("SELECT message FROM alerts WHERE labels = '{\"k\": 19999}'") == [
                "group 19,999"
            ])
        try world.run("UPDATE g SET v = 0 WHERE k <= 10000")
        #expect(try world.check("odd") == "0/5000/5000")
    }

    @Test func `a rule that is true for too much is refused whole`() throws {
        let world = try AlertWorld()
        try world.run("CREATE TABLE g (k integer)")
        try world.run("INSERT INTO g SELECT n FROM generate_series(1, 100001) AS s(n)")
        try world.run("CREATE ALERT all_rows WHEN k > 0 FROM g SEVERITY low MESSAGE 'm'")
        #expect(
            try world.run("CHECK ALERTS") == [
                "all_rows|low|0|0|0|54000: alert \"all_rows\" is true for more than 100000 label sets"
            ])
        #expect(try world.run("SELECT count(*) FROM alerts") == ["0"])
        try world.run("DELETE FROM g WHERE k = 7")
        #expect(try world.check("all_rows") == "100000/0/100000")
    }

    @Test func `checks at the same time fire each alert once`() async throws {
        let world = try world()
        try world.run(Self.roas)
        let database = world.database
        let fired = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await database.checkAlerts().reduce(0) { $0 + $1.fired }
                }
                // A reader marks alerts in between: its commits conflict with those of the checks.
                group.addTask {
                    do {
                        try await database.query("UPDATE alerts SET is_read = true")
                    } catch let error as DemetraError {
                        // 40001 is the answer to a conflict; any other error is a failure.
                        if error.sqlState != .serializationFailure { throw error }
                    }
                    return 0
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(fired == 1)
        #expect(try world.run("SELECT count(*) FROM alerts") == ["1"])
    }

    @Test func `Swift code reads the answer as values`() async throws {
        let world = try world()
        try world.run(Self.roas)
        let checks = try await world.database.checkAlerts()
        #expect(checks.map(\.rule) == ["roas"])
        #expect(checks[0].severity == .high)
        #expect([checks[0].firing, checks[0].fired, checks[0].resolved] == [1, 1, 0])
        #expect(checks[0].error == nil)
        #expect(try await world.database.checkAlerts("roas")[0].fired == 0)
        await #expect(throws: DemetraError.self) { try await world.database.checkAlerts("ro\"as") }
    }
}
