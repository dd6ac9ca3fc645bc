import Demetra

/// How a Swift program keeps advertising metrics with Demetra: open, append, restate, ask, and read one state
/// of the data with several queries. `docs/embedding.md` explains each step; `Tests/run` compiles and runs it.
@main
struct Embedding {
    static func main() async throws {
        // A directory for real use: Database.open(at: "ads.demetra").
        let db = try Database.inMemory()
        try await db.query(
            """
            CREATE TABLE ad_metrics (day date, channel text, spend numeric(12,2), revenue numeric(12,2),
                                     PRIMARY KEY (day, channel));
            CREATE METRIC roas AS sum(revenue) / nullif(sum(spend), 0)
            """)

        // Rows go in as values, all or none of them.
        let first = try CalendarDate("2026-03-01")
        try await db.append(to: "ad_metrics") { appender in
            try appender.append(first, "google", try Decimal("120.50"), 410)
            try appender.append(first, "meta", try Decimal("98.25"), try Decimal("301.75"))
            try appender.append(first, "tiktok", 40, try Decimal("52.10"))
        }

        // A platform restates a day: with .upsert the row takes the place of the one with its key.
        try await db.append(to: "ad_metrics", mode: .upsert) { appender in
            try appender.append(first, "tiktok", 40, try Decimal("68.40"))
        }

        // Interpolated values become parameters; no text of a user can change the statement.
        let least = 1.5
        let rows = try await db.query(
            """
            SELECT channel, sum(spend) AS spend, roas FROM ad_metrics
            WHERE day >= \(first) GROUP BY channel HAVING roas > \(least) ORDER BY roas DESC
            """)
        for try await row in rows {
            let roas = try row["roas", as: Double?.self] ?? .nan
            print(try row["channel", as: String.self], try row["spend", as: Decimal.self], roas)
        }

        // Several queries on one state of the data, whatever is written meanwhile.
        let (count, total) = try await db.read { snapshot in
            let count = try snapshot.query("SELECT count(*) AS n FROM ad_metrics")
            let total = try snapshot.query("SELECT sum(revenue) AS total FROM ad_metrics")
            return (
                try count.first?["n", as: Int.self] ?? 0,
                try total.first?["total", as: Decimal?.self]?.description ?? "no"
            )
        }
        print(count, "rows,", total, "revenue")

        // Errors carry a SQLSTATE, a message and often a hint.
        do {
            try await db.query("SELECT spent FROM ad_metrics")
        } catch let error as DemetraError {
            print(error.sqlState, error.message)
        }
        try db.close()
    }
}
