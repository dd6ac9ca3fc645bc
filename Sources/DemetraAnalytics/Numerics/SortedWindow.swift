/// The last values of a stream in ascending order: median and ranks without sorting.
///
/// - Complexity: O(log n) comparisons and a move of at most n values per row.
package struct SortedWindow: Sendable {
    private let capacity: Int
    private var recent: [Double] = []
    private var next = 0
    private var sorted: [Double] = []

    /// An empty window of at most `capacity` values, at least 1.
    package init(capacity: Int) { self.capacity = max(capacity, 1) }

    /// How many values there are.
    package var count: Int { sorted.count }

    /// The largest value, 0 when there is none.
    package var largest: Double { sorted.last ?? 0 }

    /// The median, NaN when there are no values.
    package var median: Double {
        let count = sorted.count
        guard count > 0 else { return .nan }
        let upper = sorted[count / 2]
        return count % 2 == 1 ? upper : sorted[count / 2 - 1] + (upper - sorted[count / 2 - 1]) / 2
    }

    /// How many values are below `value`.
    package func rank(_ value: Double) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < value { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// Adds a value, which is no NaN; the oldest one leaves a full window.
    package mutating func append(_ value: Double) {
        if recent.count == capacity {
            sorted.remove(at: rank(recent[next]))
            recent[next] = value
            next = next + 1 == capacity ? 0 : next + 1
        } else {
            recent.append(value)
        }
        sorted.insert(value, at: rank(value))
    }
}
