import DemetraCatalog
package import DemetraTypes
package import DemetraVectors

/// Reads one part of a change feed, batch by batch: in the order of commits, within one in that of row ids.
///
/// What is kept of a part is where its rows are, and their keys while they are paired; the columns are fetched
/// for a few thousand changes at a time.
// Owned by one worker.
package final class ChangeReader {
    /// Changes of a slice: enough that a column chunk is not unpacked for a few rows of it.
    private static let sliceRows = Batch.capacity * 8
    /// Bytes that are kept for a change.
    static let bytesPerChange = 96

    /// One change.
    private struct Change {
        let commit: Int
        /// The id of the row that was added, or of the one that was hidden.
        let id: Int64
        let old: RowPlace
        let new: RowPlace
    }

    /// A row that was added or hidden, and the commit that did it by its position among the part's.
    private struct Event {
        let commit: Int
        let id: Int64
        let place: RowPlace
    }

    private let feed: ChangeFeed
    private let part: ChangeFeed.Part
    private let columns: [ChangeColumn]
    private let budget: MemoryBudget
    private let cancellation: CancellationFlag
    private var reserved = 0
    private let entries: [Timeline.Entry]
    private var changes: [Change] = []
    private var position = 0
    private var pending: [Batch] = []

    /// A reader of part `index`.
    ///
    /// - Throws: 53200 when the part's changes do not fit the budget; as reading rows does.
    package init(
        _ feed: ChangeFeed, part index: Int, columns: [ChangeColumn], budget: MemoryBudget,
        cancellation: CancellationFlag = CancellationFlag()
    ) throws(DemetraError) {
        self.feed = feed
        part = feed.parts[index]
        self.columns = columns
        self.budget = budget
        self.cancellation = cancellation
        entries = feed.timeline.entries(after: part.lower, through: part.upper)
        let hidden = part.hidesRows ? try hiddenRows() : []
        let added = try addedRows(except: hidden)
        changes = try paired(added, hidden)
    }

    deinit { budget.release(reserved) }

    private func reserve(_ count: Int) throws(DemetraError) {
        try budget.reserve(count * Self.bytesPerChange)
        reserved += count * Self.bytesPerChange
    }

    // MARK: Finding the rows

    private func commit(ofRow id: Int64) -> Int { entries.border { $0.first > id } - 1 }

    private func commit(_ sequence: CommitSequence) -> Int {
        entries.border { $0.moment.sequence > sequence } - 1
    }

    private func hiddenRows() throws(DemetraError) -> [Event] {
        var events: [Event] = []
        for (position, visible) in feed.state.groups.enumerated() {
            guard let history = visible.deletions?.history else { continue }
            try cancellation.check()
            let range = history.range(after: part.lower, through: part.upper)
            guard !range.isEmpty else { continue }
            try reserve(range.count)
            let ids = try visible.group.ids()
            var start = range.lowerBound
            for run in history.runs where run.end > start {
                let commit = commit(run.sequence)
                for index in start..<min(run.end, range.upperBound) {
                    let row = Int(history.rows[index])
                    events.append(
                        Event(
                            commit: commit, id: ids[row],
                            place: RowPlace(group: position, row: row)))
                }
                start = run.end
                if start >= range.upperBound { break }
            }
        }
        return events
    }

    private func addedRows(except hidden: [Event]) throws(DemetraError) -> [Event] {
        // A row that its own commit hid again never was there.
        let unseen = Set(hidden.filter { commit(ofRow: $0.id) == $0.commit }.map(\.id))
        var events: [Event] = []
        for (position, visible) in feed.state.groups.enumerated() {
            let group = visible.group
            try cancellation.check()
            guard group.first < part.end, group.last >= part.first else { continue }
            func add(_ id: Int64, _ row: Int) {
                if unseen.contains(id) { return }
                events.append(
                    Event(
                        commit: commit(ofRow: id), id: id,
                        place: RowPlace(group: position, row: row)))
            }
            if case .contiguous(let first) = group.numbers {
                let range = max(first, part.first)..<min(group.last + 1, part.end)
                try reserve(range.count)
                for id in range { add(id, Int(id - first)) }
            } else {
                let ids = try group.ids()
                let rows = (0..<group.count).filter { part.first <= ids[$0] && ids[$0] < part.end }
                try reserve(rows.count)
                for row in rows { add(ids[row], row) }
            }
        }
        return events
    }

    // MARK: Pairing

    private func paired(_ added: [Event], _ hidden: [Event]) throws(DemetraError) -> [Change] {
        let gone = hidden.filter { commit(ofRow: $0.id) != $0.commit || $0.id < part.first }
        var partner = [Int32](repeating: -1, count: added.count)
        var isPaired = [Bool](repeating: false, count: gone.count)
        if let key = feed.state.definition.primaryKey, !gone.isEmpty, !added.isEmpty {
            let table = try JoinTable(
                keys: try keys(gone, key.columns), rowCount: gone.count)
            let probe = JoinProbe(table)
            probe.start(keys: try keys(added, key.columns), count: added.count)
            while let pairs = probe.next(limit: Batch.capacity) {
                for index in 0..<pairs.count {
                    partner[Int(pairs.probeRows[index])] = pairs.buildRows[index]
                    isPaired[Int(pairs.buildRows[index])] = true
                }
            }
        }
        var changes: [Change] = []
        changes.reserveCapacity(added.count + gone.count)
        for (index, event) in added.enumerated() {
            let old = partner[index] < 0 ? .nowhere : gone[Int(partner[index])].place
            changes.append(
                Change(commit: event.commit, id: event.id, old: old, new: event.place))
        }
        for (index, event) in gone.enumerated() where !isPaired[index] {
            changes.append(
                Change(commit: event.commit, id: event.id, old: event.place, new: .nowhere))
        }
        changes.sort { ($0.commit, $0.id) < ($1.commit, $1.id) }
        return changes
    }

    /// The commits of rows, then their key.
    private func keys(_ events: [Event], _ columns: [Int]) throws(DemetraError) -> [Vector] {
        let commits = Buffer(events.map { Int64($0.commit) })
        var keys = [Vector(type: .bigint, count: events.count, storage: .int64(commits))]
        let rows = RowGathering(events.map(\.place))
        for column in columns { keys.append(try rows.column(column, of: feed.state)) }
        return keys
    }

    // MARK: Reading

    /// The next changes, at most `Batch.capacity`; nil behind the last.
    ///
    /// - Throws: XX001 when a column's chunk is damaged, 58030 when it cannot be read.
    package func next() throws(DemetraError) -> Batch? {
        if pending.isEmpty {
            guard position < changes.count else { return nil }
            let end = min(changes.count, position + Self.sliceRows)
            let slice = Array(changes[position..<end])
            position = end
            let rows = Slice(
                changes: slice, old: RowGathering(slice.map(\.old)),
                new: RowGathering(slice.map(\.new)),
                either: RowGathering(slice.map { $0.new.group < 0 ? $0.old : $0.new }))
            var vectors: [Vector] = []
            for column in columns { vectors.append(try vector(column, rows)) }
            let whole = Batch(vectors, count: slice.count)
            pending = stride(from: 0, to: slice.count, by: Batch.capacity).map {
                whole.slice(from: $0, count: min(Batch.capacity, slice.count - $0))
            }
            pending.reverse()
        }
        return pending.popLast()
    }

    /// Changes whose columns are fetched together.
    private struct Slice {
        let changes: [Change]
        let old: RowGathering
        let new: RowGathering
        let either: RowGathering
    }

    private func vector(_ column: ChangeColumn, _ rows: Slice) throws(DemetraError) -> Vector {
        let slice = rows.changes
        switch column {
        case .commitTime:
            let times = Buffer(slice.map { entries[$0.commit].moment.time.microseconds })
            return Vector(type: .timestamptz, count: slice.count, storage: .int64(times))
        case .commitSequence:
            let numbers = slice.map {
                Int64(bitPattern: entries[$0.commit].moment.sequence.number)
            }
            return Vector(type: .bigint, count: slice.count, storage: .int64(Buffer(numbers)))
        case .kind:
            return Vector(
                slice.map { change in
                    if change.old.group < 0 { return .text("insert") }
                    return .text(change.new.group < 0 ? "delete" : "restate")
                }, type: .text)
        case .either(let position):
            return try rows.either.column(position, of: feed.state)
        case .old(let position): return try rows.old.column(position, of: feed.state)
        case .new(let position): return try rows.new.column(position, of: feed.state)
        }
    }
}
