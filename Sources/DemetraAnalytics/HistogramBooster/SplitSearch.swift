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

    /// How much the squared error falls: with one division for both sides, since this is the search's
    /// only expensive step.
    @inline(__always)
    private func gain(_ left: Int64, _ total: Int64, _ whole: Double) -> Double {
        let (leftCount, count) = (PackedGradient.count(left), PackedGradient.count(total))
        let rightCount = count - leftCount
        guard leftCount >= minimumLeafCount, rightCount >= minimumLeafCount else { return 0 }
        let leftSum = PackedGradient.sum(left)
        let rightSum = PackedGradient.sum(total) - leftSum
        let (a, b) = (leftCount + regularisation, rightCount + regularisation)
        return (leftSum * leftSum * b + rightSum * rightSum * a) / (a * b) - whole
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
        var bestGain = leastGain
        var best: (code: Int, missingLeft: Bool, left: Int64)?
        for code in 1..<codeCount {
            left &+= histogram[code]
            let without = gain(left, total, whole)
            if without > bestGain {
                bestGain = without
                best = (code, false, left)
            }
            guard missing != 0 else { continue }
            let with = gain(left &+ missing, total, whole)
            if with > bestGain {
                bestGain = with
                best = (code, true, left &+ missing)
            }
        }
        guard let best else { return nil }
        var codes = CodeSet()
        for code in 1...best.code { codes.insert(UInt8(code)) }
        if best.missingLeft { codes.insert(0) }
        return Split(feature: feature, gain: bestGain, leftCodes: codes, left: best.left)
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
        var bestGain = leastGain
        var best: (position: Int, left: Int64)?
        for position in present.indices.dropLast() {
            left &+= histogram[present[position].code]
            let onLeft = position + 1
            guard onLeft <= Self.categoryLimit || present.count - onLeft <= Self.categoryLimit
            else { continue }
            let value = gain(left, total, whole)
            if value > bestGain {
                bestGain = value
                best = (position, left)
            }
        }
        guard let best else { return nil }
        var codes = CodeSet()
        for item in present[...best.position] { codes.insert(UInt8(item.code)) }
        return Split(feature: feature, gain: bestGain, leftCodes: codes, left: best.left)
    }
}
