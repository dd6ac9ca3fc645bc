import Demetra
import Foundation

/// Carries out statements and backslash commands one after another and prints their answers.
// Owned by the thread that runs the program.
final class Shell {
    let connection: Connection
    let printer: ResultPrinter
    /// True on a terminal, where tags are shown and Ctrl-C stops the statement, not the program.
    let isInteractive: Bool
    var showsTiming = false
    /// Set by `\q`.
    var isDone = false
    /// Scripts that run inside scripts by `\i`.
    private var depth = 0

    init(connection: Connection, printer: ResultPrinter, isInteractive: Bool) {
        self.connection = connection
        self.printer = printer
        self.isInteractive = isInteractive
    }

    /// Runs a script up to its end or its first error; false when there was one.
    func run(_ lines: ScriptLines) -> Bool {
        var splitter = StatementSplitter()
        while !isDone, let line = lines.next() {
            for piece in splitter.add(line) where !isDone {
                guard carryOut(piece, lines) else { return false }
            }
        }
        if !isDone, let last = splitter.finish() { return carryOut(last, lines) }
        return true
    }

    /// Runs the file of that name, `-` for standard input.
    func run(file name: String) throws(DemetraError) -> Bool {
        guard depth < 16 else {
            throw DemetraError(
                .statementTooComplex, "scripts run each other more than 16 deep",
                hint: "Look for a file that includes itself with \\i.")
        }
        depth += 1
        defer { depth -= 1 }
        return run(name == "-" ? .standardInput() : try Self.script(name))
    }

    private static func script(_ name: String) throws(DemetraError) -> ScriptLines {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory) else {
            throw DemetraError(.undefinedFile, "file \"\(name)\" does not exist")
        }
        guard !isDirectory.boolValue else {
            throw DemetraError(.ioError, "\"\(name)\" is a directory, not a file")
        }
        guard let bytes = FileManager.default.contents(atPath: name) else {
            throw DemetraError(.ioError, "file \"\(name)\" cannot be read")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DemetraError(
                .characterNotInRepertoire, "file \"\(name)\" is not UTF-8 text")
        }
        return ScriptLines(text, name: name)
    }

    /// Carries out one piece of a script; false when it failed.
    func carryOut(_ piece: ScriptPiece, _ lines: ScriptLines) -> Bool {
        switch piece {
        case .statement(let text, let line):
            return execute(text, from: lines, line: line)
        case .command(let text, let line):
            do {
                return try BackslashCommand.run(text, in: self)
            } catch {
                fail(error, in: nil, at: place(lines, line))
                return false
            }
        }
    }

    /// Runs a statement; on a terminal, Ctrl-C stops it.
    private func execute(_ text: String, from lines: ScriptLines, line: Int) -> Bool {
        measured {
            let watch = isInteractive ? InterruptWatch(connection) : nil
            defer { watch?.end() }
            printer.copyLines = lines.holdsRows ? lines : nil
            do throws(DemetraError) {
                try connection.run(text, output: printer)
                printer.flush()
                return true
            } catch {
                printer.abandon()
                fail(error, in: text, at: place(lines, line))
                return false
            }
        }
    }

    /// Does something and says how long it took, if asked.
    func measured(_ work: () throws(DemetraError) -> Bool) rethrows -> Bool {
        let start = DispatchTime.now().uptimeNanoseconds
        let result = try work()
        if showsTiming {
            let elapsed = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e6
            printer.show(String(format: "Time: %.3f ms", elapsed))
        }
        return result
    }

    private func place(_ lines: ScriptLines, _ line: Int) -> String? {
        lines.name.map { "\($0):\(line)" }
    }

    private func fail(_ error: DemetraError, in statement: String?, at place: String?) {
        printer.flush()
        Failure.write((place.map { $0 + ": " } ?? "") + error.rendered(in: statement))
    }
}

/// Turns Ctrl-C into a cancellation while a statement runs.
private final class InterruptWatch: Sendable {
    private static let interval = 0.02
    private let isOver = CancellationFlag()

    init(_ connection: Connection) {
        let isOver = isOver
        Thread.detachNewThread {
            while !isOver.isCancelled {
                if Interrupts.take() { connection.cancel() }
                Thread.sleep(forTimeInterval: Self.interval)
            }
        }
    }

    func end() { isOver.cancel() }
}
