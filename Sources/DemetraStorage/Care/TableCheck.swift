import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Looks at a table as a whole: what no segment can tell by itself.
struct TableCheck {
    let state: TableState
    /// The last commit of the database.
    let present: CommitMoment
    let threadCount: Int
    /// False when a segment of the table is damaged: what needs its values is left out then.
    let isReadable: Bool

    func run() -> [CheckReport.Finding] {
        var findings: [CheckReport.Finding] = []
        let name = state.definition.qualifiedName.text
        for visible in state.groups {
            let hidden = visible.deletions?.rows ?? []
            if hidden.contains(where: { $0 >= visible.group.count }) {
                findings.append(finding("hides rows that a row group does not have"))
            }
            if visible.group.first < 0 || visible.group.last >= state.nextRow {
                findings.append(
                    finding(
                        "has row ids \(visible.group.first) to \(visible.group.last), but gives "
                            + "\(state.nextRow) next"))
            }
        }
        do throws(DemetraError) {
            if let timeline = state.timeline {
                let check = TimelineCheck(state: state, timeline: timeline, present: present)
                findings += try check.run(isReadable: isReadable).map {
                    finding($0.message, $0.detail)
                }
            }
            guard isReadable else { return findings }
            if let id = try RepeatedRows.firstRepeatedID(state.groups.map(\.group)) {
                findings.append(finding("has the row id \(id) twice"))
            }
            for key in state.definition.keys {
                let repeated = try RepeatedRows(state: state, key: key).find()
                if let first = repeated.first {
                    findings.append(
                        finding(
                            "has \(repeated.count) rows with a key of \"\(key.name)\" that "
                                + "another row has",
                            "One of them has the row id \(first.number)."))
                }
            }
        } catch {
            findings.append(CheckReport.Finding(error, file: "", place: "table \"\(name)\""))
        }
        return findings
    }

    private func finding(_ what: String, _ detail: String? = nil) -> CheckReport.Finding {
        let place = "table \"\(state.definition.qualifiedName.text)\""
        return CheckReport.Finding(
            .damage, file: "", place: place, "\(place) \(what)", detail: detail)
    }
}

/// Finds rows of a table that have the same key, or the same id.
///
/// Keys are hashed group by group; only rows whose hash occurs twice are looked at again. So a table of any
/// size takes 16 bytes a row.
struct RepeatedRows {
    private struct Hashed {
        let hash: UInt64
        let group: Int32
        let row: Int32
    }

    let state: TableState
    let key: KeyDefinition

    /// The visible rows whose key a later row has, by their ids.
    func find() throws(DemetraError) -> [RowID] {
        var all: [Hashed] = []
        for (position, visible) in state.groups.enumerated() {
            let keys = try keys(of: visible.group)
            let hashes = HashKernel.hash(keys, count: visible.group.count)
            for row in 0..<visible.group.count
            where !visible.isHidden(row) && keys.allSatisfy({ $0.isValid(row) }) {
                all.append(
                    Hashed(
                        hash: hashes[row], group: Int32(truncatingIfNeeded: position),
                        row: Int32(truncatingIfNeeded: row)))
            }
        }
        all.sort { $0.hash < $1.hash }
        var repeated: [RowID] = []
        var start = 0
        while start < all.count {
            var end = start + 1
            while end < all.count, all[end].hash == all[start].hash { end += 1 }
            if end - start > 1 { repeated += try older(all[start..<end]) }
            start = end
        }
        return repeated.sorted { $0.number < $1.number }
    }

    /// Of rows that hash alike, those whose key one with a higher id has.
    private func older(_ rows: ArraySlice<Hashed>) throws(DemetraError) -> [RowID] {
        var newest: [[String]: RowID] = [:]
        var older: [RowID] = []
        for place in rows {
            let group = state.groups[Int(place.group)].group
            guard case .int64(let ids) = try group.rowIDs(from: Int(place.row), count: 1).storage
            else { continue }
            let id = RowID(number: ids[0])
            let values = try keys(of: group).map { "\($0.value(at: Int(place.row)))" }
            guard let other = newest[values] else {
                newest[values] = id
                continue
            }
            older.append(RowID(number: min(id.number, other.number)))
            newest[values] = RowID(number: max(id.number, other.number))
        }
        return older
    }

    private func keys(of group: RowGroup) throws(DemetraError) -> [Vector] {
        var keys: [Vector] = []
        for column in key.columns { keys.append(try group.vector(column).withoutConstant()) }
        return keys
    }

    /// A row id that two rows have; nil when there is none.
    static func firstRepeatedID(_ groups: [RowGroup]) throws(DemetraError) -> Int64? {
        let sorted = groups.sorted { $0.first < $1.first }
        var start = 0
        while start < sorted.count {
            // Groups whose ranges touch are looked at together.
            var (end, last) = (start + 1, sorted[start].last)
            while end < sorted.count, sorted[end].first <= last {
                last = max(last, sorted[end].last)
                end += 1
            }
            if end - start > 1, let id = try firstRepeated(sorted[start..<end]) { return id }
            start = end
        }
        return nil
    }

    private static func firstRepeated(
        _ groups: ArraySlice<RowGroup>
    ) throws(DemetraError) -> Int64? {
        var ids: [Int64] = []
        for group in groups {
            guard case .int64(let own) = try group.rowIDs(from: 0, count: group.count).storage
            else { continue }
            ids += own.array
        }
        ids.sort()
        return zip(ids, ids.dropFirst()).first { $0 == $1 }?.0
    }
}
