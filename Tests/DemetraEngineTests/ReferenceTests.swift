import Demetra
import DemetraTesting
import DemetraTypes
import Testing

@Suite struct `References between tables` {
    private func database() throws -> Database {
        let database = try Database.inMemory()
        try database.connect().query(
            "CREATE TABLE p (id integer PRIMARY KEY); CREATE TABLE c (id integer REFERENCES p)")
        try database.connect().query("INSERT INTO p VALUES (1), (2)")
        return database
    }

    /// What the last statement fails with.
    private func state(_ connection: Connection, _ sql: String) -> SQLState? {
        do throws(DemetraError) {
            try connection.query(SQL(sql))
            return nil
        } catch {
            return error.sqlState
        }
    }

    @Test func `hold when the row goes while another session begins to refer to it`() throws {
        let database = try database()
        let (one, other) = (database.connect(), database.connect())
        //     one                          other
        try one.query("BEGIN")
        try one.query("INSERT INTO c VALUES (1)")
        #expect(state(other, "DELETE FROM p WHERE id = 1") == nil)
        #expect(state(one, "COMMIT") == .foreignKeyViolation)
        #expect(try one.query("SELECT * FROM c").count == 0)
    }

    @Test func `hold the other way round`() throws {
        let database = try database()
        let (one, other) = (database.connect(), database.connect())
        //     one                          other
        try one.query("BEGIN")
        try one.query("DELETE FROM p WHERE id = 2")
        #expect(state(other, "INSERT INTO c VALUES (2)") == nil)
        #expect(state(one, "COMMIT") == .foreignKeyViolation)
        #expect(try one.query("SELECT * FROM p").count == 2)
    }

    @Test func `are checked in rows that are written as files`() throws {
        let connection = try database().connect()
        try connection.query("INSERT INTO p SELECT i FROM generate_series(3, 200000) AS g(i)")
        try connection.query("INSERT INTO c SELECT i FROM generate_series(1, 200000) AS g(i)")
        #expect(
            state(connection, "INSERT INTO c SELECT i FROM generate_series(100, 200001) AS g(i)")
                == .foreignKeyViolation)
        #expect(state(connection, "DELETE FROM p WHERE id = 77777") == .foreignKeyViolation)
        #expect(try connection.query("SELECT * FROM c WHERE id > 199990").count == 10)
    }

    @Test func `are not made past a table that goes, and it does not go past them`() throws {
        let database = try database()
        let (one, other) = (database.connect(), database.connect())
        //     one                                   other
        try one.query("BEGIN")
        try one.query("CREATE TABLE late (id integer REFERENCES p)")
        #expect(state(other, "DROP TABLE p CASCADE") == nil)
        #expect(state(one, "COMMIT") == .serializationFailure)
        try one.query("CREATE TABLE q (id integer PRIMARY KEY)")
        for change in [
            "DROP TABLE q", "TRUNCATE q", "ALTER TABLE q DROP CONSTRAINT q_pkey",
            "ALTER TABLE q ALTER COLUMN id TYPE text",
        ] {
            try one.query("BEGIN")
            try one.query(SQL(change))
            #expect(state(other, "CREATE TABLE late (id integer REFERENCES q)") == nil)
            #expect(state(one, "COMMIT") == .serializationFailure, "\(change)")
            try one.query("DROP TABLE late")
        }
    }

    @Test func `are checked for rows that were added before others began to refer`() throws {
        let database = try database()
        let (one, other) = (database.connect(), database.connect())
        try one.query("CREATE TABLE plain (id integer); CREATE TABLE q (id integer PRIMARY KEY)")
        //     one                                   other
        try one.query("BEGIN")
        try one.query("INSERT INTO plain VALUES (7)")
        try other.query("ALTER TABLE plain ADD FOREIGN KEY (id) REFERENCES q")
        #expect(state(one, "COMMIT") == .serializationFailure)
        try one.query("INSERT INTO q VALUES (1)")
        try one.query("BEGIN")
        try one.query("DELETE FROM q")
        try other.query("CREATE TABLE later (id integer REFERENCES q)")
        try other.query("INSERT INTO later VALUES (1)")
        #expect(state(one, "COMMIT") == .foreignKeyViolation)
        #expect(try one.query("SELECT * FROM q").count == 1)
    }

    @Test(arguments: 0..<4)
    func `leave no row alone, whatever two sessions do at once`(_ seed: Int) async throws {
        let database = try Database.inMemory()
        try database.connect().query(
            """
            CREATE TABLE p (id integer PRIMARY KEY, v integer);
            CREATE TABLE c (id integer REFERENCES p);
            CREATE TABLE follows (id integer REFERENCES p ON DELETE CASCADE ON UPDATE CASCADE);
            INSERT INTO p SELECT i, 0 FROM generate_series(1, 20) AS g(i)
            """)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for session in 0..<3 {
                group.addTask {
                    var random = Seed(UInt64(seed * 10 + session)).generator
                    let connection = database.connect()
                    for _ in 0..<120 {
                        let isOpen = random.below(2) == 0
                        if isOpen { try connection.query("BEGIN") }
                        for _ in 0..<(isOpen ? 3 : 1) {
                            guard work(connection, &random) else { break }
                        }
                        if isOpen, state(connection, "COMMIT") != nil {
                            try connection.query("ROLLBACK")
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        for table in ["c", "follows"] {
            let question = "SELECT * FROM \(table) WHERE id NOT IN (SELECT id FROM p)"
            let alone = try database.connect().query(SQL(question))
            #expect(alone.count == 0)
        }
        #expect(try database.connect().query("SELECT * FROM c").count > 0)
    }

    /// One random statement; false when the transaction is over by it.
    private func work(_ connection: Connection, _ random: inout SeededGenerator) -> Bool {
        let id = 1 + random.below(30)
        let statements = [
            "INSERT INTO p VALUES (\(id), 0) ON CONFLICT (id) DO UPDATE SET v = p.v + 1",
            "INSERT INTO c VALUES (\(id))", "INSERT INTO follows VALUES (\(id)), (\(id))",
            "DELETE FROM p WHERE id = \(id)", "DELETE FROM c WHERE id = \(id)",
            "UPDATE p SET id = \(1 + random.below(30)) WHERE id = \(id)",
            "UPDATE c SET id = \(1 + random.below(30)) WHERE id = \(id)",
        ]
        let known: [SQLState?] = [
            nil, .foreignKeyViolation, .serializationFailure, .uniqueViolation,
        ]
        let state = state(connection, statements[random.below(statements.count)])
        #expect(known.contains(state), "\(String(describing: state))")
        return state == nil
    }
}
