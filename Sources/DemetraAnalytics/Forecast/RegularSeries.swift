/// How missing steps get a value.
enum GapFill: String, Sendable, CaseIterable {
    /// 0 where the values are counts and other series have the step, else as `linear`.
    case auto
    /// 0.
    case zero
    /// The straight line between the neighbours.
    case linear
    /// The value before.
    case previous
}

/// How values of one step become one.
enum DuplicateAggregate: String, Sendable, CaseIterable {
    case sum
    case avg
    case min
    case max

    /// The value of ascending values of one step.
    func value(_ sorted: ArraySlice<Double>) -> Double {
        switch self {
        case .sum: sorted.reduce(0, +)
        case .avg: sorted.reduce(0, +) / Double(Swift.max(sorted.count, 1))
        case .min: sorted.first ?? .nan
        case .max: sorted.last ?? .nan
        }
    }
}

/// Points put on a grid: one value a step, NaN where there was none.
struct RegularSeries: Sendable {
    /// The grid.
    let grid: TimeGrid
    /// The grid's number of the first value.
    let start: Int
    /// A value a step, the newest last.
    var values: [Double]
    /// Rows that shared their step with another.
    let duplicateCount: Int

    /// Only the newest steps are kept: no model looks further back.
    static let stepLimit = 12_000

    /// The grid's number of the first step to forecast.
    var end: Int { start + values.count }

    /// Gathers points, ascending by time and value.
    init(
        _ instants: [Int64], _ values: [Double], grid: TimeGrid, aggregate: DuplicateAggregate
    ) {
        self.grid = grid
        guard let first = instants.first, let last = instants.last else {
            (start, self.values, duplicateCount) = (0, [], 0)
            return
        }
        let end = grid.index(last)
        let start = max(grid.index(first), end - Self.stepLimit + 1)
        self.start = start
        self.values = Array(repeating: .nan, count: end - start + 1)
        var (position, duplicates) = (0, 0)
        while position < instants.count {
            let step = grid.index(instants[position])
            var next = position + 1
            while next < instants.count, grid.index(instants[next]) == step { next += 1 }
            if step >= start {
                duplicates += next - position - 1
                self.values[step - start] =
                    next - position == 1
                    ? values[position] : aggregate.value(values[position..<next].sorted()[...])
            }
            position = next
        }
        duplicateCount = duplicates
    }

    /// The values from `start` to before `end`, outside of the series NaN.
    func values(from start: Int, to end: Int) -> [Double] {
        (start..<max(end, start)).map {
            $0 >= self.start && $0 < self.end ? values[$0 - self.start] : .nan
        }
    }

    /// Steps without a value.
    var gapCount: Int { values.count { $0.isNaN } }

    /// True when all values are whole and none is negative.
    var holdsCounts: Bool {
        values.allSatisfy { $0.isNaN || ($0 >= 0 && $0 == $0.rounded() && $0 < 9e15) }
    }

    /// Gives missing steps a value; the first and the last step have one.
    mutating func fill(_ rule: GapFill, isKnownElsewhere: (Int) -> Bool) {
        guard gapCount > 0 else { return }
        let usesZero = rule == .zero || (rule == .auto && holdsCounts)
        var known: Int?
        for index in values.indices where !values[index].isNaN {
            if let before = known, index - before > 1 {
                let (low, high) = (values[before], values[index])
                for gap in (before + 1)..<index {
                    let share = Double(gap - before) / Double(index - before)
                    if usesZero, rule == .zero || isKnownElsewhere(start + gap) {
                        values[gap] = 0
                    } else if rule == .previous {
                        values[gap] = low
                    } else {
                        values[gap] = low + (high - low) * share
                    }
                }
            }
            known = index
        }
    }
}
