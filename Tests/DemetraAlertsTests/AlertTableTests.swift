import DemetraStorage
import DemetraTypes
import Testing

@Suite struct `The tables of alerts` {
    private func world(rows: Int = 2) throws -> AlertWorld<MemoryFileSystem> {
        let world = try AlertWorld()
        try world.run("CREATE TABLE t (k integer PRIMARY KEY, v integer)")
        try world.run("INSERT INTO t SELECT n, 1 FROM generate_series(1, \(rows)) AS s(n)")
        return world
    }

    private static let rule =
        "CREATE ALERT r WHEN v > 0 FROM t SEVERITY low MESSAGE 'k {k}' ACTION 'look'"

    @Test func `appear with the first rule, under their own and their system names`() throws {
        let world = try world()
        #expect(world.error("SELECT * FROM alerts")?.sqlState == .undefinedTable)
        try world.run(Self.rule)
        try world.run("CHECK ALERTS")
        let columns = "alert_type, severity, channel, message, is_read, action, rule, state"
        let expected = ["r|low|-|k 1|false|look|r|firing", "r|low|-|k 2|false|look|r|firing"]
        #expect(try world.run("SELECT \(columns) FROM alerts ORDER BY id") == expected)
        #expect(try world.run("SELECT \(columns) FROM demetra_alerts ORDER BY id") == expected)
        #expect(
            try world.run("SELECT name, condition, source, message FROM demetra_alert_rules") == [
                "r|v > 0|FROM t|k {k}"
            ])
    }

    @Test func `never touch a table of the user's that has their name`() throws {
        let world = try world()
        try world.run("CREATE TABLE alerts (note text)")
        try world.run("INSERT INTO alerts VALUES ('mine')")
        try world.run(Self.rule)
        try world.run("CHECK ALERTS")
        #expect(try world.run("SELECT * FROM alerts") == ["mine"])
        #expect(try world.run("SELECT count(*) FROM demetra_alerts") == ["2"])
        try world.run("ACKNOWLEDGE ALERT 2")
        #expect(try world.run("SELECT id FROM demetra_alerts WHERE is_read") == ["2"])
        try world.run("DROP TABLE alerts")
        #expect(try world.run("SELECT count(*) FROM demetra_alerts") == ["2"])
    }

    @Test func `are found when they were renamed, emptied or dropped`() throws {
        let world = try world()
        try world.run(Self.rule)
        #expect(try world.check("r") == "2/0/2")
        try world.run("DROP VIEW demetra_alerts")
        try world.run("ALTER TABLE alerts RENAME TO history")
        #expect(try world.check("r") == "0/0/2")
        try world.run("TRUNCATE history")
        #expect(try world.check("r") == "2/0/2")
        #expect(try world.run("SELECT id FROM history ORDER BY id") == ["3", "4"])
        try world.run("DROP TABLE history")
        #expect(try world.check("r") == "2/0/2")
        #expect(try world.run("SELECT id FROM alerts ORDER BY id") == ["5", "6"])
        #expect(world.error("DROP TABLE alert_rules")?.sqlState == .dependentObjectsStillExist)
        try world.run("DROP TABLE alert_rules CASCADE")
        #expect(try world.check("r") == "0/0/2")
        #expect(try world.run("SELECT name, last_error FROM demetra_alert_rules") == ["r|-"])
    }

    @Test func `give no id twice`() throws {
        let world = try world()
        try world.run(Self.rule)
        try world.run("CHECK ALERTS")
        try world.run("DELETE FROM alerts")
        // Without its row an instance is forgotten, so the condition fires anew.
        #expect(try world.check("r") == "2/0/2")
        #expect(try world.run("SELECT id FROM alerts ORDER BY id") == ["3", "4"])
    }

    @Test func `close the alerts of a rule that is dropped`() throws {
        let world = try world()
        try world.run(Self.rule)
        try world.run("CHECK ALERTS")
        world.pass(minutes: 1)
        try world.run("DROP ALERT r")
        #expect(
            try world.run("SELECT DISTINCT state, resolved_at - last_seen FROM alerts") == [
                "resolved|00:01:00"
            ])
        #expect(try world.run("SELECT count(*) FROM alert_rules") == ["0"])
        try world.run(Self.rule)
        try world.run("CHECK ALERTS")
        try world.run("DROP TABLE t CASCADE")
        #expect(
            try world.run("SELECT state, count(*) FROM alerts GROUP BY state") == ["resolved|4"])
        #expect(try world.run("CHECK ALERTS") == [])
    }

    @Test func `stay open when a rule is replaced by one that watches the same`() throws {
        let world = try world()
        try world.run(Self.rule)
        try world.run("CHECK ALERTS")
        let replaced = Self.rule.replacing("CREATE", with: "CREATE OR REPLACE")
        try world.run(replaced.replacing("SEVERITY low", with: "SEVERITY high"))
        #expect(try world.check("r") == "0/0/2")
        #expect(try world.run("SELECT DISTINCT severity FROM alerts") == ["low"])
        try world.run(replaced.replacing("v > 0", with: "v >= 0"))
        #expect(try world.run("SELECT DISTINCT state FROM alerts") == ["resolved"])
        #expect(try world.check("r") == "2/0/2")
    }

    @Test func `may be watched by rules themselves`() throws {
        let world = try world()
        try world.run(Self.rule)
        try world.run(
            """
            CREATE ALERT flood WHEN count(*) > 1 FROM alerts WHERE state = 'firing' AND rule <> 'flood'
            SEVERITY critical MESSAGE '{count(*)} alerts are open'
            """)
        try world.run("CHECK ALERTS")
        // Rules of one check see what was there before it.
        #expect(try world.check("flood") == "1/0/1")
        #expect(
            try world.run("SELECT message FROM alerts WHERE rule = 'flood'") == [
                "2 alerts are open"
            ])
        #expect(world.error("DROP TABLE alerts")?.sqlState == .dependentObjectsStillExist)
        try world.run("DROP TABLE alerts CASCADE")
        #expect(try world.run("SELECT name FROM alert_rules") == ["r"])
    }

    @Test func `take columns of the user's`() throws {
        let world = try world()
        try world.run(Self.rule)
        try world.run("ALTER TABLE alerts ADD COLUMN owner text")
        try world.run("CHECK ALERTS")
        try world.run("UPDATE alerts SET owner = 'ann' WHERE id = 1")
        #expect(try world.check("r") == "0/0/2")
        #expect(try world.run("SELECT id, owner FROM alerts ORDER BY id") == ["1|ann", "2|-"])
    }

    @Test func `say which of their own columns is missing`() throws {
        let world = try world()
        try world.run(Self.rule)
        try world.run("CHECK ALERTS")
        try world.run("ALTER TABLE alerts DROP COLUMN labels")
        let error = try #require(world.error("CHECK ALERTS"))
        #expect(error.sqlState == .objectNotInPrerequisiteState)
        #expect(error.message == "table \"alerts\" has no column \"labels\" of type json")
        try world.run("DROP TABLE alerts CASCADE")
        #expect(try world.check("r") == "2/0/2")
    }

    @Test func `are acknowledged by id`() throws {
        let world = try world()
        #expect(world.error("ACKNOWLEDGE ALERT 1")?.sqlState == .undefinedObject)
        try world.run(Self.rule)
        try world.run("CHECK ALERTS")
        try world.run("ACKNOWLEDGE ALERT 1 + 1")
        #expect(
            try world.run("SELECT id, is_read FROM alerts ORDER BY id") == ["1|false", "2|true"])
        #expect(world.error("ACKNOWLEDGE ALERT 7")?.sqlState == .undefinedObject)
        #expect(world.error("ACKNOWLEDGE ALERT NULL")?.sqlState == .invalidParameterValue)
        #expect(world.error("ACKNOWLEDGE ALERT 'x'")?.sqlState == .invalidTextRepresentation)
    }
}
