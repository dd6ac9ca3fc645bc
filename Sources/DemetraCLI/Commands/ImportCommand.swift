import ArgumentParser
import Demetra
import DemetraEngine
import Foundation

/// `demetra import PATH TABLE FILE`: a file into a table, made when it does not exist.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import a file into a table.")

    @Argument(help: "The database's directory; made when it does not exist.")
    var path: String

    @Argument(help: "The table; made from the file's header and values when it does not exist.")
    var table: String

    @Argument(help: "The file.")
    var file: String

    @Option(help: "The file's format: csv or jsonl; by default its ending tells.")
    var format: String?

    @Option(help: "The character between fields; by default the file tells.")
    var delimiter: String?

    @Flag(help: "Refuse the whole file when one row is bad.")
    var strict = false

    @Option(help: "Where bad rows go, with line number and reason.")
    var rejects: String?

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    func run() async throws {
        do {
            let database = try Database.open(at: path)
            let progress = ProgressBar(isShown: !quiet && isatty(STDERR_FILENO) == 1)
            let options = ImportOptions(
                format: format, delimiter: delimiter, isStrict: strict, rejectPath: rejects)
            let summary = try database.connect().importFile(
                file, into: table, options: options, progress: { progress.show($0) })
            progress.end()
            try database.close()
            if !quiet { report(summary) }
        } catch {
            throw Failure.show(error)
        }
    }

    private func report(_ summary: ImportSummary) {
        let seconds = Double(summary.elapsedNanoseconds) / 1e9
        var line = "imported \(summary.rowCount) rows into \"\(table)\""
        if summary.createdTable { line += ", a new table of \(summary.columnCount) columns" }
        print(line + String(format: ", %.2f s", seconds))
        for notice in summary.notices { print("note: \(notice)") }
        if summary.rejectedCount > 0 {
            print(
                "rejected \(summary.rejectedCount) rows, kept with their reasons in "
                    + "\"\(summary.rejectPath ?? "")\"")
        }
    }
}

/// A bar on a terminal that says how far an import is.
final class ProgressBar: Sendable {
    private let isShown: Bool

    init(isShown: Bool) { self.isShown = isShown }

    /// Draws the bar.
    func show(_ progress: ImportProgress) {
        guard isShown, progress.totalBytes > 0 else { return }
        let share = min(1, Double(progress.bytes) / Double(progress.totalBytes))
        let filled = Int(share * 30)
        let bar =
            String(repeating: "#", count: filled) + String(repeating: ".", count: 30 - filled)
        let text = String(format: "\r[%@] %3d %%  %d rows", bar, Int(share * 100), progress.rows)
        FileHandle.standardError.write(Data(text.utf8))
    }

    /// Ends the line.
    func end() {
        if isShown { FileHandle.standardError.write(Data("\n".utf8)) }
    }
}
