package import DemetraCatalog
package import DemetraTypes
package import DemetraVectors

/// Takes the rows of one insert as they come, and writes them to segments long before the commit.
///
///     append  append  append  finish                    commit
///       |       |       |       |                         |
///       +-- chunk full ---> segment, key hashes           |   under the writer's lock:
///                               |                         |   what was committed since the snapshot,
///                               +--> keys that come twice |   base row ids, one log record
///                                         = BulkRows -----+
///
/// A few rows stay in memory and go the way of every insert. What is not committed leaves no trace: a segment's file
/// goes with its last reference, and after a crash no manifest and no log names it.
///
/// - Invariant: memory is bounded by the chunk, whatever the number of rows; 8 bytes a key are beside it while they
///   fit, and in a file when they do not.
// Owned by one thread.
package final class BulkWriter {
    /// Of little memory a chunk gets one part in so many: rows, joined columns and encoded bytes are there at once.
    private static let memoryParts = 12

    private let store: Store
    private let snapshot: Snapshot
    private let table: TableDefinition
    private let conflict: ConflictAction
    private let budget: MemoryBudget
    private let chunkLimitBytes: Int
    /// One for each key.
    private let digests: [KeyDigests]

    private var pending: [Batch] = []
    private var pendingBytes = 0
    private var pendingCount = 0
    private var segments: [SegmentReader] = []
    /// Stored rows that the new ones replace.
    private var replaced: Set<Int64> = []
    /// A row id in a set that is three quarters full at most and half as full after it grew.
    private static let replacedRowBytes = 24
    /// Rows given so far.
    package private(set) var rowCount = 0

    /// - Parameters:
    ///   - snapshot: the state that the rows are checked against; the commit checks what came since.
    ///   - table: as in the snapshot, or as the transaction makes it.
    ///   - budget: the statement's.
    package init(
        store: Store, snapshot: Snapshot, table: TableDefinition, onConflict: ConflictAction,
        budget: MemoryBudget
    ) {
        self.store = store
        self.snapshot = snapshot
        self.table = table
        conflict = onConflict
        let budget = budget.child("rows of an insert")
        self.budget = budget
        chunkLimitBytes = min(
            store.configuration.chunkBytes, store.memory.limitBytes / Self.memoryParts)
        let memoryBytes = store.memory.limitBytes / 16
        digests = table.keys.map { _ in
            KeyDigests(directory: store.directory, budget: budget, memoryBytes: memoryBytes)
        }
    }

    deinit { budget.release(budget.usedBytes) }

    /// With several keys, a row that one of them replaces may be in the way of another: only the whole can tell.
    private var waitsForAll: Bool { conflict == .replace && table.keys.count > 1 }

    /// Adds rows: the table's columns in order and of their types.
    ///
    /// - Throws: 23505 when a key is in the table already, 53200 when a chunk does not fit the memory allowed, 53100
    ///   and 58030 when the disk fails.
    package func append(_ batch: Batch) throws(DemetraError) {
        guard batch.count > 0 else { return }
        let bytes = batch.vectors.reduce(0) { $0 + $1.memoryBytes }
        try budget.reserve(bytes)
        pending.append(batch)
        pendingBytes += bytes
        pendingCount += batch.count
        rowCount += batch.count
        guard !waitsForAll, pendingCount > store.configuration.bulkRows else { return }
        let isFull =
            pendingBytes >= chunkLimitBytes
            || pendingCount >= RowGroup.capacity * SegmentWriter.groupLimit
        if isFull { try writeChunk() }
    }

    /// The rows, ready for a transaction; nothing can be added any more.
    ///
    /// - Throws: as `append`, and 23505 when two rows have one key.
    package func finish() throws(DemetraError) -> BulkRows {
        let isBulk =
            !segments.isEmpty || (pendingCount > store.configuration.bulkRows && !waitsForAll)
        guard isBulk else {
            return BulkRows(
                snapshot: snapshot, batches: pending, segments: [], replaced: [], superseded: [],
                count: rowCount)
        }
        if pendingCount > 0 { try writeChunk() }
        var superseded: [Int64] = []
        for (key, digest) in zip(table.keys, digests) {
            let hashes = try digest.repeated(threads: store.configuration.processorCount)
            guard !hashes.isEmpty else { continue }
            superseded += try supersededRows(key, hashes)
        }
        return BulkRows(
            snapshot: snapshot, batches: [], segments: segments,
            replaced: replaced.map { RowID(number: $0) }, superseded: superseded, count: rowCount)
    }

    // MARK: Chunks

    private func writeChunk() throws(DemetraError) {
        let bytes = pendingBytes
        // The joined columns, beside the batches.
        try budget.reserve(bytes)
        defer { budget.release(bytes) }
        var count = pendingCount
        var columns = try joinedColumns()
        pending = []
        pendingCount = 0
        pendingBytes = 0
        budget.release(bytes)
        for (key, digest) in zip(table.keys, digests) {
            if conflict == .replace,
                let repeated = try KeyConflicts.repeatedRows(key.columns.map { columns[$0] }, count)
            {
                columns = columns.map { $0.taking(repeated.kept) }
                count = repeated.kept.count
            }
            let keys = key.columns.map { columns[$0] }
            guard let fresh = try checkStored(key, keys, columns, count) else {
                try digest.append(keys, count: count)
                continue
            }
            columns = columns.map { $0.taking(fresh) }
            count = fresh.count
            try digest.append(key.columns.map { columns[$0] }, count: count)
        }
        guard count > 0 else { return }
        let writer = ChunkWriter(
            directory: store.directory, definition: table,
            threadCount: store.configuration.processorCount)
        segments += try writer.write(columns, count: count)
    }

    private func joinedColumns() throws(DemetraError) -> [Vector] {
        let (batches, columns) = (pending, table.columns)
        let joined = ParallelWork.map(
            count: columns.count, threads: store.configuration.processorCount
        ) { index -> Result<Vector, DemetraError> in
            Result { () throws(DemetraError) in
                try Vector.concatenating(
                    batches.map { $0.vectors[index] }, type: columns[index].type
                ).withoutConstant().withoutUnusedTexts()
            }
        }
        var result: [Vector] = []
        for column in joined { result.append(try column.get()) }
        return result
    }

    /// Rows of the snapshot with the keys of new rows: an error, or replaced.
    ///
    /// - Returns: the new rows that say something new; nil when all do.
    private func checkStored(
        _ key: KeyDefinition, _ keys: [Vector], _ columns: [Vector], _ count: Int
    ) throws(DemetraError) -> SelectionVector? {
        guard let state = snapshot.states[table.id] else { return nil }
        let existing = try KeyLookup(state: state, key: key).find(keys, count: count)
        guard let row = existing.firstIndex(where: { $0 >= 0 }) else { return nil }
        guard conflict == .replace, key.isPrimary else {
            throw KeyConflicts.duplicate(key, table, keys, row)
        }
        let same = try unchanged(existing, columns)
        let found = existing.indices.filter { existing[$0] >= 0 && same?[$0] != true }
        try budget.reserve(found.count * Self.replacedRowBytes)
        for index in found { replaced.insert(existing[index]) }
        return same.map { same in
            SelectionVector(Buffer(same.indices.filter { !same[$0] }.map { Int32($0) }))
        }
    }

    /// Which rows of a chunk say the same as the stored ones with their keys; nil when none is known to.
    ///
    /// A row that brings back what an earlier chunk replaced says something new: it takes the place of that.
    private func unchanged(
        _ existing: [Int64], _ columns: [Vector]
    ) throws(DemetraError) -> [Bool]? {
        // With several keys, a row that is left out may be in the way of another all the same.
        guard table.keys.count == 1, let state = snapshot.states[table.id] else { return nil }
        let known = replaced.isEmpty ? existing : existing.map { replaced.contains($0) ? -1 : $0 }
        return try state.unchanged(known, columns)
    }

    /// The places, among all rows that were written, of those whose key a later row has.
    private func supersededRows(
        _ key: KeyDefinition, _ hashes: Set<UInt64>
    ) throws(DemetraError) -> [Int64] {
        var parts: [[Vector]] = []
        var places: [Int64] = []
        var start: Int64 = 0
        for segment in segments {
            for (group, about) in segment.footer.groups.enumerated() {
                var keys: [Vector] = []
                for column in key.columns {
                    keys.append(try segment.decode(group: group, column: column))
                }
                let found = HashKernel.hash(keys, count: about.count).array
                let rows = (0..<about.count).filter { hashes.contains(found[$0]) }
                if !rows.isEmpty {
                    let selection = SelectionVector(Buffer(rows.map { Int32($0) }))
                    parts.append(keys.map { $0.taking(selection) })
                    places += rows.map { start + Int64($0) }
                }
                start += Int64(about.count)
            }
        }
        var keys: [Vector] = []
        for (index, column) in key.columns.enumerated() {
            keys.append(
                try Vector.concatenating(
                    parts.map { $0[index] }, type: table.columns[column].type))
        }
        guard let repeated = try KeyConflicts.repeatedRows(keys, places.count) else { return [] }
        guard conflict == .replace, key.isPrimary else {
            throw KeyConflicts.duplicate(key, table, keys, repeated.first)
        }
        let kept = Set(repeated.kept.indices.array)
        return places.indices.filter { !kept.contains(Int32($0)) }.map { places[$0] }
    }
}

