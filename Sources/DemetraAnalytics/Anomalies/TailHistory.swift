import Glibc

/// How large a statistic of a series usually gets, and how rare larger values are.
///
/// Peaks over a threshold: beyond the 95 % quantile of the last four weeks the excess is taken as
/// exponential, so a value that comes back once in `k` rows can be told before one was seen.
///
/// - Source: Pickands, "Statistical inference using extreme order statistics", 1975; used on streams by
///   Siffer et al., "Anomaly detection in streams with extreme value theory", KDD 2017.
struct TailHistory: Sendable {
    /// The quantile where the tail begins.
    static let tailStart = 0.95
    private var sizes: [Double] = []
    /// The sizes of the last look in ascending order, and where they stand in `sizes`.
    private var ascending: [Double] = []
    private var looked = 0..<0
    private var median = Double.nan
    private var start = Double.infinity
    private var meanExcess = 0.0

    /// Adds the size of a statistic, at least 0.
    mutating func append(_ size: Double) { sizes.append(size) }

    /// Looks at the last `rows` sizes again; with fewer than 20 nothing is rare.
    mutating func refit(_ rows: Int) {
        look(at: max(sizes.count - rows, 0)..<sizes.count)
        // What is too old is dropped now and then, not row by row.
        if sizes.count > 2 * rows + 1_024 {
            sizes.removeFirst(looked.lowerBound)
            looked = 0..<sizes.count
        }
        guard ascending.count >= 20 else { return }
        let first = min(Int(Self.tailStart * Double(ascending.count)), ascending.count - 1)
        start = ascending[first]
        var excess = 0.0
        for size in ascending[first...] { excess += size - start }
        meanExcess = excess / Double(ascending.count - first)
        median = ascending[first / 2]
    }

    /// Puts the sizes of a window in order: most of them are from the last look.
    private mutating func look(at window: Range<Int>) {
        guard window.lowerBound < looked.upperBound else {
            ascending = sizes[window].sorted()
            looked = window
            return
        }
        let gone = sizes[looked.lowerBound..<window.lowerBound].sorted()
        let new = sizes[looked.upperBound..<window.upperBound].sorted()
        var merged: [Double] = []
        merged.reserveCapacity(window.count)
        var (nextGone, nextNew) = (0, 0)
        for size in ascending {
            if nextGone < gone.count, gone[nextGone] == size {
                nextGone += 1
                continue
            }
            while nextNew < new.count, new[nextNew] < size {
                merged.append(new[nextNew])
                nextNew += 1
            }
            merged.append(size)
        }
        merged += new[nextNew...]
        ascending = merged
        looked = window
    }

    /// The size that comes once in `rows` rows; infinite while the history is too short.
    func size(onceIn rows: Double) -> Double {
        start + meanExcess * log(max((1 - Self.tailStart) * rows, 1.01))
    }

    /// One standard deviation, by the median size, if sizes were those of normal numbers.
    var deviation: Double { start.isFinite ? 1.4826 * median : .infinity }

    /// The probability of at least this size.
    func probability(_ size: Double) -> Double {
        guard start.isFinite else { return 1 }
        let tail = 1 - Self.tailStart
        if size > start { return meanExcess > 0 ? tail * exp(-(size - start) / meanExcess) : 0 }
        // Between nothing, the median and the tail: straight lines do.
        if size > median, start > median {
            return 0.525 + (tail - 0.525) * (size - median) / (start - median)
        }
        return median > 0 ? 1 - 0.475 * min(size / median, 1) : 1
    }
}
