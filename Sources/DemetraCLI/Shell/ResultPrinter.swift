import Demetra
import DemetraFormats
import Foundation

/// Prints the answers of statements to standard output, to a pager, or to the file that `\o` names.
// Owned by the thread that runs statements.
final class ResultPrinter: StatementOutput {
    private static let flushByteCount = 1 << 16
    /// What is kept of an answer for what is done with it afterwards; a script, which has a limit of its own, keeps less.
    private static let mostHeldBytes = 4 << 20

    var options = DisplayOptions()
    /// Where COPY ... FROM STDIN takes its rows from.
    var copyRows: (any CopySource)?
    /// The zone in which instants are shown.
    var zone: () -> TimeZoneRules = { .utc }
    /// The rows of the last answer that had any columns.
    private(set) var held: HeldResult?
    /// The reader of the pager has seen enough.
    var isPagerClosed: Bool { pager?.isClosed ?? false }
    /// The number at the end of the last tag.
    private(set) var lastRowCount = 0
    private var target: FileHandle?
    private var pager: Pager?
    private var writer: (any ResultWriter)?
    private var bytes: [UInt8] = []
    private var hasBegun = false
    private var rowCount = 0
    /// The file that is written to is for rows alone.
    private var isFileForRows = false
    /// Tags of statements without rows are shown (interactive sessions), or not (scripts).
    private let isInteractive: Bool
    /// What must be gone from the terminal before an answer is there.
    var progressLine: ProgressLine?

    init(format: OutputFormat, isInteractive: Bool = false) {
        options.format = format
        self.isInteractive = isInteractive
    }

    func begin(_ schema: Schema) throws(DemetraError) {
        rowCount = 0
        held = HeldResult(
            schema, zone(), mostBytes: isInteractive ? Self.mostHeldBytes : Self.flushByteCount * 8)
        writer = ResultWriters.make(
            options.format.rawValue, schema: schema, zone: zone(), style: options.tableStyle)
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
        held?.add(batch)
        rowCount += batch.count
        if bytes.count > Self.flushByteCount { flushRows() }
        if isPagerClosed {
            throw DemetraError(.queryCanceled, "the rest of the rows was not asked for")
        }
    }

    func finish(tag: String) throws(DemetraError) {
        lastRowCount = tag.split(separator: " ").last.flatMap { Int($0) } ?? 0
        if let writer {
            beginRows()
            writer.end(into: &bytes)
            if options.hasFooter {
                bytes += Array("(\(rowCount) row\(rowCount == 1 ? "" : "s"))\n\n".utf8)
            }
            self.writer = nil
            flushRows()
        } else if isInteractive, !isFileForRows {
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
        return copyRows ?? LineSource(.standardInput())
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

    /// Writes what is ready, and ends the pager.
    func flush() {
        write()
        pager?.end()
        pager = nil
    }

    /// Writes rows; what does not fit on the screen goes through a pager.
    private func flushRows() {
        if isInteractive, options.isPaged, target == nil, pager == nil,
            let lineCount = Terminal.lineCount, let command = Pager.command,
            bytes.lazy.filter({ $0 == 0x0A }).count >= lineCount
        {
            pager = Pager(command)
        }
        write()
    }

    private func write() {
        guard !bytes.isEmpty else { return }
        if target == nil { progressLine?.end() }
        if let pager {
            pager.write(bytes)
        } else {
            // A reader that went away, such as `head`, is no reason to complain.
            try? (target ?? .standardOutput).write(contentsOf: Data(bytes))
        }
        bytes.removeAll(keepingCapacity: true)
    }

    /// Sends what follows to a file, or to standard output again.
    ///
    /// - Throws: 58030 when the file cannot be written.
    func redirect(to path: String?) throws(DemetraError) {
        flush()
        target = try path.map { path throws(DemetraError) in try Self.file(path) }
    }

    /// Sends what `work` prints to a file.
    ///
    /// - Parameter isForRows: the file is to hold nothing else; the tag is shown afterwards.
    /// - Throws: 58030 when the file cannot be written.
    func redirected<Result>(
        to path: String, isForRows: Bool = false, _ work: () throws(DemetraError) -> Result
    ) throws(DemetraError) -> Result {
        flush()
        let before = target
        target = try Self.file(path)
        isFileForRows = isForRows
        defer {
            flush()
            target = before
            isFileForRows = false
        }
        return try work()
    }

    private static func file(_ path: String) throws(DemetraError) -> FileHandle {
        guard FileManager.default.createFile(atPath: path, contents: nil),
            let file = FileHandle(forWritingAtPath: path)
        else { throw DemetraError(.ioError, "file \"\(path)\" cannot be written") }
        return file
    }
}
