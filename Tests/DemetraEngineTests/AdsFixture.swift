import Demetra

/// A database in memory with 150,000 rows of advertising: several row groups, NULLs, and columns of each
/// kind of order: sorted, cyclic and scattered.
struct AdsFixture {
    let connection: Connection
    private let database: Database

    /// The same rows whatever the number of processors.
    init(processorCount: Int) throws {
        database = try Database.inMemory(
            configuration: DatabaseConfiguration(processorCount: processorCount))
        connection = database.connect()
        try connection.query(
            """
            CREATE TABLE ads (id bigint, day date, campaign int, channel text, clicks bigint,
                spend numeric(12,2), revenue numeric(12,2), rate double precision)
            """)
        try connection.query(
            """
            INSERT INTO ads SELECT n, DATE '2025-01-01' + (n / 400)::int, ((n * 7919) % 97)::int,
                CASE n % 5 WHEN 0 THEN 'meta' WHEN 1 THEN 'google' WHEN 2 THEN 'tiktok'
                    WHEN 3 THEN 'x' END,
                CASE WHEN n % 13 <> 0 THEN (n * 104729) % 1000 END,
                ((n * 31) % 10007)::numeric / 100, ((n * 37) % 20011)::numeric / 100,
                ((n * 41) % 1009)::float8 / 8
            FROM generate_series(0::bigint, 149999) AS s(n)
            """)
        try connection.query(
            """
            CREATE TABLE campaigns (campaign int PRIMARY KEY, name text, budget numeric(12,2))
            """)
        try connection.query(
            """
            INSERT INTO campaigns SELECT n::int, 'campaign ' || n, n * 100
            FROM generate_series(0, 120) AS s(n) WHERE n % 7 <> 0
            """)
        try connection.query("CREATE METRIC roas AS sum(revenue) / nullif(sum(spend), 0)")
        try connection.query("CHECKPOINT")
    }

    /// The rows of a query as text, so that a failure shows them.
    func rows(_ query: String) throws -> [String] {
        try connection.query(SQL(query)).map { row in
            row.values.map { "\($0)" }.joined(separator: " | ")
        }
    }
}
