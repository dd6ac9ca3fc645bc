import DemetraTypes
import DemetraVectors

extension VisibleGroup {
    /// Finds visible rows whose columns, by position, equal a key of the probe's table.
    ///
    /// - Parameter found: takes the id of a row and the position of its key; false ends the search.
    func probe(
        _ probe: JoinProbe, _ columns: [Int], found: (_ id: Int64, _ key: Int) -> Bool
    ) throws(DemetraError) {
        var stored: [Vector] = []
        for column in columns { stored.append(try group.vector(column)) }
        // Of most groups no row is found.
        var ids: GroupIDs?
        var start = 0
        while start < group.count {
            let length = min(Batch.capacity, group.count - start)
            probe.start(
                keys: stored.map { $0.slice(from: start, count: length) }, count: length)
            while let pairs = probe.next(limit: Batch.capacity) {
                for index in 0..<pairs.count {
                    let row = start + Int(pairs.probeRows[index])
                    if isHidden(row) { continue }
                    let known = if let ids { ids } else { try GroupIDs(group) }
                    ids = known
                    guard found(known[row], Int(pairs.buildRows[index])) else { return }
                }
            }
            start += length
        }
    }
}
