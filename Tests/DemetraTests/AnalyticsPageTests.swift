import Demetra
import Foundation
import Testing

@Suite struct `The page about models and budgets` {
    private func page() throws -> String {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        return try String(contentsOfFile: "/\(root)/docs/analytics.md", encoding: .utf8)
    }

    /// The SQL blocks in order.
    private func blocks() throws -> [String] {
        try page().components(separatedBy: "```sql\n").dropFirst().map {
            $0.components(separatedBy: "```")[0]
        }
    }

    @Test func `has blocks that all run, one after another`() throws {
        let test = try TestDatabase()
        let blocks = try blocks()
        #expect(blocks.count >= 6)
        for block in blocks {
            let error = test.failure(block)
            #expect(error == nil, "\(block)")
        }
    }

    @Test func `names every option of a model`() throws {
        let test = try TestDatabase()
        try test.rows("CREATE TABLE t (x int, y int)")
        // The hint lists all options there are.
        let error = test.failure("CREATE MODEL m FROM TABLE t TARGET y WITH (zzzzzzzzzzzz = 1)")
        let hint = try #require(error?.hint)
        let text = try page()
        let names = hint.drop { $0 != " " }.split { !$0.isLetter && $0 != "_" }.map(String.init)
        // Two are accepted by name and refused by value so far.
        for name in names where !["options", "are", "task", "refresh"].contains(name) {
            #expect(text.contains("| `\(name)` |"), "\(name)")
        }
    }
}
