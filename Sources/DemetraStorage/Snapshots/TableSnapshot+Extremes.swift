package import DemetraTypes
import DemetraVectors

extension TableSnapshot {
    /// Row groups with hidden rows that are read for an extreme, at most: more are left to a scan on all processors.
    private static let readGroups = 4

    /// The least or the greatest value of a column; nil when there is none, and when it takes a scan to find it.
    ///
    /// Zone maps tell it for row groups of which all rows are shown. Of the others only those are read whose zone map
    /// reaches further: after a restatement of the last days, the newest.
    ///
    /// - Throws: XX001 when a chunk is damaged, 58030 when it cannot be read.
    package func extreme(column: Int, isGreatest: Bool) throws(DemetraError) -> Value? {
        func end(_ map: ZoneMap) -> Value? { isGreatest ? map.maximum : map.minimum }
        func isFurther(_ value: Value, than other: Value?) -> Bool {
            guard let other else { return true }
            let order = ZoneOrder.compare(value, other)
            return isGreatest ? order > 0 : order < 0
        }
        var found: Value?
        var partial: [(group: VisibleGroup, end: Value)] = []
        for group in shownGroups where !group.group.zoneMap(column).isAllNull {
            guard let value = end(group.group.zoneMap(column)) else { return nil }
            if !isWhole(group) {
                partial.append((group, value))
            } else if isFurther(value, than: found) {
                found = value
            }
        }
        partial.sort { isFurther($0.end, than: $1.end) }
        for (index, candidate) in partial.enumerated() {
            guard isFurther(candidate.end, than: found) else { break }
            guard index < Self.readGroups else { return nil }
            guard let shown = try rows(of: candidate.group) else { continue }
            var values = try shown.group.vector(column)
            if let visible = shown.deletions?.visible(from: 0, count: shown.group.count) {
                values = values.taking(visible)
            }
            let map = ZoneMap(values)
            if map.isAllNull { continue }
            guard let value = end(map) else { return nil }
            if isFurther(value, than: found) { found = value }
        }
        return found
    }
}
