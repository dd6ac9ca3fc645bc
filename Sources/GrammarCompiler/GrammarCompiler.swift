import Foundation

/// Compiles the grammar files of a folder into Swift files in another.
@main
enum GrammarCompiler {
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 3 else {
            report("usage: GrammarCompiler GRAMMAR-FOLDER OUTPUT-FOLDER")
        }
        do {
            try compile(from: arguments[1], to: arguments[2])
        } catch {
            report("\(error)")
        }
    }

    private static func report(_ message: String) -> Never {
        FileHandle.standardError.write(Data((message + "\n").utf8))
        exit(1)
    }

    /// The files that `compile` writes for these grammar files.
    static func compile(from folder: String, to output: String) throws {
        var grammar = Grammar()
        var rulesByFile: [(name: String, rules: [Rule])] = []
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        for name in names where name.hasSuffix(".peg") {
            let text = try String(contentsOfFile: folder + "/" + name, encoding: .utf8)
            let before = grammar.rules.count
            var reader = GrammarReader(text: text, file: folder + "/" + name)
            try reader.read(into: &grammar)
            rulesByFile.append((String(name.dropLast(4)), Array(grammar.rules[before...])))
        }
        let list = try String(contentsOfFile: folder + "/keywords.list", encoding: .utf8)
        grammar.keywords = KeywordList.read(list)
        try RuleChecker(grammar: grammar).check()
        var emitter = ParserEmitter(grammar: grammar)
        try write(emitter.emitTables(), output + "/SyntaxTables.swift")
        try write(emitter.emitOperators(), output + "/SyntaxOperators.swift")
        var all = ""
        for (_, rules) in rulesByFile { all += emitter.emitRules(rules) }
        try write(all, output + "/SyntaxRules.swift")
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
