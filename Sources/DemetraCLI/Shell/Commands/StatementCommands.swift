import Demetra
import Foundation

/// Commands about the statement that is being written.
enum StatementCommands {
    static let all: [BackslashCommand] = [
        BackslashCommand(
            "\\g", "[FILE]", "run the statement; its answer goes to a file if one is named"
        ) {
            (call) throws(DemetraError) in
            let (shell, statement) = (call.shell, try call.takeStatement())
            guard let file = try call.word() else { return shell.execute(statement) }
            return try shell.printer.redirected(to: file) { shell.execute(statement) }
        },
        BackslashCommand("\\gx", "[FILE]", "as \\g, with one line a column") {
            (call) throws(DemetraError) in
            let (shell, statement) = (call.shell, try call.takeStatement())
            let before = shell.printer.options.expansion
            shell.printer.options.expansion = .on
            defer { shell.printer.options.expansion = before }
            guard let file = try call.word() else { return shell.execute(statement) }
            return try shell.printer.redirected(to: file) { shell.execute(statement) }
        },
        BackslashCommand(
            "\\gset", "[PREFIX]", "run the statement and keep its one row in variables"
        ) {
            (call) throws(DemetraError) in
            try set(from: try call.takeStatement(), prefix: try call.word() ?? "", call.shell)
            return true
        },
        BackslashCommand(
            "\\watch", "[SECONDS] [c=COUNT]", "run the statement again and again, until Ctrl-C"
        ) { (call) throws(DemetraError) in
            var watch = try StatementWatch(words: try call.line.words())
            return watch.run(try call.takeStatement(), in: call.shell)
        },
        BackslashCommand("\\e", "[FILE]", "write the statement, or a file, in the editor $EDITOR") {
            (call) throws(DemetraError) in
            let file = try call.word()
            let text = file == nil ? call.splitter.take() ?? call.shell.lastStatement : nil
            let edited = try ExternalEditor.edit(text ?? "", file: file)
            return try run(edited, &call)
        },
        BackslashCommand("\\p", "", "show the statement that is being written") {
            (call) throws(DemetraError) in
            let text = call.splitter.isEmpty ? call.shell.lastStatement ?? "" : call.splitter.text
            call.shell.printer.show(text.isEmpty ? "There is no statement yet." : text)
            return true
        },
        BackslashCommand("\\r", "", "forget the statement that is being written") {
            (call) throws(DemetraError) in
            call.splitter.reset()
            return true
        },
    ]

    /// Runs the whole statements of a text; what has no semicolon waits on.
    private static func run(_ text: String, _ call: inout CommandCall) throws(DemetraError) -> Bool
    {
        call.splitter.reset()
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        for line in lines {
            var splitter = call.splitter
            for piece in splitter.add(String(line)) {
                guard call.shell.carryOut(piece, call.lines, &splitter) else { return false }
            }
            call.splitter = splitter
        }
        if call.splitter.isEmpty { call.splitter.reset() }
        if !call.splitter.isEmpty { call.shell.printer.show(call.splitter.text) }
        return true
    }

    private static func set(
        from statement: String, prefix: String, _ shell: Shell
    ) throws(DemetraError) {
        // The rows are not shown: they go nowhere.
        let answer = try shell.interruptible { () throws(DemetraError) in
            try shell.connection.answer(to: statement, mostRows: 1)
        }
        guard let row = answer.rows.first, answer.rowCount == 1 else {
            throw DemetraError(
                .cardinalityViolation,
                answer.rowCount == 0 ? "no rows for \\gset" : "more than one row for \\gset")
        }
        for (field, value) in zip(answer.schema.fields, row) {
            try shell.variables.set(prefix + field.name, "")
            shell.variables[prefix + field.name] = ValueText.text(
                value, type: field.type, zone: shell.connection.timeZone)
        }
    }
}
