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

    /// Row ids of the visible rows whose columns equal one of `keys`, and which of them; at most `limit`.
    func find(
        _ keys: [Vector], count: Int, limit: Int = .max
    ) throws(DemetraError) -> (rows: [Int64], keys: [Int]) {
        var (rows, found): ([Int64], [Int]) = ([], [])
        guard count > 0, !state.groups.isEmpty else { return (rows, found) }
        let maps = keys.map { ZoneMap($0) }
        let table = try JoinTable(keys: keys, rowCount: count)
        for candidate in state.groups where candidate.visibleCount > 0 {
            guard mayReference(candidate.group, maps) else { continue }
            try candidate.probe(JoinProbe(table), columns) { id, key in
                rows.append(id)
                found.append(key)
                return rows.count < limit
            }
            if rows.count >= limit { break }
        }
        return (rows, found)
    }

    private func mayReference(_ group: RowGroup, _ maps: [ZoneMap]) -> Bool {
        zip(maps, columns).allSatisfy { map, column in group.zoneMap(column).mayMeet(map) }
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
