import DemetraSQL
import DemetraTypes
import Foundation
import Testing

/// Statements of the shared suite, which real PostgreSQL has checked.
enum Corpus {
    /// Beside the project, or where `DEMETRA_SHARED` says.
    static let folder: URL = {
        if let shared = ProcessInfo.processInfo.environment["DEMETRA_SHARED"] {
            return URL(fileURLWithPath: shared).appending(path: "sqltest/cases")
        }
        var root = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { root.deleteLastPathComponent() }
        return root.appending(path: "shared/sqltest/cases")
    }()

    /// Whether the suite is there.
    static let isThere = FileManager.default.fileExists(atPath: folder.path)

    /// Statements with the SQLSTATE they must fail with, if any.
    static func statements(
        below folder: URL = folder, ending: String = "slt"
    ) throws -> [(sql: String, state: String?)] {
        var result: [(String, String?)] = []
        let files = try #require(
            FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
        for case let file as URL in files where file.pathExtension == ending {
            let text = try String(contentsOf: file, encoding: .utf8)
            for block in text.components(separatedBy: "\n\n") {
                let lines = block.split(separator: "\n", omittingEmptySubsequences: false)
                    .filter {
                        !$0.hasPrefix("#") && !$0.hasPrefix("skipif") && !$0.hasPrefix("onlyif")
                    }
                guard let head = lines.first else { continue }
                let words = head.split(separator: " ")
                guard words.first == "statement" || words.first == "query" else { continue }
                let body = lines.dropFirst().prefix { $0 != "----" }
                let state = words.count > 2 && words[1] == "error" ? String(words[2]) : nil
                result.append((body.joined(separator: "\n"), state))
            }
        }
        return result
    }
}

@Suite struct `The shared statements` {
    @Test(.enabled(if: Corpus.isThere))
    func `parse unless they are syntax errors`() throws {
        let statements = try Corpus.statements()
        #expect(statements.count > 900)
        for (sql, state) in statements where state != "42601" {
            do {
                #expect(try SQLParser.parse(sql).count == 1, "\(sql)")
            } catch {
                Issue.record("\(error) \(error.detail ?? "") in: \(sql)")
            }
        }
    }
}
