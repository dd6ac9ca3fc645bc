import DemetraTypes

/// What the log files hold, record by record, when replaying them has failed.
struct LogCheck {
    let directory: DatabaseDirectory
    let source: any FileSystem

    /// The first log file that the manifest needs; 0 when it cannot be told.
    var firstLog: Int64 { manifest?.firstLog ?? 0 }

    private var floor: UInt64 { manifest?.floor.sequence.number ?? 0 }

    private var manifest: Manifest? { try? ManifestFile(directory: directory).read()?.manifest }

    /// What kept the database from opening, with the place where it is in the log.
    func finding(_ error: DemetraError) -> CheckReport.Finding {
        for number in (try? directory.logNumbers()) ?? [] {
            let name = directory.logName(number)
            guard error.message.contains("/" + name) || error.message.contains("\"" + name),
                let bytes = try? ClosedDatabase.bytes(name, directory)
            else { continue }
            for piece in LogPiece.pieces(of: bytes, name: name, after: floor) {
                guard case .bad(let offset, let end, let stored, let computed) = piece else {
                    continue
                }
                return CheckReport.Finding(
                    .damage, file: name, offset: offset, byteCount: end - offset, stored: stored,
                    computed: computed, error.message, detail: error.detail)
            }
            return CheckReport.Finding(error, file: name)
        }
        return CheckReport.Finding(error, file: "")
    }
}

/// A stretch of a log file.
enum LogPiece {
    case record(LogRecord, offset: Int)
    /// Bytes that are no record; the checksums when a whole record seems to be there.
    case bad(offset: Int, end: Int, stored: UInt32?, computed: UInt32?)

    /// All of a file behind its magic, good records and what is between them, without room that was never used.
    ///
    /// - Parameter sequence: a commit before the first one of the file, as near to it as is known.
    static func pieces(
        of bytes: [UInt8], name: String, after sequence: UInt64
    ) -> [LogPiece] {
        let isTimeless = LogVersion(of: bytes) == .timeless
        var sequence = sequence
        var pieces: [LogPiece] = []
        var offset = WriteAheadLog.magic.count
        while offset < bytes.count {
            let found = try? LogRecord.read(
                bytes, at: offset, isTimeless: isTimeless, name: name)
            if case .record(let record, let end)? = found {
                pieces.append(.record(record, offset: offset))
                sequence = max(sequence, record.sequence)
                offset = end
                continue
            }
            if LogRecord.isUnused(bytes, from: offset) { break }
            let next = try? LogRecord.firstGood(
                bytes, from: offset + 1, after: sequence, isTimeless: isTimeless, name: name)
            var (stored, computed): (UInt32?, UInt32?) = (nil, nil)
            if case .bad(let first, let second)? = found { (stored, computed) = (first, second) }
            let end = (next ?? nil) ?? bytes.count
            pieces.append(.bad(offset: offset, end: end, stored: stored, computed: computed))
            offset = end
        }
        return pieces
    }
}
