package import DemetraCatalog
package import DemetraTypes
package import DemetraVectors

/// Finds the stored rows that refer to keys: all of them, where `KeyLookup` finds the one that has a key.
///
/// The keys are made into a hash table, against which the groups are probed whose zone maps do not rule them out.
///
/// - Complexity: O(keys) for the table, O(rows of the groups left) for the probes.
struct ReferenceLookup {
    let state: TableState
    /// Positions of the columns that refer.
    let columns: [Int]

    /// Row ids of the visible rows whose columns equal one of `keys`, and which of them; of each key at most
    /// `limit` rows in all.
    func find(
        _ keys: [Vector], count: Int, limit: Int = .max
    ) throws(DemetraError) -> (rows: [Int64], keys: [Int]) {
        var (rows, found): ([Int64], [Int]) = ([], [])
        guard count > 0, !state.groups.isEmpty else { return (rows, found) }
        let maps = keys.map { ZoneMap($0) }
        let table = try JoinTable(keys: keys, rowCount: count)
        for candidate in state.groups where candidate.visibleCount > 0 {
            guard mayReference(candidate.group, maps) else { continue }
            try probe(JoinProbe(table), candidate, limit, &rows, &found)
            if rows.count >= limit { break }
        }
        return (rows, found)
    }

    private func mayReference(_ group: RowGroup, _ maps: [ZoneMap]) -> Bool {
        for (map, column) in zip(maps, columns) {
            let stored = group.zoneMap(column)
            if stored.isAllNull || map.isAllNull { return false }
            guard let low = stored.minimum, let high = stored.maximum, let first = map.minimum,
                let last = map.maximum, ZoneOrder.areComparable(low, first)
            else { continue }
            if ZoneOrder.compare(last, low) < 0 || ZoneOrder.compare(first, high) > 0 {
                return false
            }
        }
        return true
    }

    private func probe(
        _ probe: JoinProbe, _ candidate: VisibleGroup, _ limit: Int, _ rows: inout [Int64],
        _ found: inout [Int]
    ) throws(DemetraError) {
        let group = candidate.group
        var stored: [Vector] = []
        for column in columns { stored.append(try group.vector(column)) }
        var ids: GroupIDs?
        var start = 0
        while start < group.count, rows.count < limit {
            let length = min(Batch.capacity, group.count - start)
            probe.start(
                keys: stored.map { $0.slice(from: start, count: length) }, count: length)
            while let pairs = probe.next(limit: Batch.capacity) {
                for index in 0..<pairs.count {
                    let row = start + Int(pairs.probeRows[index])
                    if candidate.isHidden(row) { continue }
                    let known = if let ids { ids } else { try GroupIDs(group) }
                    ids = known
                    rows.append(known[row])
                    found.append(Int(pairs.buildRows[index]))
                }
            }
            start += length
        }
    }
}

extension Snapshot {
    /// The visible rows of a table whose columns, by position, equal one of some keys; and which key.
    package func referringRows(
        in table: TableID, columns: [Int], to keys: [Vector], count: Int
    ) throws(DemetraError) -> (rows: [Int64], keys: [Int]) {
        guard let state = states[table] else { return ([], []) }
        return try ReferenceLookup(state: state, columns: columns).find(keys, count: count)
    }
}
