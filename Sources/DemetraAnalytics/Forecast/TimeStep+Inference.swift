import DemetraTypes

extension TimeStep {
    /// Steps that irregular points are gathered by.
    private static let round: [Int64] = [
        1, 10, 60, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, 86_400, 604_800,
    ].map { $0 * 1_000_000 }

    /// A step found in data.
    struct Inferred: Sendable, Hashable {
        /// The step.
        var step: TimeStep
        /// False when most distances are no multiples of any one step: points are then gathered by the
        /// next round step above their median distance.
        var isRegular: Bool
    }

    /// The most frequent distance between neighbours, calendar months where the dates say so; nil for
    /// less than two points.
    ///
    /// - Parameter instants: ascending and distinct, microseconds since 1970.
    static func inferred(_ instants: [Int64]) -> Inferred? {
        guard instants.count >= 2 else { return nil }
        let distances = zip(instants.dropFirst(), instants).map { $0 &- $1 }.sorted()
        let step = mostFrequent(distances)
        if let months = months(instants, distances, step) {
            return Inferred(step: .months(months), isRegular: true)
        }
        // A tenth of a step is jitter.
        let multiples = distances.count { distance in
            let rest = distance % step
            return min(rest, step - rest) <= step / 10
        }
        if 2 * multiples > distances.count, distances.count < 4 || distances[1] * 4 > step {
            return Inferred(step: .microseconds(step), isRegular: true)
        }
        let median = distances[distances.count / 2]
        if median > 20 * Civil.microsecondsPerDay {
            return Inferred(step: .months(1), isRegular: false)
        }
        let longer = round.first { $0 >= median } ?? 604_800_000_000
        return Inferred(step: .microseconds(longer), isRegular: false)
    }

    /// The value that most elements of an ascending list have; the least of several.
    private static func mostFrequent(_ sorted: [Int64]) -> Int64 {
        var (best, bestCount, start) = (sorted[0], 0, 0)
        for index in 1...sorted.count where index == sorted.count || sorted[index] != sorted[start]
        {
            if index - start > bestCount { (best, bestCount) = (sorted[start], index - start) }
            start = index
        }
        return max(best, 1)
    }

    /// The number of calendar months between points that stand on one day of the month, or on its end.
    private static func months(
        _ instants: [Int64], _ distances: [Int64], _ step: Int64
    ) -> Int? {
        let days = step / Civil.microsecondsPerDay
        guard days >= 28 else { return nil }
        let dates = instants.map {
            Civil.date(days: Int(Civil.floorDivide($0, Civil.microsecondsPerDay)))
        }
        let isOneDay = dates.allSatisfy { $0.day == dates[0].day }
        let isEnd = dates.allSatisfy { $0.day == Civil.daysInMonth(year: $0.year, month: $0.month) }
        guard isOneDay || isEnd else { return nil }
        switch days {
        case 28...31: return 1
        case 89...92: return 3
        case 181...184: return 6
        case 365...366: return 12
        default: return nil
        }
    }
}
