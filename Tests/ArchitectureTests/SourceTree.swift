import Foundation

/// The files of this package, as the tests of the architecture read them.
enum SourceTree {
    /// The folder that holds `Package.swift`.
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// All Swift files below `Sources`.
    static let sources = swiftFiles(below: "Sources")

    /// All Swift files below `Tests` and `Samples`.
    static let tests = swiftFiles(below: "Tests") + swiftFiles(below: "Samples")

    /// The Swift files of one target.
    static func files(ofTarget name: String) -> [SourceFile] {
        sources.filter { $0.target == name }
    }

    /// The names of the folders directly below `Sources`.
    static let targetNames = Set(sources.map(\.target))

    /// Paths, relative to the root, of all files below a folder; nothing that a build made.
    static func paths(below folder: String) -> [String] {
        let keys: [URLResourceKey] = [.isRegularFileKey]
        let start = root.appending(path: folder)
        guard
            let entries = FileManager.default.enumerator(
                at: start, includingPropertiesForKeys: keys, options: [.skipsHiddenFiles])
        else { return [] }
        var result: [String] = []
        for case let url as URL in entries
        where (try? url.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true {
            let path = url.standardizedFileURL.path
            result.append(String(path.dropFirst(root.standardizedFileURL.path.count + 1)))
        }
        return result.sorted()
    }

    /// The text of a file, by its path relative to the root.
    static func text(of path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    private static func swiftFiles(below folder: String) -> [SourceFile] {
        paths(below: folder).filter { $0.hasSuffix(".swift") && !$0.contains("/.build") }
            .compactMap { path in
                (try? text(of: path)).map { SourceFile(path: path, text: $0) }
            }
    }
}

/// One Swift file: its text, and its code alone.
struct SourceFile: Sendable, CustomStringConvertible {
    /// Relative to the root of the package.
    let path: String
    /// The lines as they are.
    let lines: [String]
    /// The same lines with comments and the insides of string literals blanked out, so that a search
    /// finds code only.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = Self.split(text)
        code = Self.split(CodeText.withoutCommentsAndLiterals(text))
    }

    var description: String { path }

    /// The folder below `Sources` or `Tests` that the file lies in.
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    /// Numbers, from 1, and texts of the code lines that match a pattern.
    func matches(_ pattern: Regex<Substring>) -> [(number: Int, text: String)] {
        code.indices.filter { code[$0].contains(pattern) }.map {
            ($0 + 1, lines[$0].trimmingCharacters(in: .whitespaces))
        }
    }

    private static func split(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
