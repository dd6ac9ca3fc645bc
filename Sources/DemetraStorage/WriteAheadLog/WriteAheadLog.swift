import DemetraTypes

/// The durable log of commits: numbered files of which the last one grows.
///
///     file    magic "DEMWAL03", then records
///
/// A file that has grown to its limit, and the one in use when a flush begins, is followed by the
/// next. Files below the manifest's floor are removed.
///
/// Safe because the bytes of an array are copied before its borrow ends.
// Owned by the writer.
final class WriteAheadLog {
    static let magic = Array("DEMWAL03".utf8)
    /// How files begin whose commits have no times; they are read, and never written on.
    static let timelessMagic = Array("DEMWAL02".utf8)

    private let directory: DatabaseDirectory
    private var file: any StorageFile
    /// The number of the file that grows.
    private(set) var number: Int64
    /// Where its next record goes.
    private(set) var end: Int
    /// Bytes of records since the last flush began.
    private(set) var bytesSinceFlush: Int

    /// Whether the last record says that the log ends here.
    private var isEnded: Bool

    init(
        directory: DatabaseDirectory, file: any StorageFile, number: Int64, end: Int, bytes: Int,
        isEnded: Bool
    ) {
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
            try file.append(bytes)
        } catch {
            // Part of the record may be there, even all of it: it must not stand before a later one, nor
            // come back after a crash.
            do throws(DemetraError) {
                try file.truncate(to: end)
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

    /// Says by a record without commits that the log ends here, so that one that was cut is told from one
    /// that ended.
    func writeEnd(after sequence: CommitSequence) throws(Failure) {
        if isEnded { return }
        try write(LogRecord(sequence: sequence.number + 1, commits: []))
    }

    /// Begins the next file; all records so far are durable.
    ///
    /// A file that was begun and not finished stays behind: the next try, or recovery, begins it again.
    func rotate() throws(DemetraError) {
        file = try Self.create(directory, number: number + 1)
        number += 1
        end = Self.magic.count
        isEnded = false
    }

    /// As `rotate`, for a flush: what is written from now on is not part of it.
    func rotateForFlush() throws(DemetraError) {
        try rotate()
        bytesSinceFlush = 0
    }
}
