import DemetraSQL
import DemetraTypes
import Testing

@Suite struct `What may stand at a place of a statement` {
    /// The place where `|` stands in a text.
    private func place(_ marked: String) throws -> CompletionPlace {
        let parts = marked.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
        return try #require(
            CompletionPlace(String(parts[0] + parts[1]), at: parts[0].utf8.count), "\(marked)")
    }

    private func words(_ marked: String) throws -> Set<String> {
        Set(try place(marked).keywords.map(\.text))
    }

    @Test func `a statement begins with a word that begins one`() throws {
        let words = try words("|")
        #expect(words.isSuperset(of: ["select", "with", "insert", "create", "show", "explain"]))
        #expect(words.isDisjoint(with: ["from", "where", "and", "table of"]))
        #expect(try self.words("SELECT 1; |").contains("insert"))
    }

    @Test(arguments: [
        (
            "SELECT a FROM t |", ["where", "group", "join", "left", "order", "limit", "union"],
            ["set"]
        ),
        ("SELECT a |", ["from", "as", "and", "between", "is", "union"], ["join", "where group"]),
        ("SELECT a FROM t WHERE a |", ["and", "or", "in", "like", "is", "not"], ["from", "join"]),
        ("SELECT a FROM t WHERE a IS |", ["null", "not", "distinct", "true"], ["and", "select"]),
        ("SELECT a FROM t ORDER BY a |", ["asc", "desc", "nulls", "limit"], ["where", "group"]),
        ("SELECT a FROM t ORDER |", ["by"], ["select"]),
        ("SELECT CASE WHEN a THEN b |", ["when", "else", "end"], ["from"]),
        ("SELECT sum(a) |", ["over", "filter", "from"], ["join"]),
        ("SELECT * FROM a LEFT |", ["join", "outer"], ["on"]),
        ("SELECT * FROM a JOIN b |", ["on", "using"], ["where"]),
        ("INSERT |", ["into"], ["select"]),
        ("INSERT INTO t |", ["values", "select", "default"], ["where"]),
        ("UPDATE t |", ["set", "as"], ["where"]),
        ("DELETE FROM t |", ["where", "returning", "using"], ["group"]),
        ("CREATE |", ["table", "view", "metric", "alert", "model", "or"], ["select"]),
        ("CREATE TABLE t (a integer |", ["not", "primary", "default", "check"], ["select"]),
        ("DROP |", ["table", "view", "metric"], ["select"]),
        ("ALTER TABLE t |", ["add", "drop", "rename", "alter"], ["select"]),
        ("SELECT a FROM t WHERE a NOT |", ["in", "like", "between", "ilike"], ["null"]),
        ("SELECT * FROM (|", ["select", "with", "values"], ["where"]),
        ("COPY t |", ["from", "to"], ["select"]),
        ("SELECT rank() OVER (|", ["partition", "order", "rows"], ["from"]),
    ])
    func `keywords are those that the grammar takes`(
        marked: String, allowed: [String], refused: [String]
    ) throws {
        let words = try words(marked)
        #expect(Set(allowed).subtracting(words) == [], "\(marked)")
        #expect(words.isDisjoint(with: refused), "\(marked)")
    }

    @Test(arguments: [
        ("SELECT |", [CompletionName.column, .function]), ("SELECT a, |", [.column, .function]),
        ("SELECT * FROM |", [.relation, .rowFunction]),
        ("SELECT * FROM a JOIN |", [.relation, .rowFunction]),
        ("SELECT * FROM a WHERE |", [.column, .function]),
        ("SELECT * FROM a JOIN b USING (|", [.sharedColumn]),
        ("SELECT a::|", [.type]), ("SELECT CAST(a AS |", [.type]),
        ("CREATE TABLE t (a |", [.type]), ("CREATE TABLE |", []), ("SELECT a AS |", []),
        ("INSERT INTO |", [.relation]), ("INSERT INTO t (|", [.targetColumn]),
        ("UPDATE t SET |", [.targetColumn]), ("UPDATE |", [.relation]),
        ("INSERT INTO t VALUES (1) ON CONFLICT (|", [.targetColumn]),
        ("DELETE FROM |", [.relation]), ("SET |", [.setting]), ("SHOW |", [.setting]),
        ("DROP TABLE |", [.relation]), ("DROP METRIC |", [.metric]), ("DROP MODEL |", [.model]),
        ("ALTER TABLE |", [.relation]), ("ALTER TABLE t DROP COLUMN |", [.targetColumn]),
        ("ALTER METRIC |", [.metric]), ("CREATE INDEX ON t (|", [.targetColumn, .function]),
        ("COPY t FROM '|", [.file]), ("COPY (SELECT 1) TO '/tmp/|", [.file]),
        ("BACKUP DATABASE TO '|", [.file]), ("CREATE METRIC m AS sum(|", [.column, .function]),
    ])
    func `names are of the kinds that belong there`(
        marked: String, names: [CompletionName]
    ) throws {
        #expect(try place(marked).names == Set(names), "\(marked)")
    }

    @Test func `the word before the cursor is what is completed`() throws {
        let place = try place("SELECT cam|paign FROM t")
        #expect(place.word == "cam")
        #expect(place.range.lower == 7 && place.range.upper == 10)
        let quoted = try self.place("SELECT \"Ad Na| FROM t")
        #expect(quoted.word == "Ad Na" && quoted.isQuoted)
        #expect(quoted.range.lower == 7)
        #expect(try self.place("SELECT a.b|").qualifier == ["a"])
        #expect(try self.place("SELECT s.a.|").qualifier == ["s", "a"])
    }

    @Test(arguments: [
        "SELECT 'te|", "SELECT 12|", "SELECT 1 -- te|", "SELECT /* te|", "SELECT 'x'|",
    ])
    func `inside of texts, numbers and comments there is nothing`(marked: String) {
        let text = marked.dropLast()
        let place = CompletionPlace(String(text), at: text.utf8.count)
        // Behind a comment that ends with its line the line has to end first.
        #expect(place == nil || text.contains("--"))
    }

    /// The names of relations, and their columns where the statement itself tells them.
    private func outline(_ marked: String) throws -> String {
        func shown(_ relation: StatementOutline.Relation) -> String {
            switch relation.source {
            case .named(let path):
                let name = path.joined(separator: ".")
                return name == relation.name ? name : "\(relation.name)=\(name)"
            case .columns(let columns):
                let names = columns.map { column in
                    switch column {
                    case .name(let name): name
                    case .all(let relations): "*" + relations.map(shown).joined(separator: "+")
                    }
                }
                return "\(relation.name)(\(names.joined(separator: ",")))"
            }
        }
        return try place(marked).outline.relations.map(shown).joined(separator: " ")
    }

    @Test(arguments: [
        ("SELECT | FROM ad_metrics", "ad_metrics"),
        ("SELECT a FROM t WHERE |", "t"), ("SELECT | FROM a AS x, s.b y", "x=a y=s.b"),
        ("SELECT | FROM a LEFT JOIN b ON a.id = b.id JOIN c USING (id)", "a b c"),
        ("SELECT | FROM (SELECT p, sum(q) AS s, r z, f(1) FROM t) AS d", "d(p,s,z,f)"),
        ("SELECT | FROM (SELECT * FROM t) d", "d(*t)"),
        ("SELECT | FROM (VALUES (1, 2)) AS v", "v(column1,column2)"),
        ("SELECT | FROM (VALUES (1, 2)) AS v(a, b)", "v(a,b)"),
        ("WITH w AS (SELECT a, b::text FROM t) SELECT | FROM w", "w(a,b)"),
        ("WITH w(x) AS (SELECT 1), v AS (SELECT * FROM w) SELECT | FROM v", "v(*w(x))"),
        ("WITH w AS (SELECT | FROM t) SELECT * FROM w", "t"),
        ("SELECT * FROM a WHERE EXISTS (SELECT 1 FROM b WHERE |)", "b a"),
        ("SELECT * FROM a, (SELECT | FROM b) d", "b"),
        ("SELECT * FROM a, LATERAL (SELECT | FROM b) d", "b a"),
        ("SELECT f(x, (SELECT | FROM b)) FROM a", "b a"),
        ("SELECT 1 FROM a UNION SELECT | FROM b", "b"),
        ("SELECT extract(year FROM |) FROM t", "t"), ("SELECT a IS DISTINCT FROM | FROM t", "t"),
        ("SELECT | FROM generate_series(1, 3) AS g(n)", "g(n)"),
        ("SELECT | FROM unnest(a) WITH ORDINALITY AS u(x, n)", "u(x,n)"),
        ("UPDATE t SET a = |", "t"), ("UPDATE t AS u SET a = 1 FROM v WHERE |", "u=t v"),
        ("DELETE FROM t USING v WHERE |", "t v"), ("INSERT INTO t (|", "t"),
        ("MERGE INTO t USING s AS x ON |", "t x=s"), ("CREATE INDEX ON t (|", "t"),
        ("INSERT INTO t (a) SELECT | FROM b", "t b"),
        ("SELECT 1; SELECT | FROM z; SELECT 2 FROM y", "z"),
        ("SELECT sum(|) FROM t GROUP BY a", "t"),
        ("SELECT | FROM ((a JOIN b ON true) JOIN c ON true)", "a b c"),
    ])
    func `relations are found on both sides of the cursor`(marked: String, shown: String) throws {
        #expect(try outline(marked) == shown, "\(marked)")
    }

    @Test func `unfinished and hostile texts are endured`() throws {
        for text in [
            "SELECT FROM WHERE", ")))(((", "SELECT ((((", "WITH WITH WITH (", "a.b.c.", ",,,",
            "JOIN",
        ] {
            _ = CompletionPlace(text + " ", at: text.utf8.count + 1)
        }
        let deep = String(repeating: "(SELECT * FROM ", count: 3_000)
        _ = CompletionPlace("SELECT * FROM " + deep, at: 14 + deep.utf8.count)
        let parentheses = "SELECT " + String(repeating: "(", count: 20_000)
        _ = CompletionPlace(parentheses, at: parentheses.utf8.count)
    }
}
