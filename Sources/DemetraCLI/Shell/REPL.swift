import Demetra
import DemetraEngine
import Foundation

/// The interactive session: reads lines until a statement is whole, runs it, prints its answer.
final class REPL {
    private let shell: Shell
    private let editor: LineEditor

    init(_ target: ShellTarget, format: OutputFormat) {
        let printer = ResultPrinter(format: format, isInteractive: true)
        printer.options.expansion = .auto
        shell = Shell(target, printer: printer, isInteractive: true)
        editor = LineEditor()
        Completer.shared.use(target.connection)
        printer.show(
            "\(DemetraCommand.version), \(target.greeting). Type \\? for help, \\q to quit.")
    }

    /// Runs a file of statements and commands before the first prompt, if there is one; its errors are shown.
    func runStartup(file: String) {
        guard FileManager.default.fileExists(atPath: file) else { return }
        do throws(DemetraError) {
            _ = try shell.run(file: file)
        } catch {
            Failure.write(error.rendered())
        }
    }

    /// Runs until the user quits.
    func run() {
        Interrupts.install()
        // The rows of COPY ... FROM STDIN are typed as well.
        let editor = editor
        let typed = ScriptLines { editor.readLine(prompt: ">> ", completes: false) }
        var splitter = shell.makeSplitter()
        while !shell.isDone {
            Completer.shared.setContext(splitter.text)
            guard let line = editor.readLine(prompt: prompt(splitter)) else { break }
            if Interrupts.take() {
                splitter.reset()
                continue
            }
            if splitter.isEmpty, isFarewell(line) { break }
            let before = splitter.text
            // An entry recalled from the history may hold several lines.
            let pieces = line.split(separator: "\n", omittingEmptySubsequences: false)
                .flatMap { splitter.add(String($0)) }
            // What was typed is one entry of the history when it is whole, however many lines it took.
            if !pieces.isEmpty { editor.remember(before.isEmpty ? line : before + "\n" + line) }
            for piece in pieces where !shell.isDone {
                _ = shell.carryOut(piece, typed, &splitter)
            }
        }
        if !shell.isDone { shell.printer.show("") }
    }

    private func prompt(_ splitter: StatementSplitter) -> String {
        // As psql: `*` in a transaction, `!` in one that has failed.
        let mark =
            switch shell.connection.transactionStatus {
            case .idle: ""
            case .open: "*"
            case .failed: "!"
            }
        if splitter.isEmpty { return "demetra\(mark)> " }
        return splitter.isInsideText ? "     '.. " : "     ... "
    }

    private func isFarewell(_ line: String) -> Bool {
        let word = line.lowercased().filter { !$0.isWhitespace && $0 != ";" }
        return word == "quit" || word == "exit"
    }
}
