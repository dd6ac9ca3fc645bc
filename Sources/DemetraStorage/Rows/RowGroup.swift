import DemetraCatalog
import DemetraTypes
import DemetraVectors
import Synchronization

/// Names a version of a row for its whole life: its place in the order in which the table got its rows.
///
/// Rows move from the memtable into segments, and segments into others, but keep their ids.
package struct RowID: Sendable, Hashable {
    /// 0 for the first row that the table ever got.
    package let number: Int64

    /// Wraps a number.
    package init(number: Int64) { self.number = number }
}

/// The ids of the rows of a group.
enum RowNumbers: Sendable {
    /// One behind the other.
    case contiguous(first: Int64)
    /// In any order, as the rows were sorted, and with gaps where hidden rows were dropped; between the least
    /// and the greatest. The column holds bigints.
    case listed(first: Int64, last: Int64, ColumnSource)
}

/// Where the values of a column of a group are.
enum ColumnSource: Sendable {
    /// In memory, until the memtable is flushed.
    case memory(Vector)
    /// In a segment file.
    case chunk(ColumnChunk)
    /// Nowhere: the column is younger than the rows, which all have this value.
    case absent(LogicalType, Value)
    /// In a file that cannot be read.
    case damaged(DemetraError)
}

/// A row group of a segment, by its position in the file.
struct SegmentPlace: Sendable, Hashable {
    let id: SegmentID
    let group: Int
}

/// Up to 65,536 rows of a table, columns side by side, with a zone map for each column.
// Immutable after init, but for what is made at first use.
final class RowGroup: Sendable {
    /// Rows that a group holds at most.
    static let capacity = 65_536

    let numbers: RowNumbers
    let count: Int
    let columns: [ColumnSource]
    /// Where in a segment the rows are; nil in the memtable.
    let segment: SegmentPlace?
    /// Bytes of memory that the rows take; 0 in a segment.
    let memoryBytes: Int
    /// Of the memtable's groups those that were asked for: most groups become part of a larger one before.
    private let zoneMaps: Mutex<[ZoneMap?]>
    /// Indexes of the memtable's own groups, by key; those of segments are in the cache.
    private let indexes = Mutex<[String: JoinTable]>([:])

    /// Rows in memory.
    init(first: Int64, vectors: [Vector], count: Int) {
        numbers = .contiguous(first: first)
        self.count = count
        columns = vectors.map { .memory($0) }
        zoneMaps = Mutex(Array(repeating: nil, count: vectors.count))
        segment = nil
        memoryBytes = vectors.reduce(0) { $0 + $1.memoryBytes }
    }

    init(
        numbers: RowNumbers, count: Int, columns: [ColumnSource], zoneMaps: [ZoneMap],
        segment: SegmentPlace?, memoryBytes: Int
    ) {
        self.numbers = numbers
        self.count = count
        self.columns = columns
        self.zoneMaps = Mutex(zoneMaps)
        self.segment = segment
        self.memoryBytes = memoryBytes
    }

    // MARK: Rows

    /// The least id of a row.
    var first: Int64 {
        switch numbers {
        case .contiguous(let first), .listed(let first, _, _): first
        }
    }

    /// The greatest id of a row.
    var last: Int64 {
        switch numbers {
        case .contiguous(let first): first + Int64(count) - 1
        case .listed(_, let last, _): last
        }
    }

    /// The ids of a range of rows, as bigint.
    func rowIDs(from start: Int, count: Int) throws(DemetraError) -> Vector {
        switch numbers {
        case .contiguous(let first):
            let ids = (0..<count).map { first + Int64(start + $0) }
            return Vector(type: .bigint, count: count, storage: .int64(Buffer(ids)))
        case .listed(_, _, let source):
            return try source.vector().slice(from: start, count: count)
        }
    }

    /// The place of a row; nil when the group does not have it.
    func place(of id: RowID) throws(DemetraError) -> Int? {
        guard id.number >= first, id.number <= last else { return nil }
        guard case .listed(_, _, let source) = numbers else { return Int(id.number - first) }
        return try source.rowIndex().place(of: id.number)
    }

    // MARK: Columns

    /// All values of a column.
    ///
    /// - Throws: XX001 when its file is damaged, 58030 when it cannot be read.
    func vector(_ column: Int) throws(DemetraError) -> Vector {
        if case .absent(let type, let value) = columns[column] {
            return .constant(value, type: type, count: count)
        }
        return try columns[column].vector()
    }

    /// As `vector`, but what is read from a file leaves no trace in the cache: for passes over whole segments.
    func vectorOnce(_ column: Int) throws(DemetraError) -> Vector {
        guard case .chunk(let chunk) = columns[column] else { return try vector(column) }
        return try chunk.decoded()
    }

