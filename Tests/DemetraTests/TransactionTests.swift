import Demetra
import Synchronization
import Testing

@Suite struct `A transaction of the library` {
    private func database(
        configuration: DatabaseConfiguration = DatabaseConfiguration()
    ) async throws -> Database {
        let db = try Database.inMemory(configuration: configuration)
        try await db.query("CREATE TABLE budgets (channel text PRIMARY KEY, amount bigint)")
        try await db.query("INSERT INTO budgets VALUES ('search', 100), ('social', 50)")
        return db
    }

    private func total(_ db: Database) async throws -> Int? {
        let rows = try await db.query("SELECT sum(amount)::bigint AS total FROM budgets")
        return try rows.first?["total", as: Int?.self]
    }

    @Test func `commits what its closure did, and gives its result`() async throws {
        let db = try await database()
        let seen = try await db.transaction { tx in
            try tx.query("UPDATE budgets SET amount = amount - 30 WHERE channel = 'search'")
            try tx.append(to: "budgets") { try $0.append("video", 30) }
            return try tx.query("SELECT count(*) AS n FROM budgets").first?["n", as: Int.self]
        }
        #expect(seen == 3)
        #expect(try await total(db) == 150)
    }

    @Test func `is rolled back when its closure throws`() async throws {
        struct Refusal: Error {}
        let db = try await database()
        await #expect(throws: Refusal.self) {
            try await db.transaction { tx in
                try tx.query("DELETE FROM budgets")
                try tx.query("CREATE TABLE other (a int)")
                throw Refusal()
            }
        }
        #expect(try await total(db) == 150)
        await #expect(throws: DemetraError.self) { try await db.query("SELECT * FROM other") }
    }

    @Test func `does not pass for committed when an error was swallowed`() async throws {
        let db = try await database()
        let error = await #expect(throws: DemetraError.self) {
            try await db.transaction { tx in
                try tx.query("DELETE FROM budgets")
                _ = try? tx.query("SELECT 1/0")
            }
        }
        #expect(error?.sqlState.code == "25P02")
        #expect(try await total(db) == 150)
    }

    @Test func `is run again when another was faster, if that is wanted`() async throws {
        let db = try await database()
        let runs = Runs()
        try await db.transaction(attempts: 3) { tx in
            try tx.query("UPDATE budgets SET amount = amount + 1 WHERE channel = 'search'")
            if runs.count() == 1 {
                try db.connect().query("UPDATE budgets SET amount = 0 WHERE channel = 'search'")
            }
        }
        #expect(runs.count() == 3)
        #expect(try await total(db) == 51)
        let error = await #expect(throws: DemetraError.self) {
            try await db.transaction { tx in
                try tx.query("DELETE FROM budgets")
                try db.connect().query("UPDATE budgets SET amount = 0")
            }
        }
        #expect(error?.sqlState.code == "40001")
    }

    @Test func `takes no more memory than there is, and gives it back`() async throws {
        let db = try await database(
            configuration: DatabaseConfiguration(memoryLimitBytes: 64 << 20))
        try await db.query("CREATE TABLE large (a text)")
        for _ in 0..<3 {
            let error = await #expect(throws: DemetraError.self) {
                try await db.transaction { tx in
                    for _ in 0..<100 {
                        try tx.query(
                            """
                            INSERT INTO large
                            SELECT repeat('x', 400) || i FROM generate_series(1, 5000) g(i)
                            """)
                    }
                }
            }
            #expect(error?.sqlState.code == "53200")
        }
        try await db.query("INSERT INTO large SELECT 'x' FROM generate_series(1, 1000)")
        let rows = try await db.query("SELECT count(*) AS n FROM large")
        #expect(try rows.first?["n", as: Int.self] == 1_000)
    }

    @Test func `loads a batch once`() async throws {
        let db = try await database()
        for expected in [1, 0] {
            let added = try await db.append(to: "budgets", batchID: "monday") {
                try $0.append("video", 5)
            }
            #expect(added == expected)
        }
        try await db.transaction { tx in
            let added = try tx.append(to: "budgets", batchID: "monday") {
                try $0.append("other", 5)
            }
            #expect(added == 0)
        }
        #expect(try await total(db) == 155)
    }
}

private final class Runs: Sendable {
    private let number = Mutex(0)

    func count() -> Int {
        number.withLock {
            $0 += 1
            return $0
        }
    }
}
