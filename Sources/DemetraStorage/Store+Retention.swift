package import DemetraCatalog
package import DemetraTypes
import DemetraVectors
import Synchronization

/// What retention took out of a table.
package struct ExpiredRows: Sendable, Hashable {
    /// The table's name.
    package let table: String
    /// How many rows.
    package let count: Int
    /// They were older than this.
    package let horizon: Timestamp

    /// What happened, in a sentence.
    package var text: String {
        let time = ValueText.text(.timestamp(horizon), type: .timestamp) ?? ""
        return "retention dropped \(count) rows of \"\(table)\" from before \(time)"
    }
}

// Retention: rows older than their table keeps them are hidden by a commit like any other, so snapshots and the log
// know of it. A segment of which nothing is left is named by no manifest any more, and its file goes: whole
// partitions are dropped without being read.

extension Store {
    /// Passes until writers that are faster do not come between any more.
    private static let retentionTries = 3

    /// Hides the rows that are beyond the horizon of their table now.
    ///
    /// - Parameter tables: nil for all that have one.
    /// - Throws: XX001 when a segment at the horizon cannot be read, 53100 and 58030 when the disk fails.
    package func expire(_ tables: [TableID]? = nil) throws(DemetraError) -> [ExpiredRows] {
        var expired: [ExpiredRows] = []
        let chosen = tables.map { Set($0) }
        for (id, state) in snapshot().states.sorted(by: { $0.key < $1.key }) {
            guard chosen?.contains(id) ?? true, state.definition.retention != nil else { continue }
            if let rows = try expire(id) { expired.append(rows) }
        }
        return expired
    }

    private func expire(_ table: TableID) throws(DemetraError) -> ExpiredRows? {
        var tries = 0
        while true {
            let snapshot = snapshot()
            guard let state = snapshot.states[table],
                let horizon = try state.definition.horizon(at: clock.now())
            else { return nil }
            let rows = try state.rows(before: horizon)
            guard !rows.isEmpty else { return nil }
            var transaction = WriteTransaction(snapshot: snapshot)
            transaction.delete(
                table,
                rowIDs: Vector(type: .bigint, count: rows.count, storage: .int64(Buffer(rows))))
            do throws(DemetraError) {
                try commitBeside(transaction)
                return ExpiredRows(
                    table: state.definition.name, count: rows.count, horizon: horizon)
            } catch {
                tries += 1
                guard error.sqlState == .serializationFailure, tries < Self.retentionTries else {
                    throw error
                }
            }
        }
    }
}

extension TableDefinition {
    /// What rows must not be older than; nil when they are kept for ever.
    package func horizon(at now: Timestamp) throws(DemetraError) -> Timestamp? {
        guard let retention, timeColumn != nil else { return nil }
        return try now.adding(try retention.negated())
    }
}

extension TableState {
    /// The ids of the visible rows whose time is before a horizon; rows without a time are older than nothing.
    fileprivate func rows(before horizon: Timestamp) throws(DemetraError) -> [Int64] {
        guard let time = definition.timeColumn else { return [] }
        let limit = horizon.microseconds
        var rows: [Int64] = []
        for visible in groups where visible.visibleCount > 0 {
            let group = visible.group
            let range = RowTimes.range(group.zoneMap(time))
            if let range, range.upperBound == .min { continue }
            if let range, range.lowerBound != .min, range.lowerBound >= limit { continue }
            var isWhole = false
            if let range { isWhole = range.lowerBound != .min && range.upperBound < limit }
            let times = isWhole ? nil : RowTimes.microseconds(try group.vectorOnce(time))
            let ids = try group.listedIDs()
            for row in 0..<group.count where !visible.isHidden(row) {
                if let times, times[row] == .min || times[row] >= limit { continue }
                rows.append(ids[row])
            }
        }
        return rows
    }
}
