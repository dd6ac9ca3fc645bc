import DemetraStorage
import DemetraTypes
import Foundation
import Testing

@Suite struct `Creating a rule` {
    private static let table = """
        CREATE TABLE campaigns (id bigint PRIMARY KEY, channel text, roi double precision,
          spend numeric(12,2), day date)
        """

    private func world() throws -> AlertWorld<MemoryFileSystem> {
        let world = try AlertWorld()
        try world.run(Self.table)
        return world
    }

    /// A rule with one part replaced.
    private func rule(
        when condition: String = "roi < 1", from source: String = "FROM campaigns",
        severity: String = "high", message: String = "'low'"
    ) -> String {
        "CREATE ALERT r WHEN \(condition) \(source) SEVERITY \(severity) MESSAGE \(message)"
    }

    @Test func `points at what it does not know`() throws {
        let world = try world()
        let cases: [(sql: String, state: SQLState, word: String, hint: String?)] = [
            (rule(from: "FROM campaignz"), .undefinedTable, "campaignz", "campaigns"),
            (rule(when: "rio < 1"), .undefinedColumn, "rio", "roi"),
            (rule(when: "roi + 1"), .datatypeMismatch, "roi + 1", nil),
            (rule(when: "'abc'"), .invalidTextRepresentation, "'abc'", nil),
            (rule(severity: "hihg"), .invalidParameterValue, "hihg", "high"),
            (rule(message: "'a {chanel}'"), .undefinedColumn, "chanel", "channel"),
            (rule(message: "'a {roi:.2x}'"), .invalidParameterValue, ".2x", ".2f"),
            (rule(message: "'a {channel:.2f}'"), .datatypeMismatch, "channel:", nil),
            (rule(message: "'a {roi'"), .syntaxError, "{roi", "{{"),
            (rule(message: "'a {roi +}'"), .syntaxError, "}", nil),
            (rule(from: "FROM campaigns GROUP BY channel"), .groupingError, "roi", nil),
            (rule(from: "FROM campaigns GROUP BY 1"), .invalidColumnReference, "1 SEV", nil),
            (rule(when: "roi < $1"), .undefinedParameter, "$1", nil),
        ]
        for (sql, state, word, hint) in cases {
            let error = try #require(world.error("SELECT 1; " + sql), "\(sql)")
            #expect(error.sqlState == state, "\(sql): \(error)")
            let range = try #require(("SELECT 1; " + sql).range(of: word))
            let start = ("SELECT 1; " + sql)[..<range.lowerBound].utf8.count
            #expect(error.position == start, "\(sql): \(error)")
            if let hint { #expect(error.hint?.contains(hint) == true, "\(sql): \(error)") }
        }
        #expect(try world.run("SHOW ALERTS") == [])
        #expect(world.error("SELECT * FROM alerts")?.sqlState == .undefinedTable)
    }

    @Test func `points at its message's literal when that has escapes`() throws {
        let sql = rule(message: "'it''s {chanel}'")
        let error = try #require(try world().error(sql))
        #expect(error.sqlState == .undefinedColumn)
        let literal = try #require(sql.range(of: "'it"))
        #expect(error.position == sql[..<literal.lowerBound].utf8.count)
    }

    @Test func `needs a severity and a message`() throws {
        let world = try world()
        for clauses in ["SEVERITY high", "MESSAGE 'low'", "ACTION 'stop'"] {
            let error = world.error("CREATE ALERT r WHEN roi < 1 FROM campaigns \(clauses)")
            #expect(error?.sqlState == .syntaxError)
            #expect(error?.message.hasPrefix("alert \"r\" has no ") == true, "\(clauses)")
        }
    }

    @Test func `takes its clauses in any order behind any source`() throws {
        let world = try world()
        let sources = [
            "FROM campaigns", "FROM campaigns c", "FROM campaigns AS severity",
            "FROM campaigns WHERE day > now() - interval '24 hours'",
            "FROM campaigns a JOIN campaigns b ON a.id = b.id",
        ]
        let clauses = [
            "SEVERITY low MESSAGE 'm' ACTION 'a' TYPE 't'",
            "MESSAGE 'm' SEVERITY low", "TYPE 't' MESSAGE 'm' SEVERITY low",
            "ACTION 'a' SEVERITY low MESSAGE 'm'",
        ]
        for source in sources {
            for clause in clauses {
                try world.run(
                    "CREATE OR REPLACE ALERT r WHEN count(*) > 5 \(source) \(clause)")
            }
        }
        // The words stay free as aliases.
        for word in ["severity", "message", "action", "type"] {
            let rows = try world.run(
                "SELECT \(word).id FROM campaigns \(word) WHERE \(word).id = 1")
            #expect(rows == [])
        }
    }

    @Test func `respects a name that is taken`() throws {
        let world = try world()
        try world.run(rule())
        #expect(world.error(rule())?.sqlState == .duplicateObject)
        try world.run(
            rule(when: "roi < 9").replacing("CREATE ALERT", with: "CREATE ALERT IF NOT EXISTS"))
        #expect(try world.run("SELECT condition FROM alert_rules") == ["roi < 1"])
        try world.run(
            rule(when: "roi < 9").replacing("CREATE ALERT", with: "CREATE OR REPLACE ALERT"))
        #expect(try world.run("SELECT condition FROM alert_rules") == ["roi < 9"])
        #expect(world.error("DROP ALERT rr")?.hint?.contains("\"r\"") == true)
        #expect(world.error("CHECK ALERT rr")?.hint?.contains("\"r\"") == true)
        try world.run("DROP ALERT IF EXISTS rr, r")
        #expect(try world.run("SELECT count(*) FROM alert_rules") == ["0"])
    }

    @Test func `keeps what a table, view or metric is needed for`() throws {
        let world = try world()
        try world.run("CREATE VIEW recent AS SELECT * FROM campaigns WHERE day > '2026-01-01'")
        try world.run("CREATE METRIC mean AS avg(roi)")
        try world.run("CREATE METRIC twice AS mean * 2")
        try world.run(
            "CREATE ALERT r WHEN twice < 1 FROM recent SEVERITY low MESSAGE 'low {mean:.2f}'")
        for drop in ["TABLE campaigns", "VIEW recent", "METRIC mean", "METRIC twice"] {
            let error = world.error("DROP \(drop)")
            #expect(error?.sqlState == .dependentObjectsStillExist, "\(drop)")
            #expect(error?.detail?.contains("alert \"r\"") == true, "\(drop)")
        }
        // A view follows its table to another name, and the alert does not notice.
        try world.run("ALTER TABLE campaigns RENAME TO other")
        try world.run("CHECK ALERTS")
        try world.run("ALTER TABLE other RENAME TO campaigns")
        for change in ["RENAME COLUMN roi TO ratio", "DROP COLUMN roi"] {
            #expect(
                world.error("ALTER TABLE campaigns \(change)")?.sqlState
                    == .dependentObjectsStillExist, "\(change)")
        }
        try world.run("DROP METRIC mean CASCADE")
        #expect(try world.run("SELECT name FROM demetra_metrics WHERE NOT is_built_in") == [])
        #expect(try world.run("SHOW ALERTS") == [])
        #expect(try world.run("SELECT * FROM recent") == [])
        try world.run("DROP TABLE campaigns CASCADE")
        #expect(world.error("SELECT * FROM recent")?.sqlState == .undefinedTable)
    }
}
