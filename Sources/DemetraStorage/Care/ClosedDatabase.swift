import DemetraCatalog
import DemetraTypes

/// A database that nobody has open, looked at from outside: by a check, by a salvage.
enum ClosedDatabase {
    /// Keeps others from opening the database.
    ///
    /// - Throws: 55P03 naming the process that has it open, 3D000 when there is no database.
    static func lock(
        _ path: String, _ fileSystem: any FileSystem
    ) throws(DemetraError) -> (any FileLock)? {
        guard fileSystem.exists(path) else {
            throw DemetraError(
                .invalidCatalogName, "database \"\(path)\" does not exist",
                hint: "Give the directory of a database.")
        }
        let names = try fileSystem.list(path)
        let isDatabase = names.contains {
            ["CURRENT", "wal", "segments"].contains($0) || $0.hasPrefix(ManifestFile.prefix)
        }
        guard isDatabase else {
            throw DemetraError(
                .invalidCatalogName, "\"\(path)\" is not a Demetra database",
                detail: "It holds no file CURRENT, no manifest, no log and no segments.",
                hint: "Give the directory of a database.")
        }
        return try fileSystem.lockForReading(path + "/LOCK")
    }

    /// The directory under an overlay: what is written there stays in memory.
    static func directory(
        _ path: String, _ fileSystem: any FileSystem, cacheBytes: Int
    ) -> DatabaseDirectory {
        DatabaseDirectory(
            path: path, fileSystem: OverlayFileSystem(fileSystem),
            cache: BlockCache(budget: MemoryBudget(name: "block cache", limitBytes: cacheBytes)))
    }

    /// All bytes of a file, by its path from the directory on.
    static func bytes(
        _ file: String, _ directory: DatabaseDirectory
    ) throws(DemetraError) -> [UInt8] {
        let path = directory.path + "/" + file
        return try directory.fileSystem.openForReading(path).content(path)
    }

    /// A path from the directory on.
    static func relative(_ path: String, _ directory: DatabaseDirectory) -> String {
        path.hasPrefix(directory.path + "/")
            ? String(path.dropFirst(directory.path.count + 1)) : path
    }

    /// Every file of a database, from the directory on; what cannot be listed is left out.
    static func files(_ path: String, _ fileSystem: any FileSystem) -> [String] {
        func names(_ folder: String) -> [String] {
            ((try? fileSystem.list(path + "/" + folder)) ?? []).map { folder + "/" + $0 }
        }
        let folders: Set = [
            "wal", "segments", "tmp", "LOCK", "audit", DatabaseDirectory.socketName,
        ]
        let top = ((try? fileSystem.list(path)) ?? []).filter { !folders.contains($0) }
        return top + names("wal") + names("segments").flatMap(names)
    }

    /// The segments that can be known by their own footers, when nothing else tells of them.
    static func looseSegments(
        _ directory: DatabaseDirectory
    ) -> [(record: SegmentRecord, footer: SegmentFooter?)] {
        ((try? directory.segmentFiles()) ?? []).compactMap { name, id in
            let parts = name.split(separator: "/")
            guard parts.count == 3, let number = Int64(parts[1]) else { return nil }
            let table = TableID(number)
            let size = (try? directory.fileSystem.openForReading(directory.path + "/" + name))
                .flatMap { try? $0.byteCount() }
            guard let reader = try? SegmentReader.open(table, id, in: directory) else {
                return (
                    SegmentRecord(id: id, table: table, byteCount: size ?? 0, base: 0, groups: []),
                    nil
                )
            }
            return (SegmentRecord(reader), reader.footer)
        }
    }
}
