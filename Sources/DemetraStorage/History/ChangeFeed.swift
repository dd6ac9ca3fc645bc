import DemetraCatalog
package import DemetraTypes
import DemetraVectors

/// A column of a change feed.
package enum ChangeColumn: Sendable, Hashable {
    /// When the change was committed, timestamptz.
    case commitTime
    /// By which commit, bigint.
    case commitSequence
    /// `insert`, `restate` or `delete`, text.
    case kind
    /// A column of the row, by its position in the table: after the change, or before it for a delete.
    case either(Int)
    /// A column of the row before the change; NULL for an insert.
    case old(Int)
    /// A column of the row after the change; NULL for a delete.
    case new(Int)
}

/// What happened to the rows of a table between two times: the changes that lead from the state as of the one
/// to the state as of the other, commit by commit.
///
/// A row that was hidden and one of the same primary key that was added by the same commit are one change, a
/// restatement. A row that a commit both added and hid never was there.
///
/// The feed is cut into parts of whole commits of about a row group; a commit that only added rows is cut too,
/// so that a bulk load need not be in memory at once.
// Immutable after init.
package struct ChangeFeed: Sendable {
    /// Changes of a part are at least so many, but in the last.
    static let partRows = RowGroup.capacity

    /// Commits after one and not after another, and the rows they added: `first..<end`.
    struct Part: Sendable {
        let lower: CommitSequence
        let upper: CommitSequence
        let first: Int64
        let end: Int64
        let hidesRows: Bool
    }

    let state: TableState
    let timeline: Timeline
    let parts: [Part]

    /// The number of parts, which can be read in any order and beside one another.
    package var partCount: Int { parts.count }

    init(
        _ state: TableState, _ timeline: Timeline, after lower: CommitMoment,
        through upper: CommitMoment
    ) {
        self.state = state
        self.timeline = timeline
        let entries = timeline.entries(after: lower.sequence, through: upper.sequence)
        let last = timeline.firstRow(after: upper.sequence)
        let end = last == .max ? state.nextRow : last
        var hidden: [CommitSequence: Int] = [:]
        for group in state.groups {
            guard let history = group.deletions?.history else { continue }
            var start = history.count(through: lower.sequence)
            for run in history.runs where run.end > start && run.sequence <= upper.sequence {
                hidden[run.sequence, default: 0] += run.end - start
                start = run.end
            }
        }
        var cutter = Cutter(lower: lower.sequence)
        for (index, entry) in entries.enumerated() {
            let next = index + 1 < entries.count ? entries[index + 1].first : end
            cutter.add(entry, end: next, hidden: hidden[entry.moment.sequence] ?? 0)
        }
        cutter.finish()
        parts = cutter.parts
    }

    /// Gathers commits into parts.
    private struct Cutter {
        var lower: CommitSequence
        var parts: [Part] = []
        private var upper: CommitSequence?
        private var (first, end): (Int64, Int64) = (0, 0)
        private var rows = 0
        private var hidden = 0

        init(lower: CommitSequence) { self.lower = lower }

        mutating func add(_ entry: Timeline.Entry, end next: Int64, hidden count: Int) {
            let added = Int(next - entry.first)
            if count == 0, added > ChangeFeed.partRows {
                finish()
                addSlices(entry, next)
                return
            }
            if upper == nil { first = entry.first }
            (upper, end) = (entry.moment.sequence, next)
            rows += added + count
            hidden += count
            if rows >= ChangeFeed.partRows { finish() }
        }

        private mutating func addSlices(_ entry: Timeline.Entry, _ end: Int64) {
            var start = entry.first
            while start < end {
                let stop = min(end, start + Int64(ChangeFeed.partRows))
                parts.append(
                    Part(
                        lower: lower, upper: entry.moment.sequence, first: start, end: stop,
                        hidesRows: false))
                start = stop
            }
            lower = entry.moment.sequence
        }

        mutating func finish() {
            guard let upper else { return }
            parts.append(
                Part(lower: lower, upper: upper, first: first, end: end, hidesRows: hidden > 0))
            lower = upper
            self.upper = nil
            (rows, hidden) = (0, 0)
        }
    }
}

extension TableSnapshot {
    /// The changes after one time and not after another.
    ///
    /// - Parameters:
    ///   - start: nil for the earliest time that is known.
    ///   - end: nil for the snapshot's own.
    ///   - now: the time from which the table's history is counted back.
    /// - Throws: 55000 when the table keeps no history, 72000 when its history does not reach back so far.
    package func changes(
        after start: Timestamp?, through end: Timestamp?, now: Timestamp
    ) throws(DemetraError) -> ChangeFeed {
        let timeline = try state.knownTimeline()
        let earliest = state.earliest(timeline, now)
        let lower = try state.moment(start ?? earliest, now: now)
        let upper = try end.map { (end) throws(DemetraError) in try state.moment(end, now: now) }
        return ChangeFeed(
            state, timeline, after: lower, through: upper ?? timeline.last ?? timeline.base)
    }
}
