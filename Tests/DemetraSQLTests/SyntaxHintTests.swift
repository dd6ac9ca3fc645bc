import DemetraSQL
import DemetraTypes
import Testing

@Suite("Errors of syntax say the way out")
struct SyntaxHintTests {
    private func failure(_ statement: String) -> DemetraError? {
        do {
            _ = try SQLParser.parse(statement)
            return nil
        } catch {
            return error
        }
    }

    @Test(
        "what other dialects write is told in our words",
        arguments: [
            ("DESCRIBE ads", "information_schema.columns"),
            ("SELECT 1; DESCRIBE ads", "information_schema.columns"),
            ("REPLACE INTO ads VALUES (1)", "ON CONFLICT"),
            ("INSERT INTO ads VALUES (1) ON DUPLICATE KEY UPDATE a = 1", "ON CONFLICT"),
            ("CREATE TABLE t (id int AUTO_INCREMENT)", "IDENTITY"),
            ("CREATE TABLE t (a int) ENGINE = MergeTree()", "leave ENGINE out"),
            ("SELECT a FROM t LIMIT 5, 10", "OFFSET"),
            ("SELECT a FROM t LIMIT 1 BY a", "LATEST BY"),
            ("SELECT TOP 5 a FROM t", "LIMIT"),
            ("SELECT * EXCEPT (a) FROM t", "EXCLUDE"),
            ("SELECT `a` FROM t", "double quotes"),
            ("SELECT a FROM t WHERE a > 1 && b < 2", "AND"),
            ("SELECT a FROM t WHERE a > 1 || b < 2", "OR"),
            ("SELECT a FROM t WHERE a == 1", "one ="),
            ("SELECT d - INTERVAL 7 DAY FROM t", "INTERVAL '7 days'"),
            ("SELECT [1, 2]", "ARRAY[1, 2, 3]"),
            ("SELECT a, FROM t", "comma before FROM"),
            ("SELECT a FROM t WHERE a NOT NULL", "IS NOT NULL"),
            ("SELECT TRY_CAST(a AS int) FROM t", "CASE WHEN"),
            ("PIVOT t ON a USING sum(b)", "FILTER"),
        ])
    func foreign(statement: String, words: String) throws {
        let hint = try #require(failure(statement)?.hint, "\(statement) has no hint")
        #expect(hint.contains(words), "\(hint)")
    }

    @Test("a clause that stands too late is told where it belongs")
    func clauses() {
        #expect(
            failure("SELECT a FROM t GROUP BY a HAVING count(*) > 1 WHERE a > 1")?.hint
                == "WHERE stands before HAVING.")
        #expect(failure("SELECT a FROM t LIMIT 1 ORDER BY a")?.hint == "ORDER stands before LIMIT.")
    }

    @Test("a misspelt keyword is told, also where it was taken for an alias")
    func misspelt() {
        #expect(failure("SLECT 1")?.hint == "Perhaps you meant SELECT.")
        #expect(failure("INSRET INTO t VALUES (1)")?.hint == "Perhaps you meant INSERT.")
        #expect(failure("SELECT a FORM t")?.hint == "Perhaps you meant FROM instead of \"FORM\".")
        #expect(failure("SELECT a FROM t WHRE a > 1")?.hint?.contains("WHERE") == true)
    }

    @Test("a name or a text that looks like a foreign form gets no hint")
    func nothing() {
        #expect(failure("SELECT 'DESCRIBE' \"describe\" x FROM t")?.hint == nil)
        #expect(failure("SELECT (1")?.hint == nil)
    }

    @Test("what could have stood there is told in a few words")
    func expected() {
        #expect(failure("DESCRIBE ads")?.detail == "Expected a statement.")
        let detail = failure("SELECT a FROM t LIMIT 5, 10")?.detail
        #expect(detail?.contains("an operator") == true)
        #expect(detail?.contains("\"::\"") == false)
    }
}
