import Demetra
import Testing

@Suite struct `Completion of a word` {
    private static func connection() throws -> Connection {
        let connection = try Database.inMemory().connect()
        for statement in [
            "CREATE TABLE ad_metrics (ts timestamp, campaign_id bigint, spend numeric, revenue numeric)",
            "CREATE TABLE campaigns (campaign_id bigint, campaign_name text, channel text, \"Ad Name\" text)",
            "CREATE VIEW daily AS SELECT ts::date AS day, sum(spend) AS total FROM ad_metrics GROUP BY 1",
            "CREATE SCHEMA raw", "CREATE TABLE raw.clicks (click_id bigint, at_time timestamp)",
            "CREATE METRIC profit AS sum(revenue) - sum(spend)",
        ] { _ = try connection.query(SQL(statement)) }
        return connection
    }

    /// The candidates where `|` stands.
    private func texts(
        _ marked: String, _ connection: Connection, kinds: Set<Completions.Item.Kind>? = nil
    ) -> [String] {
        let parts = marked.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        return connection.completions(
            of: String(parts[0] + parts[1]), at: parts[0].utf8.count
        ).items.filter { kinds?.contains($0.kind) ?? true }.map(\.text)
    }

    @Test(arguments: [
        ("SELECT | FROM ad_metrics", ["ts", "campaign_id", "spend", "revenue"]),
        ("SELECT cam| FROM campaigns", ["campaign_id", "campaign_name"]),
        ("SELECT m.| FROM ad_metrics AS m", ["ts", "campaign_id", "spend", "revenue"]),
        ("SELECT * FROM ad_metrics a JOIN campaigns c USING (|)", ["campaign_id"]),
        ("SELECT | FROM daily", ["day", "total"]), ("SELECT d.t| FROM daily d", ["total"]),
        ("SELECT | FROM raw.clicks", ["click_id", "at_time"]),
        ("WITH w AS (SELECT * FROM daily) SELECT | FROM w", ["day", "total"]),
        ("SELECT | FROM (SELECT spend AS cost FROM ad_metrics) x", ["cost"]),
        ("UPDATE campaigns SET ch|", ["channel"]), ("INSERT INTO daily (|", ["day", "total"]),
        ("SELECT Ad| FROM campaigns", ["\"Ad Name\""]),
        ("SELECT \"Ad| FROM campaigns", ["\"Ad Name\""]),
        ("SELECT se| FROM demetra_segments", ["segment"]), ("SELECT chan|", ["channel"]),
        ("SELECT fun| FROM (SELECT 1 AS function_count) x", ["function_count"]),
    ])
    func `columns are those of the relations of the statement`(
        marked: String, columns: [String]
    ) throws {
        #expect(texts(marked, try Self.connection(), kinds: [.column]) == columns, "\(marked)")
    }

    @Test(arguments: [
        ("SELECT * FROM |", ["ad_metrics", "campaigns", "daily"]),
        ("SELECT * FROM d|", ["daily", "demetra_alert_changes"]),
        ("SELECT * FROM raw.|", ["clicks"]), ("DROP TABLE cam|", ["campaigns"]),
        ("WITH w AS (SELECT 1) SELECT * FROM |", ["w", "ad_metrics", "campaigns", "daily"]),
        ("INSERT INTO ad|", ["ad_metrics"]),
    ])
    func `relations are those of the catalog and of WITH`(marked: String, names: [String]) throws {
        let found = texts(marked, try Self.connection(), kinds: [.relation])
        #expect(
            Set(found).isSuperset(of: names.filter { !$0.hasPrefix("demetra_alert") }), "\(found)")
        #expect(found.first == names.first)
    }

    @Test func `functions, metrics, settings, types and words come where they belong`() throws {
        let connection = try Self.connection()
        #expect(texts("SELECT date_tr|", connection).contains("date_trunc"))
        #expect(texts("SELECT period_c|", connection).contains("period_change"))
        #expect(texts("SELECT pro| FROM ad_metrics", connection, kinds: [.metric]) == ["profit"])
        #expect(texts("SELECT ro|", connection, kinds: [.metric]) == ["roas", "roi"])
        #expect(texts("DROP METRIC |", connection, kinds: [.metric]) == ["profit"])
        #expect(texts("SELECT * FROM generate_s|", connection).contains("generate_series"))
        #expect(!texts("SELECT * FROM up|", connection).contains("upper"))
        #expect(texts("SET time|", connection, kinds: [.setting]) == ["timezone"])
        #expect(texts("SHOW met|", connection, kinds: [.setting]) == ["metrics"])
        #expect(texts("SELECT a::num|", connection) == ["numeric"])
        #expect(texts("SELECT 1 FROM ad_metrics gro|", connection) == ["group"])
        #expect(texts("SELECT 1 FROM ad_metrics GRO|", connection) == ["GROUP"])
    }

    @Test func `what a candidate replaces is the word, and a file is told as one`() throws {
        let connection = try Self.connection()
        let found = connection.completions(of: "SELECT cam FROM campaigns", at: 10)
        #expect(found.range == 7..<10)
        let file = connection.completions(of: "COPY campaigns FROM '/data/x", at: 28)
        #expect(file.filePrefix == "/data/x")
        #expect(file.range == 20..<28)
        #expect(connection.completions(of: "SELECT 'cam", at: 11).items.isEmpty)
    }

    @Test func `columns of a thousand tables are found by their tables`() throws {
        let connection = try Database.inMemory().connect()
        for number in 0..<1_000 {
            let statement = "CREATE TABLE t\(number) (a\(number) integer, b integer)"
            _ = try connection.query(SQL(statement))
        }
        #expect(texts("SELECT a| FROM t77", connection, kinds: [.column]) == ["a77"])
        #expect(texts("SELECT * FROM t99|", connection, kinds: [.relation]).count == 11)
        #expect(texts("SELECT a99|", connection, kinds: [.column]).count == 11)
    }
}
