/// The median, and any other order statistic, without sorting everything.
package enum Median {
    /// The median of values, which are put into another order; NaN when there are none.
    package static func of(_ values: inout [Double]) -> Double {
        let count = values.count
        guard count > 0 else { return .nan }
        let upper = smallest(count / 2, of: &values)
        if count % 2 == 1 { return upper }
        // After the selection all smaller values stand before the middle.
        var lower = -Double.infinity
        for index in 0..<(count / 2) { lower = Swift.max(lower, values[index]) }
        return lower + (upper - lower) / 2
    }

    /// The value that `rank` others precede in ascending order; smaller ones end up before it, larger
    /// ones behind. `rank` must be an index of `values`, which hold no NaN.
    ///
    /// - Source: Hoare, "Algorithm 65: find", 1961; short runs are sorted by insertion.
    package static func smallest(_ rank: Int, of values: inout [Double]) -> Double {
        var (low, high) = (0, values.count - 1)
        while high - low > 16 {
            let pivot = middle(values[low], values[(low + high) / 2], values[high])
            var (left, right) = (low, high)
            while left <= right {
                while values[left] < pivot { left += 1 }
                while values[right] > pivot { right -= 1 }
                if left <= right {
                    values.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if rank <= right {
                high = right
            } else if rank >= left {
                low = left
            } else {
                return values[rank]
            }
        }
        guard low < high else { return values[rank] }
        for index in (low + 1)...high {
            let value = values[index]
            var place = index
            while place > low, values[place - 1] > value {
                values[place] = values[place - 1]
                place -= 1
            }
            values[place] = value
        }
        return values[rank]
    }

    private static func middle(_ a: Double, _ b: Double, _ c: Double) -> Double {
        Swift.max(Swift.min(a, b), Swift.min(Swift.max(a, b), c))
    }
}
