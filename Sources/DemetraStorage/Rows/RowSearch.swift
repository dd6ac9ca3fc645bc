import DemetraTypes
import DemetraVectors

/// Finds many rows by their ids, group by group instead of row by row.
///
/// A group whose rows lie in another order than their ids is read through once when much is looked for in it.
struct RowSearch {
    /// Fewer rows are looked up one by one.
    static let fewRows = 32
    /// A group is read through when one of so many of its rows is looked for.
    private static let rowsPerLookup = 64

    /// Ascending.
    private let ids: [Int64]
    /// Where in the caller's order each of them is.
    private let order: [Int32]

    init(_ ids: [Int64]) {
        let least = ids.min() ?? 0
        let words = ids.map { UInt64(bitPattern: $0 &- least) }
        let sorted = RadixSort.order(by: [words], count: ids.count)?.array
        order = sorted ?? (0..<Int32(ids.count)).map { $0 }
        self.ids = sorted.map { $0.map { ids[Int($0)] } } ?? ids
    }

    func places(in groups: [VisibleGroup]) throws(DemetraError) -> [TableState.Place?] {
        var places = [TableState.Place?](repeating: nil, count: ids.count)
        for (position, visible) in groups.enumerated() {
            let group = visible.group
            let (start, end) = (lowerBound(group.first), lowerBound(group.last &+ 1))
            guard start < end else { continue }
            func found(_ index: Int, _ row: Int) {
                places[Int(order[index])] = TableState.Place(position: position, row: row)
            }
            if case .contiguous(let first) = group.numbers {
                for index in start..<end { found(index, Int(ids[index] - first)) }
            } else if (end - start) * Self.rowsPerLookup < group.count {
                for index in start..<end {
                    if let row = try group.place(of: RowID(number: ids[index])) {
                        found(index, row)
                    }
                }
            } else {
                for (row, id) in try group.listedIDs().enumerated() {
                    var index = lowerBound(id, start, end)
                    while index < end, ids[index] == id {
                        found(index, row)
                        index += 1
                    }
                }
            }
        }
        return places
    }

    private func lowerBound(_ id: Int64) -> Int { lowerBound(id, 0, ids.count) }

    private func lowerBound(_ id: Int64, _ start: Int, _ end: Int) -> Int {
        var (low, high) = (start, end)
        while low < high {
            let middle = (low + high) / 2
            if ids[middle] < id { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension RowGroup {
    /// The ids of all rows, in their order.
    func listedIDs() throws(DemetraError) -> [Int64] {
        guard case .int64(let ids) = try rowIDs(from: 0, count: count).flattened().storage else {
            throw DemetraError(.internalError, "row ids are not bigint")
        }
        return ids.array
    }
}
