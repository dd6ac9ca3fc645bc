import DemetraTypes

/// The durable log of commits: numbered files of which the last one grows.
///
///     file    magic "DEMWAL04", then records, then zeros
///
/// The zeros are room for the next small records: overwriting them changes neither the length of the file nor where
/// it lies, so a sync has only the record to write, and none of the file system's own notes. A file that ends in
/// order, or that another follows, has none.
///
/// A file that has grown to its limit, and the one in use when a flush begins, is followed by the
/// next. Files below the manifest's floor are removed.
///
/// Safe because the bytes of an array are copied before its borrow ends.
// Owned by the writer.
final class WriteAheadLog {
    static let magic = LogVersion.newest.magic

    private let directory: DatabaseDirectory
    private var file: any StorageFile
    /// Bytes of the file, zeros behind the last record included.
    private var byteCount: Int
    /// The number of the file that grows.
    private(set) var number: Int64
    /// Where its next record goes.
    private(set) var end: Int
    /// Bytes of records since the last flush began.
    private(set) var bytesSinceFlush: Int

    /// A file this long is followed by the next one soon.
    private let fileBytes: Int
    /// Zeros that are written along with a record that has no room.
    private static let fillBytes = 128 << 10
    /// Records of more bytes than this get by without.
    private static let mostFilledBytes = 16 << 10

    /// Whether the last record says that the log ends here.
    private var isEnded: Bool

    init(
        directory: DatabaseDirectory, file: any StorageFile, number: Int64, end: Int,
        byteCount: Int, bytes: Int, isEnded: Bool, fileBytes: Int
    ) {
        self.byteCount = byteCount
        self.fileBytes = fileBytes
        self.isEnded = isEnded
        self.directory = directory
        self.file = file
        self.number = number
        self.end = end
        bytesSinceFlush = bytes
    }

    /// Makes an empty log file whose name and beginning are durable.
    static func create(
        _ directory: DatabaseDirectory, number: Int64
    ) throws(DemetraError) -> any StorageFile {
        let path = directory.path + "/" + directory.logName(number)
        let file = try directory.fileSystem.open(path, creating: true)
        try file.truncate(to: 0)
        try file.append(magic)
        try file.sync()
        try directory.fileSystem.syncDirectory(directory.path + "/wal")
        return file
    }

    /// How an append failed.
    enum Failure: Error {
        /// Nothing of the record is left: later ones can be written.
        case undone(DemetraError)
        /// Nobody knows what the file holds.
        case unknown(DemetraError)
    }

    /// Writes a record and returns when it is durable.
    func write(_ record: LogRecord) throws(Failure) {
        let bytes = record.encoded()
        do throws(DemetraError) {
            guard bytes.count <= LogRecord.longest else {
                throw DemetraError(
                    .programLimitExceeded, "a transaction of \(bytes.count) bytes is too large",
                    hint: "Split the rows over several statements.")
            }
            try place(bytes, isLast: record.commits.isEmpty)
        } catch {
            // Part of the record may be there, even all of it: it must not stand before a later one, nor
            // come back after a crash.
            do throws(DemetraError) {
                try cut()
                try file.sync()
            } catch let second {
                throw .unknown(second)
            }
            throw .undone(error)
        }
        do throws(DemetraError) {
            try file.sync()
        } catch {
            throw .unknown(error)
        }
        end += bytes.count
        bytesSinceFlush += bytes.count
        isEnded = record.commits.isEmpty
    }

    /// Puts a record behind the last one, with room for more where there is none.
    private func place(_ bytes: [UInt8], isLast: Bool) throws(DemetraError) {
        let next = end + bytes.count
        let room = min(Self.fillBytes, fileBytes - next)
        if next > byteCount, room > 0, bytes.count <= Self.mostFilledBytes, !isLast {
            do throws(DemetraError) {
                try file.overwrite(bytes + [UInt8](repeating: 0, count: room), at: end)
                byteCount = next + room
                return
            } catch {
                // A disk that is nearly full may still have room for the record itself.
                try cut()
            }
        }
        try file.overwrite(bytes, at: end)
        byteCount = max(byteCount, next)
    }

    /// Leaves nothing behind the last record.
    private func cut() throws(DemetraError) {
        try file.truncate(to: end)
        byteCount = end
    }

    /// Says by a record without commits that the log ends here, so that one that was cut is told from one
    /// that ended.
    func writeEnd(after sequence: CommitSequence) throws(Failure) {
        if isEnded { return }
        try write(LogRecord(sequence: sequence.number + 1, commits: []))
        // Zeros that stay are no harm.
        if byteCount > end { try? cut() }
    }

    /// Begins the next file; all records so far are durable.
    ///
    /// A file that was begun and not finished stays behind: the next try, or recovery, begins it again.
    func rotate() throws(DemetraError) {
        if byteCount > end {
            try cut()
            try file.sync()
        }
        file = try Self.create(directory, number: number + 1)
        number += 1
        end = Self.magic.count
        byteCount = end
        isEnded = false
    }

    /// As `rotate`, for a flush: what is written from now on is not part of it.
    func rotateForFlush() throws(DemetraError) {
        try rotate()
        bytesSinceFlush = 0
    }
}
