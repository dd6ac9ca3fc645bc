import DemetraTypes
import Synchronization

/// A file under `tmp/` that is gone with the object; the next opening removes one that a crash left.
///
/// Nothing is synced: what is in it is of no use to anybody else.
final class TemporaryFile: Sendable {
    private let directory: DatabaseDirectory
    private let path: String
    private let file: any StorageFile
    // Guards the end of the file: an append is the only one that moves it.
    private let appending = Mutex(())

    /// - Throws: 53100 or 58030 when it cannot be made.
    init(_ directory: DatabaseDirectory, _ kind: String) throws(DemetraError) {
        self.directory = directory
        // The number of a segment that is never written: nobody else takes it.
        path = directory.path + "/tmp/\(kind)-\(directory.nextSegment().number)"
        file = try directory.fileSystem.open(path, creating: true)
    }

    deinit { try? directory.fileSystem.remove(path) }

    /// What errors call it.
    var title: String { "\"\(path)\"" }

    /// Adds bytes; gives where they begin. Any thread may call it.
    ///
    /// - Throws: 53100 when the disk is full, 58030 when it fails.
    func append(_ bytes: [UInt8]) throws(DemetraError) -> Int {
        try appending.withLock { _ throws(DemetraError) in
            let offset = try file.byteCount()
            try file.append(bytes)
            directory.countTemporary(bytes.count)
            return offset
        }
    }

    /// - Throws: XX001 when the file ends before, 58030 when it cannot be read.
    func read(at offset: Int, count: Int) throws(DemetraError) -> [UInt8] {
        let bytes = try file.read(at: offset, count: count)
        guard bytes.count == count else {
            throw DemetraError(
                .dataCorrupted, "temporary file \(title) is cut off",
                detail: "\(bytes.count) of \(count) bytes are at offset \(offset).",
                hint: "Look after the disk, then run the statement again.")
        }
        return bytes
    }
}
