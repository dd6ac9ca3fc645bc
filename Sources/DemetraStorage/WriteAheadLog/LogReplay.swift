package import DemetraTypes

/// What recovery found at the end of the log.
package struct RecoveryReport: Sendable, Hashable {
    /// Commits that were replayed.
    package var replayedCommits = 0
    /// Bytes of a torn record that were cut off the log; 0 after an orderly end.
    package var cutBytes = 0
    /// True when the log ends as an orderly end leaves it. After a crash it does not; neither does a log that
    /// something has cut between two commits.
    package var isClosedInOrder = false
    /// The file they were cut off.
    package var cutFile: String?
    /// What is wrong with files that could not be read; their tables answer with it.
    package var damages: [DemetraError] = []

    /// The report in words; empty when there is nothing to say.
    package var notices: [Notice] {
        var notices: [Notice] = []
        if let cutFile {
            notices.append(
                Notice(
                    "\(cutBytes) bytes of an unfinished commit were cut off \"\(cutFile)\"",
                    severity: .warning,
                    hint: "It was never acknowledged; everything before it is there."))
        }
        for damage in damages {
            notices.append(Notice(damage.message, severity: .warning, hint: damage.hint))
        }
        return notices
    }
}

/// Reads the log files from the manifest's floor on.
///
/// The last record of the last file may be torn: it was never acknowledged, and is cut off. Anything else
/// that does not fit is damage, and said so: a bad record with a good one behind it, a bad record in a file
/// that another follows, a commit or a file that is missing.
struct LogReplay {
    let directory: DatabaseDirectory
    let firstLog: Int64
    let floor: CommitMoment
    /// As `StoreConfiguration.logFileBytes`.
    let fileBytes: Int

    /// Gives every commit above the floor to `body`, in order; then the log can be written again.
    func run(
        _ report: inout RecoveryReport,
        _ body: (_ moment: CommitMoment, _ payload: [UInt8], _ name: String) throws(DemetraError) ->
            Void
    ) throws(DemetraError) -> WriteAheadLog {
        let numbers = try directory.logNumbers().filter { $0 >= firstLog }
        var files: [LogFile] = []
        for (index, number) in numbers.enumerated() {
            guard number == firstLog + Int64(index) else {
                throw missing(directory.logName(firstLog + Int64(index)))
            }
            files.append(try LogFile(directory, number))
        }
        // A file that was begun and not used may follow the one with the last record.
        let last = files.lastIndex { $0.bytes.count > WriteAheadLog.magic.count } ?? 0
        var sequence = floor.sequence.number
        var bytesReplayed = 0
        // Of the last file.
        var (end, byteCount) = (0, 0)
        for (index, log) in files.enumerated() {
            guard try begins(log, isLast: index >= last) else {
                // A crash while the file was made: nothing in it was acknowledged.
                _ = try WriteAheadLog.create(directory, number: log.number)
                (end, byteCount) = (WriteAheadLog.magic.count, WriteAheadLog.magic.count)
                continue
            }
            report.isClosedInOrder = false
            end = try replay(log, isLast: index >= last, &sequence, &report, body)
            byteCount = log.bytes.count
            bytesReplayed += end - WriteAheadLog.magic.count
            if !LogRecord.isUnused(log.bytes, from: end) {
                try log.file.truncate(to: end)
                try log.file.sync()
                byteCount = end
                report.cutBytes = log.bytes.count - end
                report.cutFile = log.path
            }
        }
        guard let final = files.last else { throw missing(directory.logName(firstLog)) }
        let log = WriteAheadLog(
            directory: directory, file: final.file, number: final.number,
            end: end, byteCount: byteCount, bytes: bytesReplayed,
            isEnded: report.isClosedInOrder, fileBytes: fileBytes)
        // Records of two forms never share a file.
        if final.version != .newest { try log.rotate() }
        return log
    }

    /// A log file and everything in it.
    private struct LogFile {
        let number: Int64
        let path: String
        let file: any StorageFile
        let bytes: [UInt8]

