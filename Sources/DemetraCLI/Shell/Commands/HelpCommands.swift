import Demetra

/// Commands that help, and the one that ends.
enum HelpCommands {
    static let all: [BackslashCommand] = [
        BackslashCommand(
            "\\h", "[NAME]", "how a statement is written, or what a function does", takesLine: true
        ) { (call) throws(DemetraError) in
            let name = call.line.text.isEmpty ? nil : call.line.text
            if let text = try FunctionHelp(connection: call.shell.connection).text(name) {
                call.shell.printer.show(text)
            } else {
                call.shell.printer.show(try StatementHelp.text(name))
            }
            return true
        },
        BackslashCommand("\\?", "", "this help") { (call) throws(DemetraError) in
            call.shell.printer.show(help)
            return true
        },
        BackslashCommand("\\q", "", "quit") { (call) throws(DemetraError) in
            call.shell.isDone = true
            return true
        },
    ]

    private static let width = 30

    private static var help: String {
        var lines = ["Statements end with ; and may take several lines."]
        for group in BackslashCommand.groups {
            lines.append("\n\(group.title)")
            lines += group.commands.map { command in
                let call = "  \(command.name) \(command.arguments)"
                return call + String(repeating: " ", count: max(1, width - call.count))
                    + command.help
            }
        }
        lines.append(
            "\nCtrl-C stops a statement or gives up a line, Ctrl-D ends, Tab completes, Ctrl-R searches what was typed."
        )
        return lines.joined(separator: "\n")
    }
}
