import DemetraCatalog
import DemetraTypes

/// Writes what a snapshot shows as a database of its own: segments are copied, each chunk compared with its
/// checksum on the way; rows that are in no segment are written as a flush would; a manifest names both.
///
/// Everything is written beside the target, synced, and then gets the target's name at once, so that there
/// is a whole database or none. Segments are copied and not linked: one bad sector must not take both.
struct DatabaseCopy {
    /// What was written.
    struct Summary: Sendable {
        var segmentCount = 0
        var byteCount = 0
    }

    private static let pieceBytes = 1 << 20

    let source: DatabaseDirectory
    let snapshot: Snapshot
    let known: [SegmentID: KnownSegment]
    let threadCount: Int
    let fileSystem: any FileSystem
    let target: String

    /// Where the copy is made.
    private var unfinished: String { target + ".unfinished" }

    /// - Throws: 58P02 when there is something in the target, 55P03 when another copy is on its way there,
    ///   XX001 when a segment is damaged, 53100 or 58030 when the disk fails; nothing is left then.
    func write() throws(DemetraError) -> Summary {
        try requireEmptyTarget()
        try fileSystem.createDirectory(unfinished)
        let lock = try fileSystem.lock(unfinished + "/LOCK")
        do throws(DemetraError) {
            let summary = try fill()
            try fileSystem.rename(unfinished, to: target)
            try fileSystem.syncDirectory(Self.parent(target))
            return withExtendedLifetime(lock) { summary }
        } catch {
            try? fileSystem.removeDirectory(unfinished)
            throw error
        }
    }

    private static func parent(_ path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    private func requireEmptyTarget() throws(DemetraError) {
        guard fileSystem.exists(target) else { return }
        guard try fileSystem.list(target).isEmpty else {
            throw DemetraError(
                .duplicateFile, "directory \"\(target)\" is not empty",
                hint: "Give a directory that does not exist, or an empty one.")
        }
    }

    private func fill() throws(DemetraError) -> Summary {
        // What a copy that was killed has left.
        for name in try fileSystem.list(unfinished) where name != "LOCK" {
            if ["wal", "segments", "tmp"].contains(name) {
                try fileSystem.removeDirectory(unfinished + "/" + name)
            } else {
                try fileSystem.remove(unfinished + "/" + name)
            }
        }
        for folder in ["wal", "segments", "tmp"] {
            try fileSystem.createDirectory(unfinished + "/" + folder)
        }
        let copy = DatabaseDirectory(
            path: unfinished, fileSystem: fileSystem,
            cache: BlockCache(budget: MemoryBudget(name: "block cache", limitBytes: 1 << 20)))
        copy.reserveSegments(through: source.nextSegmentNumber - 1)
        let run = FlushRun(
            directory: copy, snapshot: snapshot, known: known, now: snapshot.moment.time,
            threadCount: threadCount,
            scope: .memtable, spoiled: SpoiledSegments(),
            memory: MemoryBudget(name: "copy", limitBytes: .max), isCancelled: { false })
        let tables = try run.writeSegments()
        _ = try WriteAheadLog.create(copy, number: 1)
        let manifest = run.manifest(tables, firstLog: 1)
        let written = Set(tables.values.flatMap { $0.new.map(\.reader.id) })
        var summary = Summary()
        for table in manifest.tables {
            var folders: Set<String> = []
            for segment in table.segments {
                summary.segmentCount += 1
                summary.byteCount += segment.record.byteCount
                guard !written.contains(segment.record.id) else { continue }
                folders.insert(try copySegment(segment.record, to: copy))
            }
            for folder in folders { try fileSystem.syncDirectory(folder) }
        }
        do throws(ManifestFile.Failure) {
            try ManifestFile(directory: copy).write(manifest, number: 1)
        } catch {
            switch error {
            case .before(let cause), .during(let cause): throw cause
            }
        }
        return summary
    }

    /// Copies a segment and gives the folder whose names have to be synced.
    private func copySegment(
        _ record: SegmentRecord, to copy: DatabaseDirectory
    ) throws(DemetraError) -> String {
        guard let segment = known[record.id] else {
            throw DemetraError(.internalError, "segment \(record.id.number) is not known")
        }
        guard let reader = segment.reader else {
            throw segment.damage ?? DemetraError(.dataCorrupted, "a segment cannot be read")
        }
        try reader.verifyChunks()
        let name = copy.segmentName(record.table, record.id)
        let folder = Self.parent(copy.path + "/" + name)
        try fileSystem.createDirectory(folder)
        let file = try fileSystem.open(copy.path + "/" + name, creating: true)
        var offset = 0
        while offset < record.byteCount {
            let count = min(Self.pieceBytes, record.byteCount - offset)
            let piece = try reader.unverified(
                ChunkLocation(offset: offset, byteCount: count, checksum: 0))
            guard piece.count == count else {
                throw DemetraError(
                    .dataCorrupted, "segment \"\(name)\" ends at byte \(offset + piece.count)",
                    hint: "Restore the file from a backup.")
            }
            try file.append(piece)
            offset += count
        }
        try file.sync()
        return folder
    }
}

extension SegmentReader {
    /// Compares every chunk with its checksum.
    ///
    /// - Throws: XX001 naming the first that is damaged.
    func verifyChunks() throws(DemetraError) {
        for column in footer.columns {
            if let location = column.dictionary {
                _ = try bytes(location, "dictionary of column \"\(column.name)\"")
            }
        }
        for (index, group) in footer.groups.enumerated() {
            if let location = group.numbers {
                _ = try bytes(location, "row group \(index), row ids")
            }
            for (column, location) in zip(footer.columns, group.chunks) {
                _ = try bytes(location, "row group \(index), column \"\(column.name)\"")
            }
            for (column, location) in group.filters {
                let name = footer.columns[column].name
                _ = try bytes(location, "row group \(index), filter of column \"\(name)\"")
            }
        }
    }
}
