import ArgumentParser
import Demetra
import Foundation

/// `demetra PATH`: an interactive session, or statements from the command line, a file or a pipe.
struct ShellCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shell", abstract: "Run statements, or talk to a database.",
        discussion: """
            Statements of -c and -f run in that order, one after another; the first that fails ends the \
            program with status 1. A database that a server has open is talked to through that server, and a \
            connection string is where a server is. Without either, a terminal gets an interactive session, and anything else \
            on standard input is run as a script.

            Examples:
              demetra ads.demetra -c "SELECT count(*) FROM ad_metrics"
              demetra ads.demetra --format csv -f report.sql > report.csv
              echo "SELECT 1;" | demetra ads.demetra
              demetra ads.demetra -c 'SELECT platform, roas FROM ads' -c '\\chart bar'
              demetra ads.demetra --readonly -c "SELECT count(*) FROM ad_metrics"
              demetra postgresql://ann@host:5433/ads
            """)

    @Argument(
        help:
            "The database's directory, made when it does not exist; or postgresql://HOST:PORT/NAME."
    )
    var path: String

    @Option(
        name: [.customShort("c"), .long],
        help: "Run these statements or this backslash command; may be given several times.")
    var command: [String] = []

    @Option(
        name: [.customShort("f"), .long],
        help: "Run the statements of a file, - for standard input; may be given several times.")
    var file: [String] = []

    @Option(
        help: "How rows are printed: table, box, csv, tsv, json, jsonl, markdown, html or vertical."
    )
    var format: OutputFormat = .table

    @Flag(
        name: [.customShort("X"), .long],
        help:
            "An interactive session does not run ~/.demetrarc (or the file that DEMETRARC names) first."
    )
    var noStartupFile = false

    @Flag(
        name: [.customLong("readonly")],
        help: "Change nothing: statements that write fail with 25006, and no file is touched.")
    var isReadOnly = false

    @OptionGroup var resources: ResourceOptions

    func run() async throws {
        // Whoever reads the answers may stop early, as `head` does.
        signal(SIGPIPE, SIG_IGN)
        let isScript = !command.isEmpty || !file.isEmpty || isatty(STDIN_FILENO) != 1
        do {
            let target = try ShellTarget.open(
                path, resources, isReadOnly: isReadOnly, reconnects: !isScript)
            var succeeded = true
            if isScript {
                succeeded = try runScripts(target)
            } else {
                let session = REPL(target, format: format)
                if !noStartupFile { session.runStartup(file: Self.startupFile) }
                session.run()
            }
            try target.close()
            if !succeeded { throw ExitCode(1) }
        } catch let error as DemetraError {
            throw Failure.show(error)
        }
    }

    private static var startupFile: String {
        ProcessInfo.processInfo.environment["DEMETRARC"]
            ?? FileManager.default.homeDirectoryForCurrentUser.path + "/.demetrarc"
    }

    private func runScripts(_ target: ShellTarget) throws(DemetraError) -> Bool {
        let printer = ResultPrinter(format: format)
        let shell = Shell(target, printer: printer, isInteractive: false)
        for text in command where !shell.isDone {
            guard shell.run(ScriptLines(text)) else { return false }
        }
        for name in file where !shell.isDone {
            guard try shell.run(file: name) else { return false }
        }
        return command.isEmpty && file.isEmpty ? try shell.run(file: "-") : true
    }
}
