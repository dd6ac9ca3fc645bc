import Demetra
import Testing

@Suite struct `An append of any size is one commit` {
    private func database() async throws -> Database {
        let db = try Database.inMemory(
            configuration: DatabaseConfiguration(memoryLimitBytes: 48 << 20))
        try await db.query(
            "CREATE TABLE ads (id bigint PRIMARY KEY, channel text NOT NULL, clicks smallint)")
        return db
    }

    private struct Halfway: Error {}

    @Test func `more rows than a chunk holds are there, whole, with the keys checked`() async throws
    {
        let db = try await database()
        let count = 300_000
        let given = try await db.append(to: "ads") { appender in
            for id in 0..<count { try appender.append(id, "channel \(id % 7)", id % 100) }
        }
        #expect(given == count)
        let row = try #require(
            try await db.query("SELECT count(*) AS n, sum(id) AS s FROM ads").first)
        #expect(try row["n", as: Int.self] == count)
        #expect(try row["s", as: Decimal.self].description == "\(count * (count - 1) / 2)")
        let error = await #expect(throws: DemetraError.self) {
            try await db.append(to: "ads") { appender in
                for id in count..<(2 * count) { try appender.append(id, "new", 1) }
                try appender.append(count + 5, "again", 1)
            }
        }
        #expect(error?.sqlState.code == "23505")
        #expect(try await db.query("SELECT * FROM ads WHERE id >= \(count)").count == 0)
    }

    @Test func `an upsert replaces stored rows and earlier ones of its own`() async throws {
        let db = try await database()
        let count = 100_000
        try await db.append(to: "ads") { appender in
            for id in 0..<count { try appender.append(id, "old", 1) }
        }
        try await db.append(to: "ads", mode: .upsert) { appender in
            for id in 0..<count { try appender.append(id + count / 2, "first", 2) }
            for id in 0..<(count / 4) { try appender.append(id, "last", 3) }
            for id in 0..<10 { try appender.append(id + count, "last", 3) }
        }
        let rows = try await db.query(
            "SELECT channel, count(*) AS n FROM ads GROUP BY channel ORDER BY channel")
        #expect(
            try rows.map { "\(try $0["channel", as: String.self]) \(try $0["n", as: Int.self])" }
                == [
                    "first \(count - 10)", "last \(count / 4 + 10)", "old \(count / 4)",
                ])
    }

    @Test func `a closure that throws half way leaves nothing`() async throws {
        let db = try await database()
        await #expect(throws: Halfway.self) {
            try await db.append(to: "ads") { appender in
                for id in 0..<200_000 { try appender.append(id, "a", 1) }
                throw Halfway()
            }
        }
        #expect(try await db.query("SELECT * FROM ads").count == 0)
    }

    @Test(arguments: [
        (Value.integer(70_000), Value.text("a"), "22003", "clicks"),
        (.boolean(true), .text("a"), "42804", "clicks"),
        (.integer(1), .null, "23502", "channel"),
    ])
    func `a refused row is named with its column`(
        clicks: Value, channel: Value, state: String, column: String
    ) async throws {
        let db = try await database()
        let error = await #expect(throws: DemetraError.self) {
            try await db.append(to: "ads") { appender in
                for id in 0..<3_000 { try appender.append(id, "good", 1) }
                try appender.append([3_000, channel, clicks])
            }
        }
        #expect(error?.sqlState.code == state)
        #expect(error?.context == "row 3001 of an append, column \"\(column)\"")
        #expect(try await db.query("SELECT * FROM ads").count == 0)
    }
}
