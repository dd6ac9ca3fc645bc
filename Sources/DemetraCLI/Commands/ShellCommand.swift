import ArgumentParser
import Demetra
import Foundation

/// `demetra PATH`: an interactive session, or statements from the command line or a file.
struct ShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "Run statements, or talk to a database.")

    @Argument(help: "The database's directory; made when it does not exist.")
    var path: String

    @Option(name: [.customShort("c"), .long], help: "Run these statements, then end.")
    var command: [String] = []

    @Option(name: [.customShort("f"), .long], help: "Run the statements of a file; - for input.")
    var file: [String] = []

    @Option(help: "How rows are printed: table, csv, json, jsonl or markdown.")
    var format: OutputFormat = .table

    func run() async throws {
        let database: Database
        do {
            database = try Database.open(at: path)
        } catch {
            throw Failure.show(error)
        }
        let connection = database.connect()
        let printer = ResultPrinter(format: format)
        var failed = false
        if command.isEmpty, file.isEmpty {
            if isatty(STDIN_FILENO) == 1 {
                REPL(connection: connection, path: path, format: format).run()
            } else {
                failed = try !runFile("-", connection, printer)
            }
        }
        for text in command where !failed { failed = !execute(text, connection, printer) }
        for name in file where !failed { failed = try !runFile(name, connection, printer) }
        do {
            try database.close()
        } catch {
            throw Failure.show(error)
        }
        if failed { throw ExitCode(1) }
    }

    private func runFile(
        _ name: String, _ connection: Connection, _ printer: ResultPrinter
    ) throws -> Bool {
        let text: String
        if name == "-" {
            text = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
        } else {
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: name, isDirectory: &isDirectory) else {
                throw Failure.show(
                    DemetraError(.undefinedFile, "file \"\(name)\" does not exist"))
            }
            guard !isDirectory.boolValue, let bytes = FileManager.default.contents(atPath: name)
            else {
                throw Failure.show(
                    DemetraError(.undefinedFile, "file \"\(name)\" cannot be read"))
            }
            text = String(decoding: bytes, as: UTF8.self)
        }
        return execute(text, connection, printer)
    }

    private func execute(
        _ text: String, _ connection: Connection, _ printer: ResultPrinter
    ) -> Bool {
        do {
            try connection.run(text, output: printer)
            printer.flush()
            return true
        } catch {
            printer.flush()
            Failure.write(error.rendered(in: text))
            return false
        }
    }
}

/// Errors as the command line shows them.
enum Failure {
    /// Writes the error to standard error and gives the exit code to end with.
    static func show(_ error: DemetraError) -> ExitCode {
        write(error.rendered())
        return ExitCode(1)
    }

    /// Writes a line to standard error.
    static func write(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
