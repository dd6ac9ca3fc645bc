import DemetraTypes

/// What a table with history ought to hold, kept in the plainest way: every version of every row with the
/// commits that added and hid it.
struct HistoryModel {
    struct Version {
        let row: TestRow
        let added: Int
        var hidden: Int?
    }

    /// A change as the feed tells it.
    struct Change: Hashable {
        let commit: Int
        let kind: String
        let old: TestRow?
        let new: TestRow?
    }

    /// The versions that are not hidden, by key, as positions in `versions`.
    private(set) var present: [Int64: Int] = [:]
    private var versions: [Version] = []
    /// The times of the table's commits, by number.
    private(set) var commits: [(number: Int, time: Int64)] = []
    /// How long hidden versions can be asked for, in microseconds; nil without history.
    private(set) var history: Int64?
    /// States before this one are not kept.
    private var begun: (number: Int, time: Int64) = (0, 0)
    /// The latest that any horizon ever was: what is not older can be asked for without fail.
    private var sureFrom: Int64 = 0

    var keys: [Int64] { present.keys.sorted() }

    var rows: [Int64: TestRow] { present.mapValues { versions[$0].row } }

    // MARK: Commits

    /// History is turned on, off, or given another length by a commit.
    ///
    /// - Parameter isNew: a table that is made with history has it from before its first rows.
    mutating func alter(history new: Int64?, isNew: Bool, number: Int, time: Int64) {
        if new != nil, history == nil {
            begun = isNew ? (number - 1, time - 1) : (number, time)
            sureFrom = begun.time
        }
        history = new
    }

    mutating func replace(_ rows: [TestRow], number: Int, time: Int64) {
        var last: [Int64: TestRow] = [:]
        for row in rows { last[row.key] = row }
        for row in last.values {
            if self.rows[row.key] == row { continue }
            hide(row.key, number)
            add(row, number)
        }
        noteCommit(number, time)
    }

    mutating func delete(_ keys: [Int64], number: Int, time: Int64) {
        for key in keys { hide(key, number) }
        noteCommit(number, time)
    }

    /// Rows that take the place of others, under keys of their own.
    mutating func update(
        _ keys: [Int64], _ rows: [TestRow], number: Int, time: Int64
    ) {
        for key in keys { hide(key, number) }
        for row in rows { add(row, number) }
        noteCommit(number, time)
    }

    private mutating func hide(_ key: Int64, _ number: Int) {
        if let position = present.removeValue(forKey: key) { versions[position].hidden = number }
    }

    private mutating func add(_ row: TestRow, _ number: Int) {
        present[row.key] = versions.count
        versions.append(Version(row: row, added: number))
    }

    private mutating func noteCommit(_ number: Int, _ time: Int64) {
        if commits.last?.number != number { commits.append((number, time)) }
    }

    /// Time passes: more and more may be forgotten.
    mutating func tick(_ now: Int64) {
        if let history { sureFrom = max(sureFrom, now - history) }
    }

    // MARK: Questions

    /// How a question about a time must be answered.
    enum Verdict { case refused, answered, either }

    func verdict(_ time: Int64, now: Int64) -> Verdict {
        guard let history, time >= max(begun.time, now - history) else { return .refused }
        return time >= sureFrom ? .answered : .either
    }

    private func commit(at time: Int64) -> Int {
        max(begun.number, commits.last { $0.time <= time }?.number ?? 0)
    }

    private func isVisible(_ version: Version, at commit: Int) -> Bool {
        version.added <= commit && version.hidden.map { $0 > commit } ?? true
    }

    func rows(at time: Int64) -> [Int64: TestRow] {
        let commit = commit(at: time)
        var rows: [Int64: TestRow] = [:]
        for version in versions where isVisible(version, at: commit) {
            rows[version.row.key] = version.row
        }
        return rows
    }

    func changes(after start: Int64, through end: Int64) -> [Change] {
        let (lower, upper) = (commit(at: start), commit(at: end))
        var changes: [Change] = []
        for (number, _) in commits where number > lower && number <= upper {
            var old: [Int64: TestRow] = [:]
            var new: [Int64: TestRow] = [:]
            for version in versions where version.added != version.hidden {
                if version.hidden == number { old[version.row.key] = version.row }
                if version.added == number { new[version.row.key] = version.row }
            }
            for key in Set(old.keys).union(new.keys) {
                let kind = old[key] == nil ? "insert" : new[key] == nil ? "delete" : "restate"
                changes.append(
                    Change(commit: number, kind: kind, old: old[key], new: new[key]))
            }
        }
        return changes
    }
}
