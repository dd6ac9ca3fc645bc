/// The best way to divide the rows of a leaf by one feature, found on its histogram.
struct SplitSearch {
    /// Rows each side must have.
    let minimumLeafCount: Double
    /// Added to the count in every gain.
    let regularisation: Double

    /// A division and what it gains.
    struct Split {
        var feature: Int
        var gain: Double
        var leftCodes: CodeSet
        var leftSum: Double
        var leftCount: Double
    }

    private static let smoothing = 10.0
    private static let categoryLimit = 32

    /// The best split of `feature`, or nil when none gains.
    func best(
        feature: Int, kind: CodeMatrix.Kind, codeCount: Int, histogram: ArraySlice<Double>,
        sum: Double, count: Double
    ) -> Split? {
        switch kind {
        case .ordered: ordered(feature, codeCount, Array(histogram), sum, count)
        case .category: category(feature, codeCount, Array(histogram), sum, count)
        }
    }

    private func gain(_ leftSum: Double, _ leftCount: Double, _ sum: Double, _ count: Double)
        -> Double
    {
        let (rightSum, rightCount) = (sum - leftSum, count - leftCount)
        guard leftCount >= minimumLeafCount, rightCount >= minimumLeafCount else { return 0 }
        return leftSum * leftSum / (leftCount + regularisation)
            + rightSum * rightSum / (rightCount + regularisation)
            - sum * sum / (count + regularisation)
    }

    /// Thresholds between codes; missing rows are tried on both sides.
    private func ordered(
        _ feature: Int, _ codeCount: Int, _ histogram: [Double], _ sum: Double, _ count: Double
    ) -> Split? {
        let (missingSum, missingCount) = (histogram[0], histogram[1])
        var (leftSum, leftCount) = (0.0, 0.0)
        var best: (gain: Double, code: Int, missingLeft: Bool, sum: Double, count: Double)?
        for code in 1..<max(codeCount, 1) {
            leftSum += histogram[2 * code]
            leftCount += histogram[2 * code + 1]
            let without = gain(leftSum, leftCount, sum, count)
            if without > best?.gain ?? 1e-9 {
                best = (without, code, false, leftSum, leftCount)
            }
            guard missingCount > 0 else { continue }
            let with = gain(leftSum + missingSum, leftCount + missingCount, sum, count)
            if with > best?.gain ?? 1e-9 {
                best = (with, code, true, leftSum + missingSum, leftCount + missingCount)
            }
        }
        guard let best else { return nil }
        var codes = CodeSet()
        for code in 1...best.code { codes.insert(UInt8(code)) }
        if best.missingLeft { codes.insert(0) }
        return Split(
            feature: feature, gain: best.gain, leftCodes: codes, leftSum: best.sum,
            leftCount: best.count)
    }

    /// Codes in order of their smoothed mean; a side has at most 32 of them.
    private func category(
        _ feature: Int, _ codeCount: Int, _ histogram: [Double], _ sum: Double, _ count: Double
    ) -> Split? {
        let present = (0..<codeCount).filter { histogram[2 * $0 + 1] > 0 }
        let means = present.map { histogram[2 * $0] / (histogram[2 * $0 + 1] + Self.smoothing) }
        let order = present.indices.sorted {
            means[$0] != means[$1] ? means[$0] < means[$1] : present[$0] < present[$1]
        }
        var (leftSum, leftCount) = (0.0, 0.0)
        var best: (gain: Double, position: Int, sum: Double, count: Double)?
        for (position, index) in order.enumerated().dropLast() {
            leftSum += histogram[2 * present[index]]
            leftCount += histogram[2 * present[index] + 1]
            let onLeft = position + 1
            guard onLeft <= Self.categoryLimit || order.count - onLeft <= Self.categoryLimit else {
                continue
            }
            let value = gain(leftSum, leftCount, sum, count)
            if value > best?.gain ?? 1e-9 { best = (value, position, leftSum, leftCount) }
        }
        guard let best else { return nil }
        var codes = CodeSet()
        for index in order[...best.position] { codes.insert(UInt8(present[index])) }
        return Split(
            feature: feature, gain: best.gain, leftCodes: codes, leftSum: best.sum,
            leftCount: best.count)
    }
}
