/// The best way to divide the rows of a leaf by one feature, found on its histogram.
///
/// Safe because the caller's histogram has a slot for each of the `codeCount` codes.
struct SplitSearch {
    /// Rows each side must have.
    let minimumLeafCount: Double
    /// Added to the count in every gain.
    let regularisation: Double
    /// Gains up to this are rounding, in the histogram's units.
    let leastGain: Double

    /// A division and what it gains; sums are in the histogram's fixed point.
    struct Split {
        var feature: Int
        var gain: Double
        var leftCodes: CodeSet
        var left: Int64
    }

    private static let smoothing = 10.0
    private static let categoryLimit = 32

    /// The best split of `feature`, or nil when none gains.
    func best(
        feature: Int, kind: CodeMatrix.Kind, codeCount: Int, histogram: UnsafePointer<Int64>,
        total: Int64
    ) -> Split? {
        switch kind {
        case .ordered: ordered(feature, codeCount, histogram, total)
        case .category: category(feature, codeCount, histogram, total)
        }
    }

    /// The best so far, and what it takes to beat it.
    private struct Best {
        /// What the sums of both sides must exceed: the gain so far and that of no split.
        private(set) var level: Double
        private(set) var left: Int64?

        init(least gain: Double, whole: Double) { level = gain + whole }

        /// Takes a division when it gains more. Compared as products: the division is for those that win.
        @inline(__always)
        mutating func offer(_ left: Int64, of total: Int64, _ search: SplitSearch) -> Bool {
            let (leftCount, count) = (PackedGradient.count(left), PackedGradient.count(total))
            let rightCount = count - leftCount
            guard leftCount >= search.minimumLeafCount, rightCount >= search.minimumLeafCount
            else { return false }
            let leftSum = PackedGradient.sum(left)
            let rightSum = PackedGradient.sum(total) - leftSum
            let (a, b) = (leftCount + search.regularisation, rightCount + search.regularisation)
            let squares = leftSum * leftSum * b + rightSum * rightSum * a
            guard squares > level * (a * b) else { return false }
            level = squares / (a * b)
            self.left = left
            return true
        }
    }

    private func whole(_ total: Int64) -> Double {
        let sum = PackedGradient.sum(total)
        return sum * sum / (PackedGradient.count(total) + regularisation)
    }

    /// Thresholds between codes; missing rows are tried on both sides.
    private func ordered(
        _ feature: Int, _ codeCount: Int, _ histogram: UnsafePointer<Int64>, _ total: Int64
    ) -> Split? {
        guard codeCount > 1 else { return nil }
        let missing = histogram[0]
        let whole = whole(total)
        var left: Int64 = 0
        var best = Best(least: leastGain, whole: whole)
        var place = (code: 0, missingLeft: false)
        for code in 1..<codeCount {
            left &+= histogram[code]
            if best.offer(left, of: total, self) { place = (code, false) }
            guard missing != 0 else { continue }
            if best.offer(left &+ missing, of: total, self) { place = (code, true) }
        }
        guard let sum = best.left else { return nil }
        let codes = CodeSet(codes: (place.missingLeft ? 0 : 1)..<(place.code + 1))
        return Split(feature: feature, gain: best.level - whole, leftCodes: codes, left: sum)
    }

    /// Codes in order of their smoothed mean; a side has at most 32 of them.
    private func category(
        _ feature: Int, _ codeCount: Int, _ histogram: UnsafePointer<Int64>, _ total: Int64
    ) -> Split? {
        let whole = whole(total)
        var present: [(code: Int, mean: Double)] = []
        for code in 0..<codeCount where PackedGradient.rowCount(histogram[code]) > 0 {
            let word = histogram[code]
            present.append(
                (code, PackedGradient.sum(word) / (PackedGradient.count(word) + Self.smoothing)))
        }
        present.sort { $0.mean != $1.mean ? $0.mean < $1.mean : $0.code < $1.code }
        var left: Int64 = 0
        var best = Best(least: leastGain, whole: whole)
        var last = 0
        for position in present.indices.dropLast() {
            left &+= histogram[present[position].code]
            let onLeft = position + 1
            guard onLeft <= Self.categoryLimit || present.count - onLeft <= Self.categoryLimit
            else { continue }
            if best.offer(left, of: total, self) { last = position }
        }
        guard let sum = best.left else { return nil }
        var codes = CodeSet()
        for item in present[...last] { codes.insert(UInt8(item.code)) }
        return Split(feature: feature, gain: best.level - whole, leftCodes: codes, left: sum)
    }
}
