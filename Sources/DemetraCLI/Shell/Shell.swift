import Demetra
import Foundation

/// Carries out statements and backslash commands one after another and prints their answers.
// Owned by the thread that runs the program.
final class Shell {
    let connection: any ShellConnection
    let printer: ResultPrinter
    /// Where the database is.
    let place: String
    /// True on a terminal, where tags are shown and Ctrl-C stops the statement, not the program.
    let isInteractive: Bool
    let variables = ShellVariables()
    var showsTiming = false
    /// Set by `\q`.
    var isDone = false
    /// The statement that `\g` runs again.
    private(set) var lastStatement: String?
    /// Scripts that run inside scripts by `\i`.
    private var depth = 0

    init(_ target: ShellTarget, printer: ResultPrinter, isInteractive: Bool) {
        let connection = target.connection
        self.connection = connection
        place = target.place
        self.printer = printer
        self.isInteractive = isInteractive
        printer.zone = { connection.timeZone }
    }

    /// Cuts a script, with the variables of the shell in it.
    func makeSplitter() -> StatementSplitter {
        let variables = variables
        return StatementSplitter { variables[$0] }
    }

    // MARK: Scripts

    /// Runs a script up to its end or its first error; false when there was one.
    func run(_ lines: ScriptLines) -> Bool {
        var splitter = makeSplitter()
        while !isDone, let line = lines.next() {
            for piece in splitter.add(line) where !isDone {
                guard carryOut(piece, lines, &splitter) else { return false }
            }
        }
        if !isDone, let last = splitter.finish() { return carryOut(last, lines, &splitter) }
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
        return run(name == "-" ? .standardInput() : try ScriptLines(file: name))
    }

    /// Carries out one piece of a script; false when it failed.
    ///
    /// - Parameter splitter: what waits for its end, for commands that take it.
    func carryOut(
        _ piece: ScriptPiece, _ lines: ScriptLines, _ splitter: inout StatementSplitter
    ) -> Bool {
        switch piece {
        case .statement(let text, let line):
            return execute(text, at: place(lines, line), rows: lines.holdsRows ? lines : nil)
        case .command(let text, let line):
            do throws(DemetraError) {
                return try BackslashCommand.run(text, in: self, lines, &splitter)
            } catch {
                fail(error, in: nil, at: place(lines, line))
                return false
            }
        }
    }

    // MARK: Statements

    /// Runs a statement and prints its answer; on a terminal, Ctrl-C stops it. False when it failed.
    ///
    /// - Parameters:
    ///   - place: where it stands, for its error.
    ///   - rows: the lines that hold the rows of COPY ... FROM STDIN.
    func execute(_ text: String, at place: String? = nil, rows: ScriptLines? = nil) -> Bool {
        lastStatement = text
        return measured {
            printer.copyRows = rows.map(LineSource.init)
            defer { printer.copyRows = nil }
            do throws(DemetraError) {
                try perform(text)
                printer.flush()
                return true
            } catch {
                let isWanted = !printer.isPagerClosed
                printer.abandon()
                if isWanted { fail(error, in: text, at: place) }
                return !isWanted
            }
        }
    }

    /// Runs a statement; its answer goes to the printer.
    ///
    /// - Throws: its error, after it was noted in the variables.
    func perform(_ text: String) throws(DemetraError) {
        do throws(DemetraError) {
            try interruptible { () throws(DemetraError) in
                try connection.run(text, output: printer)
            }
            note(nil)
        } catch {
            note(error)
            throw error
        }
    }

    /// Does something that Ctrl-C stops.
    @discardableResult
    func interruptible<Result>(
        _ work: () throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        guard isInteractive else { return try work() }
        let line = Terminal.isThere && isatty(STDERR_FILENO) == 1 ? ProgressLine() : nil
        printer.progressLine = line
        let watch = StatementMonitor(connection, line: line)
        defer {
            watch.end()
            printer.progressLine = nil
        }
        return try work()
    }

    /// What became of a statement, as psql's variables tell it.
    private func note(_ error: DemetraError?) {
        variables["ERROR"] = error == nil ? "false" : "true"
        variables["SQLSTATE"] = error?.sqlState.code ?? "00000"
        variables["ROW_COUNT"] = error == nil ? String(printer.lastRowCount) : "0"
        guard let error else { return }
        variables["LAST_ERROR_MESSAGE"] = error.message
        variables["LAST_ERROR_SQLSTATE"] = error.sqlState.code
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
