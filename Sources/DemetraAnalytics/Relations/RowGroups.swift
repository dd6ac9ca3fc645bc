package import DemetraTypes
import DemetraVectors

/// The rows of a relation by the values of some columns.
///
/// Groups are in the order of their texts, NULL first, so their order does not depend on that of the
/// rows. Without columns all rows are one group.
package struct RowGroups: Sendable {
    /// The group of each row.
    package let groups: [Int]
    /// One row of each group, to read the columns' values from.
    package let representatives: [Int]

    /// The number of groups.
    package var count: Int { representatives.count }

    /// Groups that are known already.
    package init(groups: [Int], representatives: [Int]) {
        self.groups = groups
        self.representatives = representatives
    }

    /// Groups the rows of `relation`.
    package init(_ relation: RelationColumns, columns: [Int]) {
        guard !columns.isEmpty else {
            groups = Array(repeating: 0, count: relation.rowCount)
            representatives = relation.rowCount > 0 ? [0] : []
            return
        }
        let names = columns.map { relation.names($0) }
        var numbers: [[Int32]: Int] = [:]
        var first: [Int] = []
        var found = [Int](repeating: 0, count: relation.rowCount)
        for row in 0..<relation.rowCount {
            let key = names.map { $0.codes[row] }
            // Neighbours are often alike.
            if row > 0, names.allSatisfy({ $0.codes[row] == $0.codes[row - 1] }) {
                found[row] = found[row - 1]
            } else if let known = numbers[key] {
                found[row] = known
            } else {
                numbers[key] = first.count
                found[row] = first.count
                first.append(row)
            }
        }
        func text(_ row: Int) -> [String] {
            names.map { $0.codes[row] < 0 ? "" : " " + $0.names[Int($0.codes[row])] }
        }
        let texts = first.map { text($0) }
        let order = first.indices.sorted { texts[$0].lexicographicallyPrecedes(texts[$1]) }
        var places = [Int](repeating: 0, count: first.count)
        for (place, group) in order.enumerated() { places[group] = place }
        groups = found.map { places[$0] }
        representatives = order.map { first[$0] }
    }

    /// The rows of each group, in the order in which they came.
    package func rows() -> [[Int]] {
        var rows = [[Int]](repeating: [], count: count)
        for row in groups.indices { rows[groups[row]].append(row) }
        return rows
    }
}

extension RelationColumns {
    /// The values of a column at some rows.
    package func values(_ index: Int, at rows: [Int]) -> [Value] {
        var starts: [Int] = []
        var start = 0
        for batch in batches {
            starts.append(start)
            start += batch.count
        }
        var current = 0
        return rows.map { row in
            // The batch of the row before is usually the one.
            if current >= starts.count || row < starts[current]
                || row >= starts[current] + batches[current].count
            {
                current = (starts.partitioningIndex { $0 > row }) - 1
            }
            return batches[current].vectors[index].value(at: row - starts[current])
        }
    }
}

extension [Int] {
    /// The first index whose element satisfies what all later ones satisfy.
    fileprivate func partitioningIndex(_ isBehind: (Int) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
