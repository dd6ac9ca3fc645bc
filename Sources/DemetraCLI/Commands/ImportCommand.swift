import ArgumentParser
import Demetra
import DemetraEngine
import Foundation

/// `demetra import PATH TABLE FILE`: a file into a table, made when it does not exist.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Import a file into a table.",
        discussion: """
            A new table gets its columns from the header (Campaign_ID becomes campaign_id) and its types from \
            the values. Rows that do not fit go to a reject file with line number and reason; with --strict the \
            first one refuses the whole file. All rows become visible together, or none.

            Examples:
              demetra import ads.demetra campaigns campaigns.csv
              demetra import ads.demetra ad_metrics day.jsonl --upsert --batch-id 2026-11-26
            """)

    @Argument(help: "The database's directory; made when it does not exist.")
    var path: String

    @Argument(help: "The table; made from the file's header and values when it does not exist.")
    var table: String

    @Argument(help: "The file.")
    var file: String

    @Option(help: "The file's format: csv, tsv or jsonl; by default its ending tells.")
    var format: String?

    @Option(help: "The character between fields; by default the file tells.")
    var delimiter: String?

    @Flag(help: "Refuse the whole file when one row is bad.")
    var strict = false

    @Flag(help: "Let a row take the place of the one with its key instead of failing.")
    var upsert = false

    @Option(help: "Where bad rows go, with line number and reason; by default FILE.rejects.csv.")
    var rejects: String?

    @Option(
        help:
            "A name for these rows: a table takes a batch of that name once, later ones change nothing."
    )
    var batchID: String?

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @OptionGroup var resources: ResourceOptions

    func run() async throws {
        do {
            try requireFile()
            let database = try OpenDatabase.at(path, resources)
            let progress = ProgressBar(isShown: !quiet && isatty(STDERR_FILENO) == 1)
            let options = ImportOptions(
                format: format, delimiter: delimiter, isStrict: strict, isUpsert: upsert,
                rejectPath: rejects, batchID: batchID)
            defer { progress.end() }
            let summary = try database.connect().importFile(
                file, into: ObjectCommands.folded(table), options: options,
                progress: { progress.show($0) })
            progress.end()
            try database.close()
            if !quiet { report(summary) }
        } catch {
            throw Failure.show(error)
        }
    }

    /// A misspelled file must not leave a new database behind.
    private func requireFile() throws(DemetraError) {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory) else {
            throw DemetraError(.undefinedFile, "file \"\(file)\" does not exist")
        }
        guard !isDirectory.boolValue else {
            throw DemetraError(
                .ioError, "\"\(file)\" is a directory, not a file",
                hint: "Import the files of a directory one by one.")
        }
    }

    private func report(_ summary: ImportSummary) {
        if let notice = summary.repetition {
            print("imported 0 rows: \(notice.message)")
            return
        }
        let seconds = Double(summary.elapsedNanoseconds) / 1e9
        var line = "imported \(counted(summary.rowCount, "row")) into \"\(table)\""
        if summary.createdTable {
            line += ", a new table of \(counted(summary.columnCount, "column"))"
        }
        print(line + String(format: ", %.2f s", seconds))
        if let path = summary.rejectPath {
            print(
                "rejected \(counted(summary.rejectedCount, "row")), kept with line and reason in "
                    + "\"\(path)\"")
        }
    }

    private func counted(_ count: Int, _ noun: String) -> String {
        "\(count) \(noun)\(count == 1 ? "" : "s")"
    }
}
