import Demetra
import DemetraTesting
import DemetraTypes
import Testing

@Suite struct `Numbers of sequences` {
    private func database(_ disk: SimulatedFileSystem) throws -> Database {
        try Database.open(
            "db", fileSystem: disk, clock: ManualClock(start: Timestamp(microseconds: 0)),
            DatabaseConfiguration(processorCount: 2))
    }

    private func numbers(_ connection: Connection, _ sql: String) throws -> [Int64] {
        try connection.query(SQL(sql)).map { row in
            guard case .integer(let number) = row.values[0] else { return 0 }
            return number
        }
    }

    private func numbers(_ connection: Connection, _ sequence: String, _ count: Int) throws
        -> [Int64]
    {
        try numbers(
            connection, "SELECT nextval('\(sequence)') FROM generate_series(1, \(count))")
    }

    @Test(arguments: 0..<12)
    func `are never given twice, whenever the power fails`(_ seed: Int) throws {
        var random = Seed(UInt64(seed)).generator
        var disk = SimulatedFileSystem(seed: Seed(UInt64(seed)))
        var given: Set<Int64> = []
        try database(disk).connect().query(
            "CREATE SEQUENCE s; CREATE TABLE t (id serial, v bigint)")
        for _ in 0..<6 {
            let connection = try database(disk).connect()
            for _ in 0..<(1 + random.below(8)) {
                for number in try numbers(connection, "s", 1 + random.below(50)) {
                    #expect(given.insert(number).inserted, "\(number) again")
                }
                try connection.query("INSERT INTO t (v) VALUES (1), (2)")
            }
            disk = disk.afterCrash()
        }
        let rows = try numbers(
            try database(disk).connect(), "SELECT count(*) - count(DISTINCT id) FROM t")
        #expect(rows == [0])
    }

    @Test func `go on without a gap after an orderly end`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let first = try database(disk)
        try first.connect().query("CREATE SEQUENCE s")
        #expect(try numbers(first.connect(), "s", 3) == [1, 2, 3])
        try first.close()
        let second = try database(disk)
        #expect(try numbers(second.connect(), "s", 2) == [4, 5])
    }

    @Test func `of one sequence are different in all sessions`() async throws {
        let database = try database(SimulatedFileSystem(seed: Seed(1)))
        try database.connect().query("CREATE SEQUENCE s")
        let given = try await withThrowingTaskGroup(of: [Int64].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let connection = database.connect()
                    var mine: [Int64] = []
                    for _ in 0..<25 { mine += try numbers(connection, "s", 7) }
                    return mine
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(given).count == 700 && given.max() == 700)
    }

    @Test func `are in the backup, ahead of all that were given`() throws {
        let disk = SimulatedFileSystem(seed: Seed(1))
        let database = try database(disk)
        let connection = database.connect()
        try connection.query("CREATE SEQUENCE s")
        let given = try numbers(connection, "s", 40)
        try connection.query("BACKUP DATABASE TO 'copy'")
        let copy = try Database.open(
            "copy", fileSystem: disk, clock: ManualClock(start: Timestamp(microseconds: 0)),
            DatabaseConfiguration())
        let next = try numbers(copy.connect(), "s", 1)
        #expect(try #require(next.first) > (try #require(given.max())))
    }

    @Test func `that others get while an ALTER is open make it fail`() throws {
        let database = try database(SimulatedFileSystem(seed: Seed(1)))
        let (one, other) = (database.connect(), database.connect())
        try one.query("CREATE SEQUENCE s")
        #expect(try numbers(one, "s", 2) == [1, 2])
        //     one                          other
        try one.query("BEGIN")
        try one.query("ALTER SEQUENCE s INCREMENT BY 10")
        #expect(try numbers(one, "s", 1) == [12])
        #expect(try numbers(other, "s", 2) == [3, 4])
        #expect(throws: DemetraError.self) { try one.query("COMMIT") }
        #expect(try numbers(other, "s", 1) == [5])
        try one.query("ALTER SEQUENCE s INCREMENT BY 10")
        #expect(try numbers(other, "s", 2) == [15, 25])
    }

    @Test func `are not given back by ROLLBACK, but for those of sequences that go with it`() throws
    {
        let database = try database(SimulatedFileSystem(seed: Seed(1)))
        let connection = database.connect()
        try connection.query("CREATE SCHEMA far; CREATE SEQUENCE far.s")
        try connection.query("BEGIN")
        #expect(try numbers(connection, "far.s", 3) == [1, 2, 3])
        try connection.query("CREATE SEQUENCE own")
        #expect(try numbers(connection, "own", 2) == [1, 2])
        try connection.query("ROLLBACK")
        #expect(try numbers(connection, "far.s", 1) == [4])
        try connection.query("CREATE SEQUENCE own")
        #expect(try numbers(connection, "own", 1) == [1])
    }
}
