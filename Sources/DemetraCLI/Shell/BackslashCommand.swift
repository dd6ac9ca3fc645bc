import Demetra
import Foundation

/// The commands that begin with a backslash: what the shell itself can do, beside SQL.
struct BackslashCommand: Sendable {
    /// How it is called, and what follows it.
    let name: String
    let arguments: String
    /// What it does, for `\?`.
    let help: String
    private let action: @Sendable (Shell, _ argument: String?) throws(DemetraError) -> Bool

    private init(
        _ name: String, _ arguments: String = "", _ help: String,
        _ action: @escaping @Sendable (Shell, String?) throws(DemetraError) -> Bool
    ) {
        self.name = name
        self.arguments = arguments
        self.help = help
        self.action = action
    }

    /// Runs a line that begins with a backslash; false when what it runs failed.
    ///
    /// - Throws: 42601 for a command that does not exist.
    static func run(_ line: String, in shell: Shell) throws(DemetraError) -> Bool {
        let parts = line.split(maxSplits: 1, whereSeparator: \.isWhitespace)
        let word = String(parts.first ?? "")
        var argument = parts.count > 1 ? String(parts[1]).trimmingCharacters(in: .whitespaces) : nil
        // psql users close commands with a semicolon by habit.
        while let text = argument, text.hasSuffix(";") { argument = String(text.dropLast()) }
        if argument?.isEmpty == true { argument = nil }
        guard let command = all.first(where: { $0.name == word }) else {
            let nearest = NearestName.find(word, among: all.map(\.name))
            throw DemetraError(
                .syntaxError, "there is no command \"\(word)\"",
                hint: nearest.map { "Perhaps you meant \($0); \\? lists all." }
                    ?? "\\? lists all commands.")
        }
        return try command.action(shell, argument)
    }

    /// Every command, in the order `\?` shows them.
    static let all: [BackslashCommand] = [
        BackslashCommand("\\d", "[NAME]", "tables and views, or the columns of one") {
            (shell, argument) throws(DemetraError) in
            guard let argument else { return try query("SHOW tables", shell) }
            return try answer(shell) { () throws(DemetraError) in
                try shell.connection.describe(folded(argument), output: shell.printer)
            }
        },
        BackslashCommand("\\dt", "", "tables and views") { (shell, _) throws(DemetraError) in
            try query("SHOW tables", shell)
        },
        BackslashCommand("\\dm", "", "metrics") { (shell, _) throws(DemetraError) in
            try query("SHOW metrics", shell)
        },
        BackslashCommand("\\da", "", "alert rules") { (shell, _) throws(DemetraError) in
            try query("SHOW alerts", shell)
        },
        BackslashCommand("\\dM", "", "models") { (shell, _) throws(DemetraError) in
            try query("SHOW models", shell)
        },
        BackslashCommand(
            "\\df", "[PATTERN]", "functions; * and ? in a pattern stand for any text, any sign"
        ) {
            (shell, argument) throws(DemetraError) in
            try query(FunctionHelp.listing(argument), shell)
        },
        BackslashCommand("\\timing", "[on|off]", "show how long statements take") {
            (shell, argument) throws(DemetraError) in
            shell.showsTiming = try flag(argument, now: shell.showsTiming)
            shell.printer.show("Timing is \(shell.showsTiming ? "on" : "off").")
            return true
        },
        BackslashCommand(
            "\\x", "[on|off|auto]", "one line a column; auto: when a table is too wide"
        ) {
            (shell, argument) throws(DemetraError) in
            let printer = shell.printer
            if argument == "auto" {
                printer.expanded = .auto
            } else {
                printer.expanded = try flag(argument, now: printer.expanded == .on) ? .on : .off
            }
            printer.show("Expanded display is \(printer.expanded.rawValue).")
            return true
        },
        BackslashCommand("\\format", "FORMAT", "table, csv, json, jsonl or markdown") {
            (shell, argument) throws(DemetraError) in
            guard let format = argument.flatMap(OutputFormat.init(rawValue:)) else {
                throw DemetraError(
                    .invalidParameterValue,
                    "\\format needs one of "
                        + OutputFormat.allCases.map(\.rawValue).joined(separator: ", "))
            }
            shell.printer.format = format
            return true
        },
        BackslashCommand("\\null", "[TEXT]", "what stands for NULL in tables") {
            (shell, argument) throws(DemetraError) in
            shell.printer.nullText = argument ?? ""
            return true
        },
        BackslashCommand("\\i", "FILE", "run the statements of a file") {
            (shell, argument) throws(DemetraError) in
            try shell.run(file: try required(argument, "\\i"))
        },
        BackslashCommand("\\o", "[FILE]", "send answers to a file; alone: to the terminal again") {
            (shell, argument) throws(DemetraError) in
            try shell.printer.redirect(to: argument)
            return true
        },
        BackslashCommand("\\echo", "[TEXT]", "print a text") {
            (shell, argument) throws(DemetraError) in
            shell.printer.show(argument ?? "")
            return true
        },
        BackslashCommand("\\h", "[NAME]", "how a statement is written, or what a function does") {
            (shell, argument) throws(DemetraError) in
            if let text = try FunctionHelp(connection: shell.connection).text(argument) {
                shell.printer.show(text)
            } else {
                shell.printer.show(try StatementHelp.text(argument))
            }
            return true
        },
        BackslashCommand("\\?", "", "this help") { (shell, _) throws(DemetraError) in
            shell.printer.show(help)
            return true
        },
        BackslashCommand("\\q", "", "quit") { (shell, _) throws(DemetraError) in
            shell.isDone = true
            return true
        },
    ]

    private static var help: String {
        let lines = all.map { command in
            let call = "\(command.name) \(command.arguments)"
            return "  " + call + String(repeating: " ", count: max(1, 22 - call.count))
                + command.help
        }
        return
            (["Statements end with ; and may take several lines."] + lines + [
                "Ctrl-C stops a statement or gives up a line, Ctrl-D ends, Tab completes."
            ]).joined(separator: "\n")
    }

    private static func query(_ text: String, _ shell: Shell) throws(DemetraError) -> Bool {
        try answer(shell) { () throws(DemetraError) in
            try shell.connection.run(text, output: shell.printer)
        }
    }

    private static func answer(
        _ shell: Shell, _ work: () throws(DemetraError) -> Void
    ) throws(DemetraError) -> Bool {
        try work()
        shell.printer.flush()
        return true
    }

    private static func flag(_ argument: String?, now: Bool) throws(DemetraError) -> Bool {
        switch argument?.lowercased() {
        case nil: return !now
        case "on", "true", "1": return true
        case "off", "false", "0": return false
        default:
            throw DemetraError(
                .invalidParameterValue, "\"\(argument ?? "")\" is neither on nor off")
        }
    }

    private static func required(_ argument: String?, _ name: String) throws(DemetraError) -> String
    {
        guard let argument else {
            throw DemetraError(.invalidParameterValue, "\(name) needs the name of a file")
        }
        return argument
    }

    /// A name as SQL reads it: in lower case unless quoted.
    static func folded(_ name: String) -> String {
        if name.hasPrefix("\""), name.hasSuffix("\""), name.count > 2 {
            return String(name.dropFirst().dropLast())
        }
        return name.lowercased()
    }
}