    /// Bytes that a column takes in its segment; 0 outside of one.
    func storedByteCount(_ column: Int) -> Int {
        guard case .chunk(let chunk) = columns[column] else { return 0 }
        return chunk.storedByteCount
    }

    /// What is known of a column.
    func zoneMap(_ column: Int) -> ZoneMap {
        zoneMaps.withLock { maps in
            if let map = maps[column] { return map }
            guard case .memory(let vector) = columns[column] else {
                return .unknown(rowCount: count)
            }
            let map = ZoneMap(vector)
            maps[column] = map
            return map
        }
    }

    /// How many distinct values a column has here, if it has a dictionary.
    func distinctCount(_ column: Int) -> Int? {
        switch columns[column] {
        case .memory(let vector): vector.dictionary?.dictionary.count
        case .chunk(let chunk): chunk.distinctCount
        case .absent, .damaged: nil
        }
    }

    /// False when no row has a value with this hash in a column; what cannot be read may have it.
    func mayContain(_ hash: UInt64, column: Int) -> Bool {
        guard case .chunk(let chunk) = columns[column], chunk.column >= 0,
            let filter = try? chunk.reader.filter(group: chunk.group, column: chunk.column)
        else { return true }
        return filter.mayContain(hash)
    }

    /// The rows by the values of a key, made at first use.
    func index(of key: KeyDefinition) throws(DemetraError) -> JoinTable {
        if segment != nil, case .chunk(let chunk) = columns[key.columns[0]] {
            let name = key.columns.map { "\(columns[$0].fileColumn)" }.joined(separator: ",")
            return try chunk.index(named: name) { () throws(DemetraError) in
                try self.makeIndex(key)
            }
        }
        if let known = indexes.withLock({ $0[key.name] }) { return known }
        let made = try makeIndex(key)
        indexes.withLock { $0[key.name] = made }
        return made
    }

    private func makeIndex(_ key: KeyDefinition) throws(DemetraError) -> JoinTable {
        var keys: [Vector] = []
        for column in key.columns { keys.append(try vector(column)) }
        return try JoinTable(keys: keys, rowCount: count)
    }

    // MARK: Other definitions

    /// The same rows under another definition: columns keep their ids, new ones have their missing value.
    func redefined(from old: TableDefinition, to new: TableDefinition) -> RowGroup {
        let positions = Dictionary(
            old.columns.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var sources: [ColumnSource] = []
        var maps: [ZoneMap] = []
        for column in new.columns {
            if let position = positions[column.id] {
                sources.append(columns[position].retyped(column.type))
                maps.append(zoneMap(position))
            } else {
                sources.append(.absent(column))
                maps.append(.constant(column, rowCount: count))
            }
        }
        return RowGroup(
            numbers: numbers, count: count, columns: sources, zoneMaps: maps, segment: segment,
            memoryBytes: memoryBytes)
    }
}

extension ColumnSource {
    /// A column that is younger than the rows.
    static func absent(_ column: ColumnDefinition) -> ColumnSource {
        .absent(column.type, column.missingValue ?? .null)
    }

    /// Which column of its file this is; -1 outside of files.
    fileprivate var fileColumn: Int {
        if case .chunk(let chunk) = self { chunk.column } else { -1 }
    }

    fileprivate func vector() throws(DemetraError) -> Vector {
        switch self {
        case .memory(let vector): return vector
        case .chunk(let chunk): return try chunk.vector()
        case .damaged(let error): throw error
        case .absent(let type, _): return Vector([], type: type)
        }
    }

    /// The places of listed row ids.
    fileprivate func rowIndex() throws(DemetraError) -> RowIndex {
        if case .chunk(let chunk) = self { return try chunk.rowIndex() }
        return try RowIndex(try vector())
    }

    fileprivate func retyped(_ type: LogicalType) -> ColumnSource {
        switch self {
        case .memory(let vector) where vector.type.physicalType == type.physicalType:
            .memory(vector.retyped(type))
        case .chunk(let chunk): .chunk(chunk.retyped(type))
        default: self
        }
    }
}

/// A group and which of its rows are hidden, as of one snapshot.
struct VisibleGroup: Sendable {
    let group: RowGroup
    /// Hidden rows; nil when there are none.
    let deletions: DeletionVector?
    /// True when `deletions` says only how many rows are hidden, because the group's row ids cannot be read; then
    /// neither can its columns, and `recorded` is what a manifest says.
    var isCountOnly = false
    /// See `isCountOnly`.
    var recorded: DeletionVector?

    /// What a manifest keeps.
    var durableDeletions: DeletionVector? { isCountOnly ? recorded : deletions }

    var visibleCount: Int { group.count - (deletions?.count ?? 0) }

    func isHidden(_ row: Int) -> Bool { deletions?.isHidden(row) ?? false }
}
