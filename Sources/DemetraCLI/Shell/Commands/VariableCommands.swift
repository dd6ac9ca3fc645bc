import Demetra

/// Commands about variables.
enum VariableCommands {
    static let all: [BackslashCommand] = [
        BackslashCommand(
            "\\set", "[NAME [VALUE...]]",
            "set a variable, used as :NAME, :'NAME' (a text) or :\"NAME\" (a name); alone: show all"
        ) { (call) throws(DemetraError) in
            let words = try call.line.words()
            guard let name = words.first else {
                for (name, value) in call.shell.variables.all {
                    call.shell.printer.show("\(name) = '\(value)'")
                }
                return true
            }
            try call.shell.variables.set(name, words.dropFirst().joined())
            return true
        },
        BackslashCommand("\\unset", "NAME", "forget a variable") { (call) throws(DemetraError) in
            call.shell.variables[try call.word("a name", of: "\\unset")] = nil
            return true
        },
        BackslashCommand("\\echo", "[TEXT]", "print a text") { (call) throws(DemetraError) in
            call.shell.printer.show(try call.line.words().joined(separator: " "))
            return true
        },
    ]
}
