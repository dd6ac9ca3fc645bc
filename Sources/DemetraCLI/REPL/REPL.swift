import CReadline
import CShims
import Demetra
import Foundation

/// The interactive session: reads statements until `;`, runs them, prints the answers.
final class REPL {
    private let connection: Connection
    private let editor: LineEditor
    private let printer: ResultPrinter
    private var showsTiming = false
    private var isDone = false

    init(connection: Connection, path: String, format: OutputFormat) {
        self.connection = connection
        editor = LineEditor()
        printer = ResultPrinter(format: format, showsTags: true)
        print("demetra 0.1.0, database \"\(path)\". Type \\? for help, \\q to quit.")
    }

    /// Runs until the user quits.
    func run() {
        demetra_interrupt_install()
        var pending = ""
        while !isDone {
            let prompt = pending.isEmpty ? "demetra> " : "     ... "
            guard let line = editor.readLine(prompt: prompt) else {
                if demetra_interrupt_take() != 0 {
                    pending = ""
                    continue
                }
                print("")
                break
            }
            if demetra_interrupt_take() != 0 {
                pending = ""
                continue
            }
            if pending.isEmpty, line.trimmingCharacters(in: .whitespaces).hasPrefix("\\") {
                editor.remember(line)
                runMeta(line.trimmingCharacters(in: .whitespaces))
                continue
            }
            pending += pending.isEmpty ? line : "\n" + line
            if pending.allSatisfy(\.isWhitespace) { pending = "" }
            guard Connection.isComplete(pending) else { continue }
            editor.remember(pending)
            execute(pending)
            pending = ""
        }
        editor.save()
    }

    /// Runs statements; Ctrl-C stops them.
    func execute(_ text: String) {
        let start = DispatchTime.now().uptimeNanoseconds
        let watch = InterruptWatch(connection)
        do {
            try connection.run(text, output: printer)
            printer.flush()
        } catch {
            printer.flush()
            Failure.write(error.rendered(in: text))
        }
        watch.end()
        if showsTiming {
            let elapsed = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
            print(String(format: "Time: %.3f ms", elapsed))
        }
    }

    private func runMeta(_ line: String) {
        let words = line.split(separator: " ").map(String.init)
        let argument = words.count > 1 ? words[1] : nil
        switch words[0] {
        case "\\q": isDone = true
        case "\\?": print(Self.help)
        case "\\timing":
            showsTiming = argument.map { $0 == "on" } ?? !showsTiming
            print("Timing is \(showsTiming ? "on" : "off").")
        case "\\dt": execute("SHOW tables")
        case "\\dm": execute("SHOW metrics")
        case "\\da": execute("SHOW alerts")
        case "\\d":
            if let argument { describe(argument) } else { execute("SHOW tables") }
        case "\\format":
            if let argument, let format = OutputFormat(rawValue: argument) {
                printer.format = format
            } else {
                print("\\format table|csv|json|jsonl|markdown")
            }
        case "\\i":
            guard let argument, let bytes = FileManager.default.contents(atPath: argument) else {
                return Failure.write("\\i: the file cannot be read")
            }
            execute(String(decoding: bytes, as: UTF8.self))
        default: Failure.write("unknown command \(words[0]); type \\? for help")
        }
    }

    private func describe(_ name: String) {
        do {
            try connection.describe(name, output: printer)
            printer.flush()
        } catch {
            Failure.write(error.rendered())
        }
    }

    private static let help = """
        statements end with ;           Ctrl-C stops a statement, or gives up a line
        \\d [table]   tables, or the columns of one
        \\dt  \\dm  \\da   tables, metrics, alert rules
        \\timing [on|off]   show how long statements take
        \\format FORMAT   table, csv, json, jsonl or markdown
        \\i FILE   run the statements of a file
        \\q   quit
        """
}

/// Turns Ctrl-C into a cancellation while a statement runs.
private final class InterruptWatch: Sendable {
    private let isOver = CancellationFlag()

    init(_ connection: Connection) {
        let isOver = isOver
        Thread.detachNewThread {
            while !isOver.isCancelled {
                if demetra_interrupt_take() != 0 { connection.cancel() }
                Thread.sleep(forTimeInterval: 0.02)
            }
        }
    }

    func end() { isOver.cancel() }
}
