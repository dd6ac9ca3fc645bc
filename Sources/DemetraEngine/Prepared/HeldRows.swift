import DemetraVectors

/// Rows that wait to be asked for, the first ones first.
struct HeldRows {
    /// None of them is empty.
    var batches: ArraySlice<Batch> = []

    /// The next rows, `limit` at most; nil when there are none.
    mutating func next(limit: Int) -> Batch? {
        guard let first = batches.popFirst() else { return nil }
        guard first.count > limit else { return first }
        batches.insert(
            first.slice(from: limit, count: first.count - limit), at: batches.startIndex)
        return first.slice(from: 0, count: limit)
    }
}
