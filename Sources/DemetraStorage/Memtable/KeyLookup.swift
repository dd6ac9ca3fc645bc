import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Finds stored rows by a key: zone maps first, then a hash table of the incoming keys that the groups left
/// are probed against.
struct KeyLookup {
    let state: TableState
    let key: KeyDefinition

    /// For each incoming row the id of the visible stored row with the same key, or -1.
    func find(_ keys: [Vector], count: Int) throws(DemetraError) -> [Int64] {
        var result = [Int64](repeating: -1, count: count)
        guard count > 0 else { return result }
        let incoming = keys.map { ZoneMap($0) }
        let candidates = state.groups.filter { overlaps($0.group, incoming) }
        guard !candidates.isEmpty else { return result }
        let table = try JoinTable(keys: keys, rowCount: count)
        let probe = JoinProbe(table)
        for candidate in candidates {
            let group = candidate.group
            let stored = key.columns.map { group.vectors[$0] }
            var start = 0
            while start < group.count {
                let length = min(Batch.capacity, group.count - start)
                probe.start(
                    keys: stored.map { $0.slice(from: start, count: length) }, count: length)
                while let pairs = probe.next(limit: Batch.capacity) {
                    for index in 0..<pairs.count {
                        let row = start + Int(pairs.probeRows[index])
                        if candidate.deletions?.isHidden(row) ?? false { continue }
                        result[Int(pairs.buildRows[index])] = RowID(group: group.id, row: row).number
                    }
                }
                start += length
            }
        }
        return result
    }

    private func overlaps(_ group: RowGroup, _ incoming: [ZoneMap]) -> Bool {
        for (index, column) in key.columns.enumerated() {
            let stored = group.zoneMaps[column]
            guard let low = stored.minimum, let high = stored.maximum,
                let first = incoming[index].minimum, let last = incoming[index].maximum,
                ZoneOrder.areComparable(low, first)
            else { continue }
            if ZoneOrder.compare(last, low) < 0 || ZoneOrder.compare(first, high) > 0 { return false }
        }
        return true
    }
}
