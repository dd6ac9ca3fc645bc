import Foundation

/// Compiles the grammar files of a folder into Swift files in another.
@main
enum GrammarCompiler {
    static func main() {
        let arguments = CommandLine.arguments
        do {
            switch arguments.count {
            case 3: try compile(from: arguments[1], to: arguments[2])
            case 4 where arguments[1] == "--reference":
                try writeReference(of: arguments[2], to: arguments[3])
            case 5 where arguments[1] == "--sentences":
                try printSentences(of: arguments[2], seed: arguments[3], count: arguments[4])
            default:
                report(
                    """
                    usage: GrammarCompiler GRAMMAR-FOLDER OUTPUT-FOLDER
                           GrammarCompiler --reference GRAMMAR-FOLDER PAGE
                           GrammarCompiler --sentences GRAMMAR-FOLDER SEED COUNT
                    """)
            }
        } catch {
            report("\(error)")
        }
    }

    private static func report(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(1)
    }

    /// Writes the parser's files.
    private static func compile(from folder: String, to output: String) throws {
        let (grammar, files) = try read(folder)
        var emitter = ParserEmitter(grammar: grammar)
        try write(emitter.emitTables(), output + "/SyntaxTables.swift")
        try write(emitter.emitOperators(), output + "/SyntaxOperators.swift")
        var all = ""
        for file in files { all += emitter.emitRules(file.rules) }
        try write(all, output + "/SyntaxRules.swift")
    }

    /// Writes the page that people read.
    private static func writeReference(of folder: String, to page: String) throws {
        let (grammar, files) = try read(folder)
        // From the statements down to the words.
        let order = ["session", "query", "modify", "define", "metric", "expression"]
        let sorted = files.sorted {
            (order.firstIndex(of: $0.name) ?? order.count)
                < (order.firstIndex(of: $1.name) ?? order.count)
        }
        try write(ReferenceWriter(grammar: grammar).page(sorted), page)
    }

    /// Prints random statements, one in a line.
    private static func printSentences(
        of folder: String, seed: String, count: String
    ) throws {
        let (grammar, _) = try read(folder)
        var writer = SentenceWriter(grammar: grammar, seed: UInt64(seed) ?? 1)
        for _ in 0..<(Int(count) ?? 0) { print(writer.statement()) }
    }

    private static func read(_ folder: String) throws -> (Grammar, [GrammarFile]) {
        var grammar = Grammar()
        var files: [GrammarFile] = []
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        for name in names where name.hasSuffix(".peg") {
            let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            let before = grammar.rules.count
            var reader = GrammarReader(text: text, file: folder + "/" + name)
            try reader.read(into: &grammar)
            // The first line says what the file is about.
            let first = text.prefix { $0 != "\n" }.drop { $0 == "#" || $0 == " " }
            let title = first.hasSuffix(".") ? String(first.dropLast()) : String(first)
            files.append(
                GrammarFile(
                    name: String(name.dropLast(4)), title: title,
                    rules: Array(grammar.rules[before...])))
        }
        let list = try String(contentsOfFile: folder + "/keywords.list", encoding: .utf8)
        grammar.keywords = KeywordList.read(list)
        try RuleChecker(grammar: grammar).check()
        return (grammar, files)
    }

    private static func write(_ text: String, _ path: String) throws {
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
}

/// `keywords.list`: a line `[class]`, then words, blanks between them.
enum KeywordList {
    static func read(_ text: String) -> [String: [String]] {
        var result: [String: [String]] = [:]
        var current = "unreserved"
        for line in text.split(separator: "\n") {
            let content = line.prefix { $0 != "#" }
            if content.hasPrefix("[") {
                current = String(content.dropFirst().prefix { $0 != "]" })
                continue
            }
            for word in content.split(separator: " ") {
                result[current, default: []].append(word.lowercased())
            }
        }
        return result
    }
}