/// Rows that wait for their commit: in segments, or a few of them in memory.
///
/// What no commit takes is removed from the disk with the last copy.
package struct BulkRows: Sendable {
    /// What the rows were checked against; nil when nothing is left to be checked.
    let snapshot: Snapshot?
    /// Rows in memory, not checked; empty when there are segments.
    let batches: [Batch]
    /// Segments in the order in which their rows get ids.
    let segments: [SegmentReader]
    /// Stored rows of the snapshot that give way.
    let replaced: [RowID]
    /// Places among all rows of the segments of those that later rows replace.
    let superseded: [Int64]
    /// Rows that were given.
    package let count: Int
}

extension BulkRows {
    /// The rows of the segments, but for those that others replace.
    func readBack(_ definition: TableDefinition) throws(DemetraError) -> [Batch] {
        var batches: [Batch] = []
        for visible in visibleGroups(definition) {
            var vectors: [Vector] = []
            for column in definition.columns.indices {
                vectors.append(try visible.group.vector(column))
            }
            let all = Batch(vectors, count: visible.group.count)
            let kept = (0..<all.count).filter { !visible.isHidden($0) }.map { Int32($0) }
            batches.append(
                kept.count == all.count ? all : all.taking(SelectionVector(Buffer(kept))))
        }
        return batches
    }

    /// The row groups of the segments, with those hidden that later rows replace.
    func visibleGroups(_ definition: TableDefinition) -> [VisibleGroup] {
        let hidden = Set(superseded)
        var start: Int64 = 0
        return segments.flatMap { $0.groups(definition) }.map { group in
            let rows = (0..<group.count).filter { hidden.contains(start + Int64($0)) }
            start += Int64(group.count)
            return VisibleGroup(
                group: group,
                deletions: rows.isEmpty
                    ? nil : DeletionVector(rows: rows, of: group.count, and: nil))
        }
    }
}
