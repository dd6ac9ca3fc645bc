import Demetra
import DemetraTesting
import DemetraTypes
import Testing

@Suite struct `A crash during a check` {
    /// Groups whose condition turns true and groups whose condition turns false at the check that crashes.
    private static let groups = 40

    private func prepared(_ seed: Seed) throws -> AlertWorld<SimulatedFileSystem> {
        let world = try AlertWorld(files: SimulatedFileSystem(seed: seed))
        try world.run("CREATE TABLE t (k integer PRIMARY KEY, v integer)")
        try world.run(
            "INSERT INTO t SELECT n, n % 2 FROM generate_series(1, \(Self.groups)) AS s(n)")
        for name in ["low", "high"] {
            try world.run(
                "CREATE ALERT \(name)_v WHEN v > 0 FROM t SEVERITY \(name) MESSAGE 'group {k}'")
        }
        try world.run("CHECK ALERTS")
        try world.run("UPDATE t SET v = 1 - v")
        return world
    }

    /// `state, parity of the group` with the number of alerts, for each rule.
    private func summary(_ world: AlertWorld<SimulatedFileSystem>) throws -> [String] {
        try world.run(
            """
            SELECT rule, state, right(message, -6)::integer % 2, count(*), count(DISTINCT fingerprint)
            FROM alerts GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """)
    }

    @Test(arguments: Seed.some(24))
    func `leaves all of it or nothing, and what was answered stays`(seed: Seed) throws {
        let half = Self.groups / 2
        let before = ["high_v", "low_v"].map { "\($0)|firing|1|\(half)|\(half)" }
        let after = ["high_v", "low_v"].flatMap {
            ["\($0)|firing|0|\(half)|\(half)", "\($0)|resolved|1|\(half)|\(half)"]
        }
        var (sawBefore, sawAfter) = (false, false)
        // The writes of a check are few: the power goes at each of them, and once behind the last.
        for write in 0..<6 {
            let world = try prepared(seed)
            world.files.plan(.crash, after: write)
            let wasAnswered = world.error("CHECK ALERTS") == nil
            world.files.forgetFaults()
            try world.crash { $0.afterCrash() }
            let found = try summary(world)
            #expect(found == before || found == after, "\(seed), write \(write)")
            if wasAnswered { #expect(found == after, "\(seed), write \(write)") }
            sawBefore = sawBefore || found == before
            sawAfter = sawAfter || found == after
            try world.run("CHECK ALERTS")
            #expect(try summary(world) == after, "\(seed), write \(write)")
            #expect(
                try world.run("SELECT count(*) - count(DISTINCT id) FROM alerts") == ["0"])
        }
        #expect(
            sawBefore && sawAfter, "\(seed): the crashes were all before or all behind the check")
    }

    @Test func `a disk that fails leaves the alerts as they were`() throws {
        for fault in [SimulatedFileSystem.Fault.ioError, .diskFull] {
            let world = try prepared(Seed(1))
            let before = try summary(world)
            world.files.plan(fault, after: 0)
            #expect(world.error("CHECK ALERTS") != nil)
            world.files.forgetFaults()
            #expect(try summary(world) == before)
            try world.reopen()
            #expect(try summary(world) == before)
            try world.run("CHECK ALERTS")
            #expect(try summary(world) != before)
        }
    }
}
