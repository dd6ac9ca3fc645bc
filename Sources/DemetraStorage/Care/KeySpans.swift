import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// When each version of each key could be seen, to find two of one key that could be at one time.
///
/// A version begins with the commit that added it and ends with the one that hid it, both as positions in the table's
/// timeline. The versions of one key, in the order of their beginnings, overlap nowhere when none begins before the
/// end of its neighbour. Keys are compared by their hashes; only where versions of one hash overlap are the keys
/// themselves looked at. It takes 24 bytes a version.
struct KeySpans {
    private struct Version {
        let hash: UInt64
        /// The number of entries of the timeline up to the commit that added it.
        let begin: UInt32
        /// The same of the commit that hid it; `visible` while none has.
        let end: UInt32
        let group: Int32
        let row: Int32

        static let visible = UInt32.max
    }

    private let state: TableState
    private let key: KeyDefinition
    private var versions: [Version] = []

    /// - Throws: XX001 when keys or row ids cannot be read.
    init(state: TableState, timeline: Timeline, key: KeyDefinition) throws(DemetraError) {
        self.state = state
        self.key = key
        for (position, visible) in state.groups.enumerated() {
            let count = visible.group.count
            var ends = [UInt32](repeating: Version.visible, count: count)
            // What was hidden before the history began cannot be asked for.
            for row in visible.deletions?.rows ?? [] { ends[row] = 0 }
            for (row, sequence) in visible.deletions?.history?.pairs ?? [] {
                ends[row] = UInt32(clamping: timeline.span(of: sequence))
            }
            let keys = try keys(of: visible.group)
            let hashes = HashKernel.hash(keys, count: count)
            let ids = try visible.group.ids()
            for row in 0..<count where keys.allSatisfy({ $0.isValid(row) }) {
                let begin = UInt32(clamping: timeline.span(ofRow: ids[row]))
                guard begin < ends[row] else { continue }
                versions.append(
                    Version(
                        hash: hashes[row], begin: begin, end: ends[row],
                        group: Int32(truncatingIfNeeded: position),
                        row: Int32(truncatingIfNeeded: row)))
            }
        }
        versions.sort { ($0.hash, $0.begin) < ($1.hash, $1.begin) }
    }

    /// How many versions begin before another of their key ends, and one of them; nil when there is none.
    func firstOverlap() throws(DemetraError) -> (count: Int, row: RowID)? {
        var found: [RowID] = []
        var start = 0
        while start < versions.count {
            var end = start + 1
            var overlaps = false
            while end < versions.count, versions[end].hash == versions[start].hash {
                if versions[end].begin < versions[end - 1].end { overlaps = true }
                end += 1
            }
            if overlaps { found += try overlapping(versions[start..<end]) }
            start = end
        }
        return found.min { $0.number < $1.number }.map { (found.count, $0) }
    }

    /// Of versions that hash alike, those that begin before an earlier one of the same key ends.
    private func overlapping(_ versions: ArraySlice<Version>) throws(DemetraError) -> [RowID] {
        var ends: [[String]: UInt32] = [:]
        var found: [RowID] = []
        for version in versions {
            let group = state.groups[Int(version.group)].group
            let values = try keys(of: group).map { "\($0.value(at: Int(version.row)))" }
            if let end = ends[values], version.begin < end {
                found.append(RowID(number: try group.ids()[Int(version.row)]))
            }
            ends[values] = max(ends[values] ?? 0, version.end)
        }
        return found
    }

    private func keys(of group: RowGroup) throws(DemetraError) -> [Vector] {
        var keys: [Vector] = []
        for column in key.columns { keys.append(try group.vector(column).withoutConstant()) }
        return keys
    }
}
