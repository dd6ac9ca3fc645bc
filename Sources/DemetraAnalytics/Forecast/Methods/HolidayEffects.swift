/// What holidays add to a series, one number a name, learned from the past days of that name.
///
/// The effect is the mean departure from the median of the same hour on three days before and after,
/// pulled to zero as if one more day without any effect had been seen.
// Immutable after init.
struct HolidayEffects: Sendable {
    private var effects: [Int32: Double] = [:]

    /// Learns from `values`; `codes` holds a code per value and maybe more, -1 on ordinary days.
    init(_ values: [Double], codes: ArraySlice<Int32>, stepsPerDay: Int) {
        var sums: [Int32: (sum: Double, count: Double)] = [:]
        for (index, code) in zip(values.indices, codes) where code >= 0 {
            let ordinary = (-3...3).map { index + $0 * stepsPerDay }.filter {
                values.indices.contains($0) && codes[codes.startIndex + $0] < 0
            }.map { values[$0] }
            guard ordinary.count >= 2 else { continue }
            let level = OrderStatistics.quantile(sorted: ordinary.sorted(), 0.5)
            let (sum, count) = sums[code] ?? (0, 0)
            sums[code] = (sum + values[index] - level, count + 1)
        }
        effects = sums.mapValues { $0.sum / ($0.count + 1) }
    }

    /// Takes the effects out of the past and puts them into the future.
    func move(from past: inout [Double], to future: inout [Double], codes: ArraySlice<Int32>) {
        for (index, code) in codes.enumerated() {
            guard let effect = effects[code] else { continue }
            if index < past.count {
                past[index] -= effect
            } else if index - past.count < future.count {
                future[index - past.count] += effect
            }
        }
    }
}
