import DemetraFuzzing
import DemetraSQL
import DemetraTypes
import Foundation
import Testing

@Suite struct `Printed statements` {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test func `parse to what they were, for random sentences of the grammar`() throws {
        let seed = ProcessInfo.processInfo.environment["DEMETRA_SEED"] ?? "1"
        print("seed \(seed)")
        let process = Process()
        process.executableURL = Self.root.appending(path: ".build/release/GrammarCompiler")
        process.arguments = [
            "--sentences", Self.root.appending(path: "Grammar").path, seed, "20000",
        ]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let sentences = String(decoding: data, as: UTF8.self).split(separator: "\n").map(
            String.init)
        #expect(try printed(sentences) > 15_000)
    }

    @Test func `parse to what they were, for the statements of Tests SQL`() throws {
        let folder = Self.root.appending(path: "Tests/SQL")
        let statements = try Corpus.statements(below: folder, ending: "test").map(\.sql)
        #expect(try printed(statements) > 2_000)
    }

    @Test(.enabled(if: Corpus.isThere))
    func `parse to what they were, for the shared statements`() throws {
        #expect(try printed(Corpus.statements().map(\.sql)) > 900)
    }

    /// Checks the law for all that parses; gives how many do.
    private func printed(_ texts: [String]) throws -> Int {
        var count = 0
        for text in texts {
            guard let parsed = try? SQLParser.parse(text) else { continue }
            count += 1
            for statement in parsed {
                do {
                    try PrinterLaw.check(statement.statement)
                } catch {
                    Issue.record("\(error), from: \(text)")
                }
            }
        }
        return count
    }

    @Test(arguments: [
        (
            "select a,b as \"order\" from T where not (x=1 and y!=2)",
            "SELECT a, b AS \"order\" FROM t WHERE NOT (x = 1 AND y <> 2)"
        ),
        (
            "select (a+b)*c, a+(b*c), (a-b)-c, a-(b-c), -(-1), (-1)::int, -1::int",
            "SELECT (a + b) * c, a + b * c, a - b - c, a - (b - c), - -1, (-1)::int, -1::int"
        ),
        (
            "select (a or b) and c, a or (b and c), (a = b) = c, ~(a | b), (~ a) | b",
            "SELECT (a OR b) AND c, a OR b AND c, (a = b) = c, ~ a | b, (~ a) | b"
        ),
        (
            "SELECT day, \"Day\", \"select\", \"a b\", \"of\", x'y' FROM s.\"T\" t",
            "SELECT day, \"Day\", \"select\", \"a b\", \"of\", x 'y' FROM s.\"T\" AS t"
        ),
        (
            "(select 1 union all select 2) intersect (select 3 order by 1)",
            "(SELECT 1 UNION ALL SELECT 2) INTERSECT (SELECT 3 ORDER BY 1)"
        ),
        (
            "select extract(year from d), coalesce(a,b), current_date, sum(x) filter (where y) over w",
            "SELECT EXTRACT(year FROM d), COALESCE(a, b), CURRENT_DATE, "
                + "sum(x) FILTER (WHERE y) OVER w"
        ),
        (
            "insert into t values (1,'it''s',null) on conflict (a) do nothing",
            "INSERT INTO t VALUES (1, 'it''s', NULL) ON CONFLICT (a) DO NOTHING"
        ),
        (
            "create table t (a int primary key, b text not null default 'x', check (a > 0))",
            "CREATE TABLE t (a int PRIMARY KEY, b text NOT NULL DEFAULT 'x', CHECK (a > 0))"
        ),
    ])
    func `are written in one form`(text: String, expected: String) throws {
        let parsed = try SQLParser.parse(text)
        #expect(parsed.map { SQLPrinter.text($0.statement) } == [expected])
    }

    @Test(arguments: [("SELECT 1", " UNION ALL SELECT 1"), ("SELECT 1 FROM t", " CROSS JOIN t")])
    func `may be chains of thousands`(first: String, next: String) throws {
        let text = first + String(repeating: next, count: 4_000)
        let parsed = try SQLParser.parse(text)
        #expect(SQLPrinter.text(parsed[0].statement) == text)
    }

    @Test func `of rows kept as records have the rows again`() throws {
        var parser = LiteralInsertParser()
        let text = "INSERT INTO t (a, b) VALUES (1, 'x, \"y\"'), (-2.50, NULL), (true, '')"
        let fast = parser.parse(text)
        let parsed = try #require(fast)
        #expect(
            SQLPrinter.text(parsed.statement)
                == "INSERT INTO t (a, b) VALUES (1, 'x, \"y\"'), (-2.50, NULL), (TRUE, '')")
    }
}
