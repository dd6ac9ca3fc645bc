import Demetra
import DemetraTesting
import DemetraTypes
import Testing

/// Random rows of every kind of type in a database on disk, and random queries over them that need more memory than
/// the least that can be allowed.
struct SpillScenario {
    private static let rowCount = 60_000
    private static let columns = [
        "id", "grp", "day", "moment", "name", "amount", "exact", "ratio", "flag", "span", "wide",
    ]

    private let database = try? TestDatabase()
    private var random: SeededGenerator

    init(_ seed: Seed) throws {
        random = seed.generator
        let groups = [7, 900, 30_000][random.below(3)]
        let nulls = 2 + random.below(30)
        try run(
            """
            CREATE TABLE facts (id bigint, grp integer, day date, moment timestamptz, name text,
                amount numeric(12, 2), exact numeric, ratio double precision, flag boolean,
                span interval, wide text)
            """)
        func nullable(_ expression: String, _ salt: Int) -> String {
            "CASE WHEN (n * \(salt) + 3) % \(nulls) <> 0 THEN \(expression) END"
        }
        try run(
            """
            INSERT INTO facts SELECT n, \(nullable("((n * 7919) % \(groups))::int", 5)),
                \(nullable("DATE '2025-01-01' + (n % 800)::int", 7)),
                \(nullable("TIMESTAMPTZ '2025-01-01 00:00:00+00' + (n * 37) * INTERVAL '1 minute'", 11)),
                \(nullable("'name ' || ((n * 31) % 5000)", 13)),
                \(nullable("((n * 131) % 90001)::numeric / 100 - 300", 17)),
                \(nullable("((n * 17) % 70001 - 30000)::numeric / (1 + n % 7)", 19)),
                \(nullable("((n * 41) % 60013)::float8 / 8 - 3000", 23)), \(nullable("n % 3 = 0", 29)),
                \(nullable("(n % 900) * INTERVAL '1 hour'", 31)),
                repeat(chr(97 + (n % 26)::int), (n % 40)::int)
            FROM generate_series(1::bigint, \(Self.rowCount)) AS s(n)
            """)
        try run(
            """
            CREATE TABLE others (key integer, label text, weight double precision);
            INSERT INTO others SELECT \(nullable("((n * 6151) % \(groups))::int", 37)),
                'label ' || n % 3000 || repeat('x', (n % 50)::int), n::float8 / 4
            FROM generate_series(1::bigint, \(groups < 100 ? 400 : Self.rowCount)) AS s(n)
            """)
        try run("CHECKPOINT")
    }

    private func run(_ sql: String) throws { try database?.answer(sql) }

    private mutating func someColumns(_ count: Int) -> [String] {
        var rest = Self.columns
        return (0..<count).map { _ in rest.remove(at: random.below(rest.count)) }
    }

    private mutating func order(_ columns: [String]) -> String {
        columns.map { column in
            let direction = ["", " DESC"][random.below(2)]
            let nulls = ["", " NULLS FIRST", " NULLS LAST"][random.below(3)]
            return column + direction + nulls
        }.joined(separator: ", ")
    }

    /// A query, and whether its rows come in an order that it asks for.
    mutating func query() -> (text: String, isOrdered: Bool) {
        let all = Self.columns.joined(separator: ", ")
        switch random.below(14) {
        case 0:
            let keys = order(someColumns(1 + random.below(3)) + ["id"])
            return ("SELECT \(all) FROM facts ORDER BY \(keys)", true)
        case 1:
            // Equal rows keep the order of the input, which the id tells.
            return ("SELECT grp, id, wide FROM facts ORDER BY \(order(["grp", "flag"]))", true)
        case 2:
            let keys = someColumns(1 + random.below(3)).joined(separator: ", ")
            return (
                "SELECT \(keys), count(*), sum(amount), min(ratio), max(name), avg(exact), "
                    + "count(wide) FROM facts GROUP BY \(keys)", false
            )
        case 3:
            return (
                "SELECT grp, count(DISTINCT name), count(DISTINCT (id, wide)), "
                    + "sum(DISTINCT amount), count(*) FILTER (WHERE flag) FROM facts GROUP BY grp",
                false
            )
        case 4:
            return (
                "SELECT count(DISTINCT id), count(DISTINCT wide || id), sum(DISTINCT amount), "
                    + "count(*) FROM facts", false
            )
        case 5:
            let keys = (someColumns(2) + ["id"]).joined(separator: ", ")
            // The first of each, in the order of the input.
            return ("SELECT DISTINCT \(keys) FROM facts", true)
        case 6:
            return (
                "SELECT DISTINCT ON (name, day) name, day, id, wide FROM facts ORDER BY name, day, "
                    + "id DESC", true
            )
        case 7..<13: return joinOrWindow()
        default:
            return (
                "SELECT \(all) FROM facts WHERE id % 2 = 0 UNION "
                    + "SELECT \(all) FROM facts WHERE id % 3 <> 0", false
            )
        }
    }

