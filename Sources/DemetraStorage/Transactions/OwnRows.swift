import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// The rows that a transaction has added to a table and that are left at its end.
struct OwnRows {
    /// Some of them, in the order in which they get ids.
    enum Part: Sendable {
        case memory([Batch], ConflictAction)
        /// A whole segment, but for the rows at some places in it.
        case segment(SegmentReader, hidden: [Int64], ConflictAction)
    }

    /// The table as the transaction sees it.
    let state: TableState
    /// The id of the first row of its own.
    let firstRow: Int64
    let work: OpenTransaction.Work

    func parts() throws(DemetraError) -> [Part] {
        var parts: [Part] = []
        var batches: [Batch] = []
        var conflict = ConflictAction.error
        var seen: Set<SegmentID> = []
        func flush() {
            if !batches.isEmpty { parts.append(.memory(batches, conflict)) }
            batches = []
        }
        for visible in state.groups where visible.group.first >= firstRow {
            if let place = visible.group.segment {
                guard seen.insert(place.id).inserted,
                    let reader = work.segments.first(where: { $0.id == place.id })
                else { continue }
                flush()
                parts.append(
                    .segment(reader, hidden: hiddenPlaces(reader), mode(of: visible.group.first)))
                continue
            }
            for (action, range) in modes(of: visible.group) {
                if action != conflict { flush() }
                conflict = action
                let batch = try rows(visible, range)
                if batch.count > 0 { batches.append(batch) }
            }
        }
        flush()
        return parts
    }

    // MARK: Modes

    private func mode(of row: Int64) -> ConflictAction {
        work.modes.last { $0.first <= row }?.conflict ?? .error
    }

    /// What the rows of a group do with keys that exist, range of ids by range.
    private func modes(of group: RowGroup) -> [(ConflictAction, Range<Int64>)] {
        var result: [(ConflictAction, Range<Int64>)] = []
        for (index, mode) in work.modes.enumerated() {
            let end = index + 1 < work.modes.count ? work.modes[index + 1].first : .max
            let (lower, upper) = (max(mode.first, group.first), min(end, group.last + 1))
            if lower < upper { result.append((mode.conflict, lower..<upper)) }
        }
        return result
    }

    // MARK: Rows

    /// The visible rows of a group of the memtable whose ids are in a range.
    private func rows(_ visible: VisibleGroup, _ range: Range<Int64>) throws(DemetraError) -> Batch
    {
        let group = visible.group
        let (start, count) = (Int(range.lowerBound - group.first), range.count)
        var vectors: [Vector] = []
        for column in state.definition.columns.indices {
            vectors.append(try group.vector(column).slice(from: start, count: count))
        }
        let all = Batch(vectors, count: count)
        guard visible.deletions != nil else { return all }
        let kept = (0..<count).filter { !visible.isHidden(start + $0) }.map { Int32($0) }
        return kept.count == count ? all : all.taking(SelectionVector(Buffer(kept)))
    }

    /// The places in a segment whose rows are hidden; of a group that is gone, all.
    private func hiddenPlaces(_ reader: SegmentReader) -> [Int64] {
        var places: [Int64] = []
        var start: Int64 = 0
        for (index, about) in reader.footer.groups.enumerated() {
            let place = SegmentPlace(id: reader.id, group: index)
            if let visible = state.groups.last(where: { $0.group.segment == place }) {
                places += (visible.deletions?.rows ?? []).map { start + Int64($0) }
            } else {
                places += (0..<about.count).map { start + Int64($0) }
            }
            start += Int64(about.count)
        }
        return places
    }
}
