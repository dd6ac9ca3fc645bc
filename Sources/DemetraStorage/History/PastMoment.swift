import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// A commit of a table that a question is asked about, and the id from which on rows were added later.
struct PastMoment: Sendable {
    let sequence: CommitSequence
    let end: Int64
}

extension TableState {
    /// The last commit of the table as of a time; nil when that is the present.
    ///
    /// - Throws: 55000 when the table keeps no history, 72000 when its history does not reach back so far.
    func past(_ time: Timestamp, now: Timestamp) throws(DemetraError) -> PastMoment? {
        let moment = try moment(time, now: now)
        let end = timeline?.firstRow(after: moment.sequence) ?? .max
        guard let timeline, let last = timeline.last, moment.sequence < last.sequence else {
            return nil
        }
        return PastMoment(sequence: moment.sequence, end: end)
    }

    /// The last commit of the table as of a time.
    ///
    /// - Throws: as `past`.
    func moment(_ time: Timestamp, now: Timestamp) throws(DemetraError) -> CommitMoment {
        let timeline = try knownTimeline()
        let earliest = earliest(timeline, now)
        guard time >= earliest, let moment = timeline.moment(at: time) else {
            throw DemetraError(
                .snapshotTooOld,
                "the history of table \"\(definition.name)\" does not reach back to "
                    + TimestampText.text(time, zone: .utc),
                detail: "The earliest time that can be asked for is "
                    + TimestampText.text(earliest, zone: .utc) + ".",
                hint: "History begins when it is turned on, and goes back as far as the table's "
                    + "option history says.")
        }
        return moment
    }

    /// The table's commits.
    ///
    /// - Throws: 55000 when the table keeps no history.
    func knownTimeline() throws(DemetraError) -> Timeline {
        if let timeline { return timeline }
        let name = definition.name
        throw DemetraError(
            .objectNotInPrerequisiteState, "table \"\(name)\" keeps no history",
            hint: "ALTER TABLE \(name) SET (history = '90 days') keeps it from then on.")
    }

    /// The earliest time that can be asked for.
    func earliest(_ timeline: Timeline, _ now: Timestamp) -> Timestamp {
        max(timeline.base.time, definition.earliestTime(now) ?? timeline.base.time)
    }
}

extension VisibleGroup {
    /// The group as of a commit; nil when it shows nothing of it.
    func asOf(_ past: PastMoment) throws(DemetraError) -> VisibleGroup? {
        guard group.first < past.end else { return nil }
        var hidden = deletions?.asOf(past.sequence, rowCount: group.count)
        if group.last >= past.end {
            let ids = try group.ids()
            let later = (0..<group.count).filter { ids[$0] >= past.end }
            hidden = DeletionVector(rows: later, of: group.count, and: hidden)
        }
        let result = VisibleGroup(group: group, deletions: hidden)
        return result.visibleCount == 0 ? nil : result
    }

    /// Whether the group may show rows as of a commit, by what is known without reading it.
    func mayShow(_ past: PastMoment) -> Bool {
        guard group.first < past.end else { return false }
        guard let history = deletions?.history else { return visibleCount > 0 }
        return history.count(through: past.sequence) < group.count
    }
}

extension RowGroup {
    /// The ids of all rows.
    func ids() throws(DemetraError) -> Buffer<Int64> {
        guard case .int64(let ids) = try rowIDs(from: 0, count: count).flattened().storage else {
            throw DemetraError(.internalError, "row ids are not bigint")
        }
        return ids
    }
}