    private mutating func joinOrWindow() -> (text: String, isOrdered: Bool) {
        switch random.below(6) {
        case 0:
            let kind = ["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"][random.below(4)]
            return (
                "SELECT count(*), count(f.id), count(o.key), sum(f.id), sum(o.weight), "
                    + "min(o.label), max(f.wide) FROM facts f \(kind) others o "
                    + "ON f.grp = o.key AND f.id % 50 = 3", false
            )
        case 1:
            let test = ["EXISTS", "NOT EXISTS"][random.below(2)]
            return (
                "SELECT count(*), sum(id) FROM facts f WHERE \(test) (SELECT 1 FROM others o WHERE "
                    + "o.key = f.grp AND o.weight > 10)", false
            )
        case 2:
            let test = ["IN", "NOT IN"][random.below(2)]
            return (
                "SELECT count(*), sum(id), count(grp \(test) (SELECT key FROM others)) FROM facts "
                    + "WHERE id % 2 = 0 OR grp \(test) (SELECT key FROM others WHERE key > 3)",
                false
            )
        case 3:
            let keys = order(someColumns(1) + ["id"])
            return (
                "SELECT id, row_number() OVER (PARTITION BY id % 300 ORDER BY \(keys)), "
                    + "sum(amount) OVER (PARTITION BY id % 300 ORDER BY id), "
                    + "lag(name, 2) OVER (PARTITION BY coalesce(name, wide), id % 50 ORDER BY id), "
                    + "count(*) OVER (PARTITION BY id % 200) FROM facts", false
            )
        case 4:
            // Two keys have all rows of the other side: no partition of it fits.
            let kind = ["JOIN", "LEFT JOIN"][random.below(2)]
            return (
                "SELECT f.id, count(*), sum(o.weight), max(o.label) FROM facts f \(kind) "
                    + "(SELECT key % 2 AS parity, weight, label FROM others) o "
                    + "ON o.parity = f.id WHERE f.id < 9 GROUP BY f.id", false
            )
        default:
            let test = ["EXISTS", "NOT EXISTS"][random.below(2)]
            return (
                "SELECT id, \(test) (SELECT 1 FROM others o WHERE o.key % 2 = f.id % 5 AND "
                    + "o.weight > f.id * 1000) FROM facts f WHERE id < 40", false
            )
        }
    }

    /// The answer with so much memory, as text.
    func answer(_ query: (text: String, isOrdered: Bool), memory: String) throws -> [String] {
        try run("SET memory_limit = '\(memory)'")
        let rows = try database?.answer(query.text).map { row in
            row.values.map(Self.text).joined(separator: " | ")
        }
        return query.isOrdered ? rows ?? [] : (rows ?? []).sorted()
    }

    /// Which of equal numbers stands for a group is not promised: 1.0 or 1.00.
    private static func text(_ value: Value) -> String {
        guard case .numeric(let number) = value else { return "\(value)" }
        var digits = Substring("\(number)")
        guard digits.contains(".") else { return "numeric(\(digits))" }
        while digits.last == "0" { digits.removeLast() }
        if digits.last == "." { digits.removeLast() }
        return "numeric(\(digits))"
    }

    /// Bytes in temporary files since the database was opened.
    func spilledBytes() throws -> Int64 {
        let rows = try database?.rows(
            "SELECT used_bytes FROM demetra_memory WHERE part = 'spilled'")
        guard case .integer(let count) = rows?.first?["used_bytes"] else { return 0 }
        return count
    }
}

@Suite struct `Queries larger than memory` {
    @Test(arguments: Seed.some(3))
    func `answer as they do with enough of it`(seed: Seed) throws {
        var scenario = try SpillScenario(seed)
        for _ in 0..<14 {
            let query = scenario.query()
            let before = try scenario.spilledBytes()
            let expected = try scenario.answer(query, memory: "2GB")
            #expect(try scenario.spilledBytes() == before, "\(seed): enough memory: \(query.text)")
            let found = try scenario.answer(query, memory: "16MB")
            #expect(found.count == expected.count, "\(seed): \(query.text)")
            let wrong = zip(found, expected).first { $0 != $1 }
            #expect(wrong == nil, "\(seed): \(query.text)")
        }
        #expect(try scenario.spilledBytes() > 0, "\(seed): nothing was spilled")
    }

    @Test func `give back what a subquery took at each of many rows`() throws {
        let database = try Database.inMemory(
            configuration: DatabaseConfiguration(memoryLimitBytes: 16 << 20))
        let rows = try database.connect().query(
            """
            SELECT count(*) AS c FROM generate_series(1, 60000) AS s(n) WHERE n % 2 = 0
            OR (SELECT count(*) FROM (VALUES (1), (3)) AS v(k) WHERE k = n) > 0
            """)
        #expect(try rows.first?["c", as: Int.self] == 30_002)
    }

    @Test func `fail with 53200 where there is no disk to write to`() throws {
        let database = try Database.inMemory(
            configuration: DatabaseConfiguration(memoryLimitBytes: 16 << 20))
        let error = #expect(throws: DemetraError.self) {
            try database.connect().query(
                "SELECT n, repeat('x', 100) FROM generate_series(1, 200000) AS s(n) ORDER BY 2, 1")
        }
        #expect(error?.sqlState == .outOfMemory)
    }
}
