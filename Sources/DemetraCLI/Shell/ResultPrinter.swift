import ArgumentParser
import Demetra
import DemetraFormats
import Foundation

/// How rows are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table, csv, json, jsonl, markdown
}

/// Prints the answers of statements to standard output, or to the file that `\o` names.
// Owned by the thread that runs statements.
final class ResultPrinter: StatementOutput {
    /// When a table is shown one line a column.
    enum Expanded: String { case off, on, auto }

    private static let flushByteCount = 1 << 16

    var format: OutputFormat
    var expanded = Expanded.off
    /// What stands for NULL in tables.
    var nullText = "NULL"
    /// Where COPY ... FROM STDIN takes its rows from.
    var copyLines: ScriptLines?
    /// The zone in which instants are shown.
    var zone: () -> TimeZoneRules = { .utc }
    private var target = FileHandle.standardOutput
    private var writer: (any ResultWriter)?
    private var bytes: [UInt8] = []
    private var hasBegun = false
    private var rowCount = 0
    /// Tags of statements without rows are shown (interactive sessions), or not (scripts).
    private let showsTags: Bool

    init(format: OutputFormat, showsTags: Bool = false) {
        self.format = format
        self.showsTags = showsTags
    }

    func begin(_ schema: Schema) throws(DemetraError) {
        rowCount = 0
        let style = TableStyle(
            nullText: nullText, isExpanded: expanded == .on,
            widthLimit: expanded == .auto ? Terminal.columnCount : nil)
        writer = ResultWriters.make(format.rawValue, schema: schema, zone: zone(), style: style)
        hasBegun = false
    }

    /// Writes what stands before the first row, when the statement can no longer fail without one.
    private func beginRows() {
        if !hasBegun { writer?.begin(into: &bytes) }
        hasBegun = true
    }

    func rows(_ batch: Batch) throws(DemetraError) {
        beginRows()
        writer?.write(batch, into: &bytes)
        rowCount += batch.count
        if bytes.count > Self.flushByteCount { flush() }
    }

    func finish(tag: String) throws(DemetraError) {
        if let writer {
            beginRows()
            writer.end(into: &bytes)
            if format == .table {
                bytes += Array("(\(rowCount) row\(rowCount == 1 ? "" : "s"))\n\n".utf8)
            }
            self.writer = nil
        } else if showsTags {
            bytes += Array((tag + "\n").utf8)
        }
    }

    func notice(_ notice: Notice) {
        flush()
        Failure.write("\(notice.severity.rawValue):  \(notice.message)")
        if let hint = notice.hint { Failure.write("HINT:  \(hint)") }
    }

    func copySource(columnCount: Int, isBinary: Bool) -> any CopySource {
        flush()
        return LineSource(copyLines ?? .standardInput())
    }

    func beginCopyOut(columnCount: Int, isBinary: Bool) {}

    func copyRows(_ bytes: [UInt8], ends: [Int]) {
        self.bytes += bytes
        if self.bytes.count > Self.flushByteCount { flush() }
    }

    /// Prints a line.
    func show(_ text: String) {
        bytes += Array((text + "\n").utf8)
        flush()
    }

    /// Forgets an answer that ended with an error; rows already printed stay.
    func abandon() {
        writer = nil
        flush()
    }

    /// Writes what is ready.
    func flush() {
        guard !bytes.isEmpty else { return }
        // A reader that went away, such as `head`, is no reason to complain.
        try? target.write(contentsOf: Data(bytes))
        bytes.removeAll(keepingCapacity: true)
    }

    /// Sends what follows to a file, or to standard output again.
    ///
    /// - Throws: 58030 when the file cannot be written.
    func redirect(to path: String?) throws(DemetraError) {
        flush()
        guard let path else {
            target = .standardOutput
            return
        }
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw DemetraError(.ioError, "file \"\(path)\" cannot be written") }
        target = file
    }
}

/// The rows of COPY ... FROM STDIN: lines of the script, up to `\.` or its end.
private final class LineSource: CopySource {
    private static let pieceByteCount = 1 << 16
    private let lines: ScriptLines
    private var isDone = false

    init(_ lines: ScriptLines) { self.lines = lines }

    func read() throws(DemetraError) -> [UInt8]? {
        var bytes: [UInt8] = []
        while !isDone, bytes.count < Self.pieceByteCount {
            guard let line = lines.next(), line != "\\.", line != "\\.\r" else {
                isDone = true
                break
            }
            bytes += line.utf8
            bytes.append(0x0A)
        }
        return bytes.isEmpty ? nil : bytes
    }
}

/// The terminal that answers are shown on.
enum Terminal {
    /// Its width, or nil when standard output is none.
    static var columnCount: Int? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
