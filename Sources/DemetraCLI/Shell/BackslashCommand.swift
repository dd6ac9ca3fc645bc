import Demetra
import Foundation

/// A command that begins with a backslash: what the shell itself can do, beside SQL.
struct BackslashCommand: Sendable {
    /// What a command does; false when what it runs failed.
    typealias Action = @Sendable (inout CommandCall) throws(DemetraError) -> Bool

    /// How it is called, and what follows it.
    let name: String
    let arguments: String
    /// What it does, for `\?`.
    let help: String
    /// All of the line belongs to it, whatever it holds.
    let takesLine: Bool
    private let action: Action

    init(
        _ name: String, _ arguments: String = "", _ help: String, takesLine: Bool = false,
        _ action: @escaping Action
    ) {
        self.name = name
        self.arguments = arguments
        self.help = help
        self.takesLine = takesLine
        self.action = action
    }

    /// Every command, in the order `\?` shows them.
    static let groups: [(title: String, commands: [BackslashCommand])] = [
        ("Statements", StatementCommands.all), ("Objects", ObjectCommands.all),
        ("Answers", AnswerCommands.all), ("Charts and files", FileCommands.all),
        ("Variables", VariableCommands.all), ("Help", HelpCommands.all),
    ]

    static let all = groups.flatMap(\.commands)

    /// Runs the commands of a line that begins with a backslash; false when one failed.
    ///
    /// - Throws: 42601 for a command that does not exist.
    static func run(
        _ line: String, in shell: Shell, _ lines: ScriptLines, _ splitter: inout StatementSplitter
    ) throws(DemetraError) -> Bool {
        var rest = Substring(line)
        while !rest.isEmpty {
            let word = rest.prefix { !$0.isWhitespace && $0 != ";" }
            rest = rest[word.endIndex...]
            let command = try find(String(word))
            let end = command.takesLine ? rest.endIndex : nextCommand(rest)
            var call = CommandCall(
                shell: shell, line: CommandLine(rest[..<end], shell.variables), lines: lines,
                splitter: splitter)
            rest = rest[end...]
            defer { splitter = call.splitter }
            guard try command.action(&call) else { return false }
        }
        return true
    }

    private static func find(_ word: String) throws(DemetraError) -> BackslashCommand {
        if let command = all.first(where: { $0.name == word }) { return command }
        let nearest = NearestName.find(word, among: all.map(\.name))
        throw DemetraError(
            .syntaxError, "there is no command \"\(word)\"",
            hint: nearest.map { "Perhaps you meant \($0); \\? lists all." }
                ?? "\\? lists all commands.")
    }

    /// Where the next command of a line begins: a backslash behind a blank, outside of quotes.
    private static func nextCommand(_ text: Substring) -> Substring.Index {
        var quote: Character?
        var before: Character = " "
        for index in text.indices {
            let sign = text[index]
            if let open = quote {
                if sign == open { quote = nil }
            } else if sign == "'" || sign == "\"" {
                quote = sign
            } else if sign == "\\", before.isWhitespace, index > text.startIndex {
                return index
            }
            before = sign
        }
        return text.endIndex
    }
}

/// One use of a command.
struct CommandCall {
    let shell: Shell
    /// What follows its name.
    let line: CommandLine
    /// The lines that it stands among.
    let lines: ScriptLines
    /// The statement that is being written.
    var splitter: StatementSplitter

    /// The first word; nil when there is none.
    func word() throws(DemetraError) -> String? { try line.words().first }

    /// The first word.
    ///
    /// - Throws: 22023 without one.
    func word(_ what: String, of command: String) throws(DemetraError) -> String {
        guard let word = try word() else {
            throw DemetraError(.invalidParameterValue, "\(command) needs \(what)")
        }
        return word
    }

    /// Takes the statement that is being written, or else the last one that ran.
    ///
    /// - Throws: 22023 when there is neither.
    mutating func takeStatement() throws(DemetraError) -> String {
        if let text = splitter.take() ?? shell.lastStatement { return text }
        throw DemetraError(
            .invalidParameterValue, "there is no statement yet",
            hint: "Write one first, without a semicolon.")
    }

    /// Runs a query of the shell's own and prints its answer.
    func show(_ query: String) throws(DemetraError) -> Bool {
        try shell.interruptible { () throws(DemetraError) in
            try shell.connection.run(query, output: shell.printer)
        }
        shell.printer.flush()
        return true
    }

    /// What a word means for a switch; without one it is turned.
    func flag(_ word: String?, now: Bool) throws(DemetraError) -> Bool {
        switch word?.lowercased() {
        case nil: return !now
        case "on", "true", "1", "yes": return true
        case "off", "false", "0", "no": return false
        default:
            throw DemetraError(.invalidParameterValue, "\"\(word ?? "")\" is neither on nor off")
        }
    }
}
