import Demetra
import DemetraTesting
import DemetraTypes
import Testing

/// Models with `refresh`, on a clock that moves when it is told to.
@Suite struct `Models that are trained again` {
    private let clock = ManualClock(start: Timestamp(microseconds: 1_700_000_000_000_000))
    private let files = MemoryFileSystem()
    private let database: Database

    private static let minute: Int64 = 60_000_000

    init() throws {
        database = try Database.open("db", fileSystem: files, clock: clock, .init())
        try run(
            """
            CREATE TABLE campaigns (id int, channel text, roi float8);
            INSERT INTO campaigns SELECT i, 'c' || i % 3, i % 3 FROM generate_series(1, 60) g(i)
            """)
    }

    @discardableResult
    private func run(_ sql: String) throws -> Rows { try database.connect().query(SQL(sql)) }

    private func text(_ sql: String) throws -> String? {
        guard case .text(let text)? = try run(sql).map(\.values).first?.first else { return nil }
        return text
    }

    private func pass(minutes: Int64) {
        clock.advance(microseconds: minutes * Self.minute)
        database.refreshDueModels()
    }

    private let rowCount = "SELECT rows::text FROM demetra_models"

    @Test func `a model learns new rows when its time has come, and not before`() throws {
        try run(
            "CREATE MODEL roi FROM TABLE campaigns TARGET roi ID id WITH (refresh = INTERVAL '1 hour')"
        )
        try run("INSERT INTO campaigns SELECT i, 'c1', 1 FROM generate_series(61, 100) g(i)")
        pass(minutes: 59)
        #expect(try text(rowCount) == "60")
        #expect(
            try text("SELECT runs || ' ' || (next_at - now()) FROM demetra_model_refreshes")
                == "0 00:01:00")
        pass(minutes: 1)
        #expect(try text(rowCount) == "100")
        #expect(
            try text(
                """
                SELECT name || ' ' || refresh || ' ' || runs || ' ' || failures || ' ' || (next_at - now())
                FROM demetra_model_refreshes
                """) == "roi 01:00:00 1 0 01:00:00")
    }

    @Test func `one that cannot be trained keeps its model, says why, and is tried again later`()
        throws
    {
        try run(
            "CREATE MODEL roi FROM TABLE campaigns TARGET roi ID id WITH (refresh = '30 minutes')")
        try run("ALTER TABLE campaigns DROP COLUMN channel")
        pass(minutes: 31)
        // What is gone is a feature, which a model of the whole table can do without.
        #expect(try text("SELECT failures::text FROM demetra_model_refreshes") == "0")
        try run("DROP TABLE campaigns")
        pass(minutes: 31)
        pass(minutes: 1)
        #expect(
            try text("SELECT runs || ' ' || failures FROM demetra_model_refreshes") == "2 1")
        #expect(
            try text("SELECT error FROM demetra_model_refreshes")?.contains("campaigns") == true)
        #expect(try text(rowCount) == "60")
        pass(minutes: 30)
        #expect(
            try text("SELECT runs || ' ' || failures FROM demetra_model_refreshes") == "3 2")
    }

    @Test func `a model that was dropped or is trained without the option is left alone`() throws {
        try run("CREATE MODEL a FROM TABLE campaigns TARGET roi WITH (refresh = '1 day')")
        try run("CREATE MODEL b FROM TABLE campaigns TARGET roi")
        #expect(try text("SELECT string_agg(name, ',') FROM demetra_model_refreshes") == "a")
        try run("CREATE OR REPLACE MODEL a FROM TABLE campaigns TARGET roi")
        pass(minutes: 2 * 24 * 60)
        #expect(try text("SELECT count(*)::text FROM demetra_model_refreshes") == "0")
        let trained = try text("SELECT min(trained_at)::text FROM demetra_models")
        #expect(try text("SELECT max(trained_at)::text FROM demetra_models") == trained)
        try run("DROP MODEL a")
        pass(minutes: 60)
        #expect(try text("SELECT count(*)::text FROM demetra_models") == "1")
    }

    @Test func `what was due while the database was closed is trained soon after it is opened`()
        throws
    {
        try run("CREATE MODEL roi FROM TABLE campaigns TARGET roi WITH (refresh = '1 hour')")
        try run("INSERT INTO campaigns VALUES (61, 'c1', 1)")
        try database.close()
        clock.advance(microseconds: 600 * Self.minute)
        let again = try Database.open("db", fileSystem: files, clock: clock, .init())
        defer { try? again.close() }
        again.refreshDueModels()
        let count = SQL("SELECT rows::text FROM demetra_models")
        #expect(try again.connect().query(count).map(\.values) == [[.text("60")]])
        clock.advance(microseconds: Self.minute)
        again.refreshDueModels()
        #expect(try again.connect().query(count).map(\.values) == [[.text("61")]])
    }

    @Test(arguments: ["'30 seconds'", "'-1 hour'", "'soon'", "INTERVAL '20 years'", "5"])
    func `a time that is no time is refused`(period: String) throws {
        let error = #expect(throws: DemetraError.self) {
            try run("CREATE MODEL m FROM TABLE campaigns TARGET roi WITH (refresh = \(period))")
        }
        #expect(error?.sqlState == .invalidParameterValue)
        #expect(error?.message.contains("an interval from 1 minute to 10 years") == true)
    }
}
