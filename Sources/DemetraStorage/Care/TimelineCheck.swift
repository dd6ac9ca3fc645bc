import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Looks at the history of a table entry by entry: whether its commits, and the commits that hid its rows, can have
/// been.
///
/// - Every entry of the timeline is behind the one before it, and not after the last commit of the database. It begins
///   at a row id that has been given.
/// - A row that can be asked for was hidden by a commit of the timeline, and not before it was added.
/// - No two versions of one primary key can be seen at one time (`KeySpans`).
struct TimelineCheck {
    let state: TableState
    let timeline: Timeline
    /// The last commit of the database.
    let present: CommitMoment

    /// What is wrong, each in words that follow the table's name.
    ///
    /// - Throws: XX001 when row ids or keys cannot be read.
    func run(isReadable: Bool) throws(DemetraError) -> [(message: String, detail: String?)] {
        // Without an order of commits the rest cannot be said.
        if let found = entryOutOfOrder() { return [found] }
        var findings = state.groups.compactMap { strangeCommit(in: $0) }
        guard isReadable else { return findings }
        for visible in state.groups {
            if let found = try endBeforeBeginning(of: visible) { findings.append(found) }
        }
        // Rows that are all visible have been compared.
        let hasPast = state.groups.contains { $0.deletions != nil }
        if let key = state.definition.primaryKey, hasPast, findings.isEmpty {
            let spans = try KeySpans(state: state, timeline: timeline, key: key)
            if let (count, row) = try spans.firstOverlap() {
                findings.append(
                    (
                        "has \(count) versions of rows that were there together with another of "
                            + "the same key of \"\(key.name)\"",
                        "One of them has the row id \(row.number)."
                    ))
            }
        }
        return findings
    }

    private func entryOutOfOrder() -> (message: String, detail: String?)? {
        var last = Timeline.Entry(first: 0, moment: timeline.base)
        for index in 0..<timeline.count {
            let entry = timeline[index]
            let number = entry.moment.sequence.number
            guard entry.first >= last.first, entry.moment.sequence > last.moment.sequence,
                entry.moment.time > last.moment.time
            else {
                return (
                    "has a commit \(number) in its history that is not behind the one before it",
                    "Commit \(last.moment.sequence.number) comes before it."
                )
            }
            if entry.first > state.nextRow {
                return (
                    "has a commit \(number) in its history that begins at a row that was never "
                        + "added",
                    "It begins at the row id \(entry.first), the next is \(state.nextRow)."
                )
            }
            last = entry
        }
        guard last.moment.sequence > present.sequence || last.moment.time > present.time else {
            return nil
        }
        return (
            "has a commit \(last.moment.sequence.number) in its history that was never made",
            "The last commit of the database is \(present.sequence.number)."
        )
    }

    /// A commit that hid rows, can be asked for, and is none of the table's.
    private func strangeCommit(in visible: VisibleGroup) -> (message: String, detail: String?)? {
        let runs = visible.deletions?.history?.runs ?? []
        for run in runs where run.sequence > timeline.base.sequence {
            let index = timeline.span(of: run.sequence)
            guard index == 0 || timeline[index - 1].moment.sequence != run.sequence else {
                continue
            }
            return (
                "has rows that commit \(run.sequence.number) hid, which is not in its history",
                "They are in the row group that begins at the row id \(visible.group.first)."
            )
        }
        return nil
    }

    /// A row that was hidden before it was added.
    private func endBeforeBeginning(
        of visible: VisibleGroup
    ) throws(DemetraError) -> (message: String, detail: String?)? {
        let hidden = visible.deletions?.history?.pairs ?? []
        guard let first = hidden.first else { return nil }
        let latest = timeline.sequence(ofRow: visible.group.last)
        // Mostly all rows of a group had been added before the first of them was hidden.
        guard first.sequence < latest else { return nil }
        let ids = try visible.group.ids()
        for (row, sequence) in hidden where sequence < latest {
            let added = timeline.sequence(ofRow: ids[row])
            // When rows of before the history began were added is not known.
            guard sequence < added, added > timeline.base.sequence else { continue }
            return (
                "has a row that was hidden before it was added",
                "Commit \(sequence.number) hid the row id \(ids[row]), which commit "
                    + "\(added.number) added."
            )
        }
        return nil
    }
}
