/// Finds the k-th least of many integers without sorting them.
///
/// Safe because both ends of a partition stop at the pivot, which lies between them.
///
/// - Source: Hoare, "Algorithm 65: Find", 1961, with the median of three as pivot; after more rounds than
///   good pivots need it sorts what is left, so that no input makes it quadratic.
package enum SelectKernel {
    private static let smallCount = 16

    /// The element of rank `rank`; afterwards no element before it is greater and none behind it less.
    ///
    /// - Complexity: O(count) on average, O(count log count) at worst.
    package static func select<Element: FixedWidthInteger>(
        _ rank: Int, _ values: UnsafeMutableBufferPointer<Element>
    ) -> Element {
        precondition(rank >= 0 && rank < values.count, "a rank outside the values")
        var (low, high) = (0, values.count - 1)
        var rounds = 0
        let roundLimit = 4 * (Int.bitWidth - values.count.leadingZeroBitCount)
        while high - low > smallCount {
            rounds += 1
            if rounds > roundLimit { break }
            let pivot = median(
                values[low], values[low + (high - low) / 2], values[high])
            var (left, right) = (low - 1, high + 1)
            while true {
                repeat { left &+= 1 } while values[left] < pivot
                repeat { right &-= 1 } while values[right] > pivot
                if left >= right { break }
                values.swapAt(left, right)
            }
            if rank <= right { high = right } else { low = right + 1 }
        }
        var rest = UnsafeMutableBufferPointer(rebasing: values[low...high])
        rest.sort()
        return values[rank]
    }

    @inline(__always)
    private static func median<Element: Comparable>(
        _ a: Element, _ b: Element, _ c: Element
    ) -> Element {
        max(min(a, b), min(max(a, b), c))
    }
}

// Concrete forms: a generic call would not be specialised across modules.

extension SelectKernel {
    /// As `select`, of signed integers.
    package static func selectSigned(
        _ rank: Int, _ values: UnsafeMutableBufferPointer<Int64>
    ) -> Int64 {
        select(rank, values)
    }
}
