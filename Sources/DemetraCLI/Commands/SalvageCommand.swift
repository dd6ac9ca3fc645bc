import ArgumentParser
import Demetra

/// `demetra salvage PATH TO NEW`: what a damaged database still holds.
struct SalvageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "salvage",
        abstract: "Copy what can be read of a damaged database into a new one.",
        usage: "demetra salvage <path> TO <directory> [--format <format>]",
        discussion: """
            Changes nothing in the damaged database, and says exactly what is lost: table, file, row group, rows \
            and their times. Status 0: everything was kept; status 2: something was not; status 1: it could not be \
            done at all.

            Examples:
              demetra salvage ads.demetra TO rescued
            """)

    @OptionGroup var places: TargetArgument

    @Option(help: "How the report is printed: text or json.")
    var format: ReportFormat = .text

    func run() async throws {
        let report: SalvageReport
        do throws(DemetraError) {
            report = try Database.salvage(from: places.path, to: places.target)
        } catch {
            throw Failure.show(error)
        }
        switch format {
        case .text: show(report)
        case .json: print(try ReportFormat.json(report))
        }
        if !report.isComplete { throw ExitCode(2) }
    }

    private func show(_ report: SalvageReport) {
        for loss in report.losses { show(loss) }
        for warning in report.warnings { print("warning: \(warning)") }
        for table in report.tables {
            print(
                "table \"\(table.name)\": kept \(ReportFormat.counted(table.rowCount, "row")), "
                    + "lost \(table.lostRowCount)")
        }
        print(
            report.isComplete
                ? "everything was kept in \"\(places.target)\""
                : "what could be read is in \"\(places.target)\"")
    }

    private func show(_ loss: SalvageReport.Loss) {
        var what = "lost: "
        if let table = loss.table { what += "table \"\(table)\", " }
        what += loss.file
        if let place = loss.place { what += ", \(place)" }
        if let column = loss.column {
            what += ": the values of column \"\(column)\" in "
            what += loss.rowCount.map { ReportFormat.counted($0, "row") } ?? "some rows"
            what += " (NULL now)"
        } else if let count = loss.rowCount {
            what += ": \(ReportFormat.counted(count, "row"))"
        }
        if let first = loss.firstRow, let last = loss.lastRow {
            what += ", row ids \(first) to \(last)"
        }
        if let first = loss.firstTime, let last = loss.lastTime {
            what += ", times \(first) to \(last)"
        }
        print(what)
        print("    \(loss.reason)")
    }
}
