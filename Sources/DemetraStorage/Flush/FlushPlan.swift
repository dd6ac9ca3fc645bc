import DemetraCatalog
import DemetraTypes

/// Which rows of a table a flush writes: all of the memtable, and with them small segments and one of which
/// much is hidden, so that segments stay few and hidden rows go away.
///
/// A segment joins when it is no larger than twice what is written anyway: like the digits of a counter,
/// a row is written again a logarithmic number of times.
struct FlushPlan {
    /// Larger segments are left alone until much of them is hidden.
    private static let smallSegmentRows = RowGroup.capacity * 4
    /// A segment is written again when more than one row in so many is hidden.
    private static let rowsPerHiddenRow = 4

    let state: TableState
    /// Segments that are written again.
    let rewritten: Set<SegmentID>

    /// - Parameter isCompacting: false to leave all segments alone.
    init(state: TableState, known: [SegmentID: KnownSegment], isCompacting: Bool) {
        self.state = state
        rewritten = isCompacting ? Self.choose(state, known) : []
    }

    private static func choose(
        _ state: TableState, _ known: [SegmentID: KnownSegment]
    ) -> Set<SegmentID> {
        var live: [SegmentID: Int] = [:]
        var total = 0
        for visible in state.groups {
            if let place = visible.group.segment {
                live[place.id, default: 0] += visible.visibleCount
            } else {
                total += visible.visibleCount
            }
        }
        let readable = live.filter { known[$0.key]?.reader != nil }
        var chosen: Set<SegmentID> = []
        let limit = RowGroup.capacity * SegmentWriter.groupLimit
        let smallest = readable.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
        for (id, rows) in smallest where rows <= smallSegmentRows {
            guard rows <= total * 2, total + rows <= limit else { break }
            chosen.insert(id)
            total += rows
        }
        let worn = readable.filter { id, rows in
            let all = known[id]?.record.groups.reduce(0) { $0 + $1.count } ?? 0
            return (all - rows) * rowsPerHiddenRow > all
        }
        if let worst = worn.min(by: { ($0.value, $0.key) < ($1.value, $1.key) }) {
            chosen.insert(worst.key)
        }
        return chosen
    }

    /// Runs of neighbouring groups that are written.
    var runs: [[VisibleGroup]] {
        var runs: [[VisibleGroup]] = []
        var isOpen = false
        for visible in state.groups {
            guard isWritten(visible.group) else {
                isOpen = false
                continue
            }
            if isOpen {
                runs[runs.count - 1].append(visible)
            } else {
                runs.append([visible])
            }
            isOpen = true
        }
        return runs
    }

    func isWritten(_ group: RowGroup) -> Bool {
        guard let place = group.segment else { return true }
        return rewritten.contains(place.id)
    }
}
