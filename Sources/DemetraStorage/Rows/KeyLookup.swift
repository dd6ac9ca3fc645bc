import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Finds stored rows by a key.
///
/// Zone maps say which groups can hold one of the incoming keys at all. Few keys are then looked up in the
/// group's index, which is made once and kept; many keys are made into a hash table of their own, against
/// which the group is probed.
///
/// - Complexity: O(groups * log keys) for the zone maps, then O(keys) for each group left; the size of the
///   table matters only where its key ranges overlap.
struct KeyLookup {
    let state: TableState
    let key: KeyDefinition

    /// Up to one key for so many stored rows, the stored rows' index is used.
    private static let rowsPerIndexedKey = 4

    /// For each incoming row the id of the visible stored row with the same key, or -1.
    func find(_ keys: [Vector], count: Int) throws(DemetraError) -> [Int64] {
        var result = [Int64](repeating: -1, count: count)
        guard count > 0, !state.groups.isEmpty else { return result }
        let range = KeyRange(keys)
        let hashes = KeyHashes(keys, key, state.definition, count: count)
        var table: JoinTable?
        for candidate in state.groups where candidate.visibleCount > 0 {
            guard range.overlaps(candidate.group, key.columns),
                hashes.mayBe(in: candidate.group)
            else { continue }
            if count * Self.rowsPerIndexedKey <= candidate.group.count {
                try lookUp(keys, count, candidate, &result)
            } else {
                if table == nil { table = try JoinTable(keys: keys, rowCount: count) }
                guard let table else { continue }
                try candidate.probe(JoinProbe(table), key.columns) { id, key in
                    result[key] = id
                    return true
                }
            }
        }
        return result
    }

    private func lookUp(
        _ keys: [Vector], _ count: Int, _ candidate: VisibleGroup, _ result: inout [Int64]
    ) throws(DemetraError) {
        let probe = JoinProbe(try candidate.group.index(of: key))
        var ids: GroupIDs?
        probe.start(keys: keys, count: count)
        while let pairs = probe.next(limit: Batch.capacity) {
            for index in 0..<pairs.count {
                let row = Int(pairs.buildRows[index])
                if candidate.isHidden(row) { continue }
                let known = if let ids { ids } else { try GroupIDs(candidate.group) }
                ids = known
                result[Int(pairs.probeRows[index])] = known[row]
            }
        }
    }
}

/// The hashes of a few incoming keys, for the bloom filters of row groups.
private struct KeyHashes {
    /// Of more keys than these some is taken to be there.
    private static let fewKeys = 64

    private let columns: [Int]
    /// For each key the hashes of its columns, nil where they have none; empty for many keys.
    private let keys: [[UInt64?]]

    init(_ vectors: [Vector], _ key: KeyDefinition, _ table: TableDefinition, count: Int) {
        columns = key.columns
        guard count <= Self.fewKeys else {
            keys = []
            return
        }
        keys = (0..<count).map { row in
            zip(vectors, key.columns).map { vector, column in
                KeyHash.hash(vector.value(at: row), type: table.columns[column].type)
            }
        }
    }

    /// False when a group has none of the keys.
    func mayBe(in group: RowGroup) -> Bool {
        guard !keys.isEmpty, group.segment != nil else { return true }
        return keys.contains { hashes in
            zip(hashes, columns).allSatisfy { hash, column in
                hash.map { group.mayContain($0, column: column) } ?? true
            }
        }
    }
}

/// What is known of incoming keys before any stored row is looked at.
private struct KeyRange {
    private let maps: [ZoneMap]
    /// The values of the first key column, ascending, when they are whole numbers, days or times.
    private let leading: [Int64]?

    init(_ keys: [Vector]) {
        maps = keys.map { ZoneMap($0) }
        switch keys.first?.withoutConstant() {
        case .some(let vector):
            let valid = (0..<vector.count).filter { vector.isValid($0) }
            switch vector.storage {
            case .int32(let buffer): leading = valid.map { Int64(buffer[$0]) }.sorted()
            case .int64(let buffer): leading = valid.map { buffer[$0] }.sorted()
            default: leading = nil
            }
        case .none: leading = nil
        }
    }

    /// False when no incoming key can be in the group.
    func overlaps(_ group: RowGroup, _ columns: [Int]) -> Bool {
        for (index, column) in columns.enumerated() {
            let stored = group.zoneMap(column)
            guard stored.mayMeet(maps[index]) else { return false }
            if index == 0, let leading, let least = stored.minimum?.wholeNumber,
                let greatest = stored.maximum?.wholeNumber,
                !contains(leading, least, greatest)
            {
                return false
            }
        }
        return true
    }

    /// Whether a sorted array has an element within bounds.
    private func contains(_ sorted: [Int64], _ low: Int64, _ high: Int64) -> Bool {
        var (first, end) = (0, sorted.count)
        while first < end {
            let middle = (first + end) / 2
            if sorted[middle] < low { first = middle + 1 } else { end = middle }
        }
        return first < sorted.count && sorted[first] <= high
    }
}

extension Value {
    /// The number by which vectors hold integers, days and times.
    fileprivate var wholeNumber: Int64? {
        switch self {
        case .integer(let value), .time(let value): value
        case .date(let date): Int64(date.days)
        case .timestamp(let time), .timestamptz(let time): time.microseconds
        default: nil
        }
    }
}
