import ArgumentParser
import Demetra
import DemetraFormats
import Foundation

/// How rows are printed.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table, csv, json, jsonl, markdown
}

/// Prints the answers of statements to standard output.
final class ResultPrinter: StatementOutput {
    var format: OutputFormat
    private var writer: (any ResultWriter)?
    private var bytes: [UInt8] = []
    private var rowCount = 0
    /// Tags of statements without rows are shown (interactive sessions), or not (scripts).
    private let showsTags: Bool

    init(format: OutputFormat, showsTags: Bool = false) {
        self.format = format
        self.showsTags = showsTags
    }

    func begin(_ schema: Schema) throws(DemetraError) {
        rowCount = 0
        let writer = ResultWriters.make(format.rawValue, schema: schema)
        writer.begin(into: &bytes)
        self.writer = writer
    }

    func rows(_ batch: Batch) throws(DemetraError) {
        writer?.write(batch, into: &bytes)
        rowCount += batch.count
        if bytes.count > 1 << 16 { flush() }
    }

    func finish(tag: String) throws(DemetraError) {
        if let writer {
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

    func copySource(columnCount: Int) -> any CopySource { StandardInputSource() }

    func beginCopyOut(columnCount: Int) {}

    func copyBytes(_ bytes: [UInt8]) { self.bytes += bytes }

    /// Writes what is ready.
    func flush() {
        guard !bytes.isEmpty else { return }
        FileHandle.standardOutput.write(Data(bytes))
        bytes.removeAll(keepingCapacity: true)
    }
}

/// COPY FROM STDIN on the command line: the bytes of standard input, up to `\.` or its end.
private final class StandardInputSource: CopySource {
    private var isDone = false

    func read() throws(DemetraError) -> [UInt8]? {
        guard !isDone else { return nil }
        guard let line = readLine(strippingNewline: false), line != "\\.\n" else {
            isDone = true
            return nil
        }
        return Array(line.utf8)
    }
}
