import ArgumentParser
import Demetra

/// `demetra check PATH`: is every byte of a database as it was written?
struct CheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Verify every checksum and invariant of a database.",
        discussion: """
            Reads all files and changes none. Status 0: nothing is damaged (notes are harmless); status 1: something \
            is, and each finding says file, place and both checksums. The database must not be open.

            Examples:
              demetra check ads.demetra
              demetra check ads.demetra --format json
            """)

    @Argument(help: "The database's directory.")
    var path: String

    @Option(help: "How the report is printed: text or json.")
    var format: ReportFormat = .text

    func run() async throws {
        let report: CheckReport
        do throws(DemetraError) {
            report = try Database.check(at: path)
        } catch {
            throw Failure.show(error)
        }
        switch format {
        case .text: show(report)
        case .json: print(try ReportFormat.json(report))
        }
        if !report.isClean { throw ExitCode(1) }
    }

    private func show(_ report: CheckReport) {
        for table in report.tables {
            print(
                "table \"\(table.name)\": \(ReportFormat.counted(table.rowCount, "row")), "
                    + "\(ReportFormat.counted(table.segmentCount, "segment")), "
                    + "\(ReportFormat.counted(table.byteCount, "byte"))")
        }
        print(
            "read \(ReportFormat.counted(report.fileCount, "file")), "
                + "\(ReportFormat.counted(report.byteCount, "byte")), "
                + "\(ReportFormat.counted(report.chunkCount, "chunk")); "
                + "\(ReportFormat.counted(report.loggedCommitCount, "commit")) in the log")
        for finding in report.findings { show(finding) }
        let damages = report.findings.count { $0.severity == .damage }
        if damages == 0 {
            print("clean")
        } else {
            print("\(ReportFormat.counted(damages, "damage")) found")
            print("Restore a backup, or rescue what can be read: demetra salvage \(path) TO NEW")
        }
    }

    private func show(_ finding: CheckReport.Finding) {
        print("\(finding.severity.rawValue): \(finding.message)")
        var facts: [String] = finding.file.isEmpty ? [] : ["file \(finding.file)"]
        if let place = finding.place { facts.append(place) }
        if let offset = finding.offset { facts.append("offset \(offset)") }
        if let count = finding.byteCount { facts.append(ReportFormat.counted(count, "byte")) }
        if let stored = finding.storedChecksum, let computed = finding.computedChecksum {
            facts.append("stored crc32c \(stored), computed \(computed)")
        }
        if !facts.isEmpty { print("    \(facts.joined(separator: ", "))") }
        if let detail = finding.detail { print("    \(detail)") }
    }
}
