import DemetraCatalog
import DemetraTypes
import Synchronization

/// The files of a database and what is shared by all that use them.
///
///     LOCK                            held while open, holds the process id
///     CURRENT                         the name of the manifest that counts
///     MANIFEST-000042                 what there was when the log was last cut
///     wal/000017.wal                  every commit since
///     segments/<table>/<id>.seg       rows
///     tmp/                            emptied at open
///     .s.PGSQL.5432                   the socket of the server that holds it
final class DatabaseDirectory: Sendable {
    /// The socket on which a server that holds the database listens, named as clients of PostgreSQL look for one.
    static let socketName = ".s.PGSQL.5432"

    let path: String
    let fileSystem: any FileSystem
    let cache: BlockCache
    private let segmentCounter: Mutex<Int64>
    private let temporaryBytes = Atomic<Int>(0)

    init(path: String, fileSystem: any FileSystem, cache: BlockCache) {
        self.path = path
        self.fileSystem = fileSystem
        self.cache = cache
        segmentCounter = Mutex(1)
    }

    /// Six digits at least, so that names sort as numbers do.
    static func padded(_ number: Int64) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    /// The path of a segment from the directory on.
    func segmentName(_ table: TableID, _ id: SegmentID) -> String {
        Self.segmentName(table, id)
    }

    /// The path of a segment from the directory on.
    static func segmentName(_ table: TableID, _ id: SegmentID) -> String {
        "segments/\(table.number)/\(padded(id.number)).seg"
    }

    /// The path of a log file from the directory on.
    func logName(_ number: Int64) -> String { "wal/\(Self.padded(number)).wal" }

    /// An id that no segment ever had.
    func nextSegment() -> SegmentID {
        segmentCounter.withLock { next in
            defer { next += 1 }
            return SegmentID(next)
        }
    }

    /// The number that the next segment gets.
    var nextSegmentNumber: Int64 { segmentCounter.withLock { $0 } }

    /// Numbers up to this one are taken.
    func reserveSegments(through number: Int64) {
        segmentCounter.withLock { $0 = max($0, number + 1) }
    }

    /// Bytes that were written to temporary files since the database was opened.
    var temporaryByteCount: Int { temporaryBytes.load(ordering: .relaxed) }

    /// Counts bytes written to a temporary file.
    func countTemporary(_ byteCount: Int) { temporaryBytes.add(byteCount, ordering: .relaxed) }

    /// The numbers of the log files that are there, ascending.
    func logNumbers() throws(DemetraError) -> [Int64] {
        guard fileSystem.exists(path + "/wal") else { return [] }
        return try fileSystem.list(path + "/wal").compactMap { name in
            name.hasSuffix(".wal") ? Int64(name.dropLast(4)) : nil
        }.sorted()
    }

    /// The segment files that are there.
    func segmentFiles() throws(DemetraError) -> [(name: String, id: SegmentID)] {
        try segmentFiles(of: fileSystem)
    }

    /// The segment files that are there in another file system than the directory's own.
    func segmentFiles(
        of fileSystem: any FileSystem
    ) throws(DemetraError) -> [(name: String, id: SegmentID)] {
        guard fileSystem.exists(path + "/segments") else { return [] }
        var files: [(String, SegmentID)] = []
        for folder in try fileSystem.list(path + "/segments") {
            for name in try fileSystem.list(path + "/segments/" + folder) {
                guard name.hasSuffix(".seg"), let number = Int64(name.dropLast(4)) else { continue }
                files.append(("segments/\(folder)/\(name)", SegmentID(number)))
            }
        }
        return files
    }

    /// Removes what no manifest and no log record names; failing to is no harm.
    func removeOrphans(keeping segments: Set<SegmentID>, manifest: Int64, firstLog: Int64) {
        for (name, id) in (try? segmentFiles()) ?? [] where !segments.contains(id) {
            try? fileSystem.remove(path + "/" + name)
        }
        removeFiles(beforeLog: firstLog, beforeManifest: manifest)
        // One that was written and never became the current one.
        for number in manifestNumbers() where number > manifest {
            try? fileSystem.remove(path + "/" + ManifestFile.name(number))
        }
        for name in (try? fileSystem.list(path + "/tmp")) ?? [] {
            try? fileSystem.remove(path + "/tmp/" + name)
        }
    }

    /// Removes what a new manifest made superfluous; failing to is no harm.
    ///
    /// The manifest before it stays: should the new one be damaged, a salvage finds names, keys and views in
    /// it.
    func removeFiles(beforeLog firstLog: Int64, beforeManifest manifest: Int64) {
        for number in (try? logNumbers()) ?? [] where number < firstLog {
            try? fileSystem.remove(path + "/" + logName(number))
        }
        for number in manifestNumbers() where number < manifest - 1 {
            try? fileSystem.remove(path + "/" + ManifestFile.name(number))
        }
    }

    private func manifestNumbers() -> [Int64] {
        ((try? fileSystem.list(path)) ?? []).compactMap { ManifestFile.number($0) }
    }
}
