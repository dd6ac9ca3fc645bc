import Demetra
import Testing

/// Rows of one time in DETECT_ANOMALIES.
@Suite struct `Rows of one time, when anomalies are looked for` {
    /// The values of a series of hours, of which each of `rows` gives one row: days from the start and value.
    private func values(step: String, _ rows: String) throws -> [Double] {
        let test = try TestDatabase()
        return try test.rows(
            """
            WITH input AS (
              SELECT TIMESTAMP '2026-01-01' + i * INTERVAL '\(step)' AS ts, v::double precision AS v
              FROM (\(rows)) AS r(i, v))
            SELECT value FROM DETECT_ANOMALIES((SELECT * FROM input), ts => 'ts', value => 'v') ORDER BY ts
            """
        ).map { if case .double(let value)? = $0["value"] { value } else { .nan } }
    }

    @Test func `an hour that comes twice, as when clocks are set back, counts once`() throws {
        let found = try values(
            step: "1 hour",
            "SELECT i, 100 FROM generate_series(0, 99) AS s(i) UNION ALL SELECT 60, 120")
        #expect(found.count == 100)
        #expect(found[60] == 110)
        #expect(found.enumerated().allSatisfy { $0 == 60 || $1 == 100 })
    }

    @Test func `rows that make up an hour are added up`() throws {
        let found = try values(
            step: "1 hour",
            """
            SELECT i, c * 10 FROM generate_series(0, 99) AS s(i), generate_series(1, 3) AS t(c)
            WHERE i <> 50 OR c <> 2
            """)
        #expect(found.enumerated().allSatisfy { $1 == ($0 == 50 ? 40 : 60) })
    }

    @Test func `a second part of each hour is added from half a day on`() throws {
        let found = try values(
            step: "1 hour",
            """
            SELECT i, 100 FROM generate_series(0, 99) AS s(i)
            UNION ALL SELECT i, 50 FROM generate_series(40, 99) AS s(i)
            """)
        #expect(found[39] == 100)
        #expect(found[40] == 75)
        #expect(found[53...].allSatisfy { $0 == 150 })
    }

    @Test func `rows of one day are added up at once`() throws {
        let found = try values(
            step: "1 day",
            """
            SELECT i, 100 FROM generate_series(0, 99) AS s(i)
            UNION ALL SELECT i, 50 FROM generate_series(40, 99) AS s(i)
            """)
        #expect(found[39] == 100)
        #expect(found[40...].allSatisfy { $0 == 150 })
    }
}
