/// The mean of the last values, in constant time.
struct RunningMean: Sendable {
    private let length: Int
    private var values: [Double] = []
    private var next = 0
    private var sum = 0.0

    /// A mean over `length` values, at least 1.
    init(length: Int) { self.length = length }

    /// Takes a value in; NaN until there are enough.
    mutating func add(_ value: Double) -> Double {
        if length == 1 { return value }
        guard values.count == length else {
            values.append(value)
            sum += value
            return values.count == length ? sum / Double(length) : .nan
        }
        let oldest = values[next]
        values[next] = value
        next = next + 1 == length ? 0 : next + 1
        sum += value - oldest
        // Differences leave rounding behind: once a round, and after what was much larger than the
        // sum, it is added up anew.
        if next == 0 || abs(oldest) > 1e3 * abs(sum) {
            sum = 0
            for value in values { sum += value }
        }
        return sum / Double(length)
    }
}