        /// Nil when it does not begin as log files do.
        let version: LogVersion?
        /// Whether commits in it have no times.
        var isTimeless: Bool { version == .timeless }

        init(_ directory: DatabaseDirectory, _ number: Int64) throws(DemetraError) {
            self.number = number
            path = directory.path + "/" + directory.logName(number)
            file = try directory.fileSystem.open(path, creating: false)
            bytes = try file.content(path)
            version = LogVersion(of: bytes)
        }
    }

    private func missing(_ name: String) -> DemetraError {
        DemetraError(
            .dataCorrupted, "log file \"\(directory.path)/\(name)\" is missing",
            hint: "Restore the database from a backup.")
    }

    /// False for a last file whose beginning was never finished.
    private func begins(_ log: LogFile, isLast: Bool) throws(DemetraError) -> Bool {
        let (magic, bytes) = (WriteAheadLog.magic, log.bytes)
        if log.version != nil { return true }
        // Zeros are what a file system may leave of bytes that were never synced.
        if isLast, bytes.count <= magic.count,
            LogVersion.allCases.contains(where: {
                zip(bytes, $0.magic).allSatisfy { $0 == $1 || $0 == 0 }
            })
        {
            return false
        }
        if let number = LogVersion.number(of: bytes) {
            try FormatVersion.check(
                number, newest: LogVersion.newest.rawValue, "\"\(log.path)\"")
        }
        throw DemetraError(
            .dataCorrupted, "\"\(log.path)\" does not begin as log files do",
            detail: "It has \(bytes.count) bytes.",
            hint: "Was the file replaced? Restore the database from a backup.")
    }

    /// Replays one file; gives the offset behind its last good record.
    private func replay(
        _ log: LogFile, isLast: Bool, _ sequence: inout UInt64,
        _ report: inout RecoveryReport,
        _ body: (CommitMoment, [UInt8], String) throws(DemetraError) -> Void
    ) throws(DemetraError) -> Int {
        let (bytes, path) = (log.bytes, log.path)
        var offset = WriteAheadLog.magic.count
        while offset < bytes.count {
            switch try LogRecord.read(
                bytes, at: offset, isTimeless: log.isTimeless, name: "\"\(path)\"")
            {
            case .record(let record, let end):
                for (index, commit) in record.commits.enumerated() {
                    let number = record.sequence + UInt64(index)
                    if number <= floor.sequence.number { continue }
                    guard number == sequence + 1 else {
                        throw DemetraError(
                            .dataCorrupted, "commit \(sequence + 1) is missing in \"\(path)\"",
                            detail: "Commit \(number) follows at byte \(offset).",
                            hint: "Restore the database from a backup.")
                    }
                    let moment = CommitMoment(
                        sequence: CommitSequence(number: number), time: commit.time)
                    try body(moment, commit.payload, path)
                    sequence = number
                    report.replayedCommits += 1
                }
                report.isClosedInOrder = record.commits.isEmpty
                offset = end
            case .bad(let stored, let computed):
                if LogRecord.isUnused(bytes, from: offset) { return offset }
                let good = try LogRecord.firstGood(
                    bytes, from: offset + 1, after: sequence, isTimeless: log.isTimeless,
                    name: "\"\(path)\"")
                if good == nil, isLast { return offset }
                throw damaged(path, offset, stored, computed, good)
            }
        }
        return offset
    }

    private func damaged(
        _ path: String, _ offset: Int, _ stored: UInt32?, _ computed: UInt32?, _ good: Int?
    ) -> DemetraError {
        let checksums: String
        if let stored, let computed {
            checksums =
                "Stored crc32c \(Checksum.text(stored)), computed \(Checksum.text(computed)). "
        } else {
            checksums = "Its length does not fit the file. "
        }
        let what = good.map { "A good record follows at byte \($0)" } ?? "Another file follows it"
        return DemetraError(
            .dataCorrupted, "a record of \"\(path)\" is damaged at byte \(offset)",
            detail: checksums + what + ", so it was not torn by a crash.",
            hint: "Restore the database from a backup.")
    }
}
