import Foundation
import Testing

/// Documents lead where they say.
@Suite struct `Documents` {
    private static let documents: [String] =
        ["README.md"]
        + ["docs", "Sources", "Tests", "Samples"].flatMap(SourceTree.paths(below:))
        .filter { $0.hasSuffix(".md") }

    @Test func `links lead to files that are there`() throws {
        for path in Self.documents {
            let folder = (path as NSString).deletingLastPathComponent
            for link in try Self.links(of: path) {
                let target = SourceTree.root.appending(path: folder).appending(path: link)
                #expect(
                    FileManager.default.fileExists(atPath: target.standardizedFileURL.path),
                    "\(path) links to \(link)")
            }
        }
    }

    @Test func `paths in code marks are there`() throws {
        // `Tests/System/crash_tests.py`, `docs/decisions/0004-log-first.md`, `Samples/install`.
        let pattern = #/`((?:Sources|Tests|docs|Samples|Grammar)\/[\w\/.+-]+)`/#
        for path in Self.documents {
            for match in try SourceTree.text(of: path).matches(of: pattern) {
                let target = SourceTree.root.appending(path: String(match.output.1))
                let exists = FileManager.default.fileExists(atPath: target.path)
                #expect(exists, "\(path) names \(match.output.1)")
            }
        }
    }

    @Test func `readmes are short`() throws {
        for path in Self.documents where path.hasSuffix("README.md") {
            let lines = try SourceTree.text(of: path).split(
                separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count <= 121, "\(path)")
        }
    }

    @Test(arguments: [
        "Sources/DemetraStorage", "Sources/DemetraSQL", "Sources/DemetraPlanner",
        "Sources/DemetraEngine", "Sources/DemetraFunctions", "Sources/DemetraAnalytics",
        "Sources/DemetraAlerts", "Sources/DemetraWire", "Tests",
    ])
    func `the hard parts have a readme`(folder: String) {
        #expect(Self.documents.contains("\(folder)/README.md"))
    }

    @Test func `decisions are numbered, once each`() {
        let names = SourceTree.paths(below: "docs/decisions").map {
            ($0 as NSString).lastPathComponent
        }
        #expect(!names.isEmpty)
        for name in names { #expect(name.contains(#/^\d{4}-[a-z0-9-]+\.md$/#), "\(name)") }
        #expect(Set(names.map { $0.prefix(4) }).count == names.count)
    }

    /// Relative targets of `[text](target)`; addresses of the web are not looked up.
    private static func links(of path: String) throws -> [String] {
        try SourceTree.text(of: path).matches(of: #/\]\(([^)#\s]+)[^)]*\)/#)
            .map { String($0.output.1) }.filter { !$0.contains("://") }
    }
}
