import DemetraTypes

/// The distance between neighbouring points of a series.
package enum TimeStep: Sendable, Hashable {
    /// A fixed time.
    case microseconds(Int64)
    /// Calendar months; years are 12.
    case months(Int)

    /// One day.
    static let day = TimeStep.microseconds(Civil.microsecondsPerDay)

    /// Lengths of seasons in steps, the shortest first: the day, the week and the year.
    ///
    /// Seasons of more than 2016 steps, a week of five minutes, are not looked for: their profile
    /// would be noise.
    var seasons: [Int] {
        switch self {
        case .months(let count): return count < 12 && 12 % count == 0 ? [12 / count] : []
        case .microseconds(let step):
            let day = Civil.microsecondsPerDay
            if step >= 7 * day { return step == 7 * day ? [52] : [] }
            let lengths = [day, 7 * day].filter { $0 % step == 0 && $0 > step }
            return lengths.map { Int($0 / step) }.filter { $0 <= 2_016 }
        }
    }

    /// True when points stand on days of the calendar, not on hours of a clock.
    var isCalendar: Bool {
        switch self {
        case .months: true
        case .microseconds(let step): step % Civil.microsecondsPerDay == 0
        }
    }

    private static let names: [String: TimeStep] = [
        "second": .microseconds(1_000_000), "minute": .microseconds(60_000_000),
        "hour": .microseconds(Civil.microsecondsPerHour), "day": .day,
        "week": .microseconds(7 * Civil.microsecondsPerDay), "month": .months(1),
        "quarter": .months(3), "year": .months(12), "h": .microseconds(3_600_000_000),
        "min": .microseconds(60_000_000), "d": .day, "w": .microseconds(604_800_000_000),
        "m": .months(1), "q": .months(3), "y": .months(12), "s": .microseconds(1_000_000),
        "hourly": .microseconds(Civil.microsecondsPerHour), "daily": .day,
        "weekly": .microseconds(7 * Civil.microsecondsPerDay), "monthly": .months(1),
        "quarterly": .months(3), "yearly": .months(12),
    ]

    /// Reads `day`, `15 minutes`, `2h`, `month`.
    init?(text: String) {
        let trimmed = text.lowercased().filter { $0 != " " }
        let digits = trimmed.prefix { $0.isASCII && $0.isNumber }
        var unit = String(trimmed.dropFirst(digits.count))
        if Self.names[unit] == nil, unit.hasSuffix("s") { unit.removeLast() }
        guard let one = Self.names[unit] else { return nil }
        guard let count = digits.isEmpty ? 1 : Int64(digits), count > 0, count <= 100_000 else {
            return nil
        }
        switch one {
        case .microseconds(let length): self = .microseconds(length * count)
        case .months(let length): self = .months(length * Int(count))
        }
    }

    /// How it is called in notices.
    var text: String {
        switch self {
        case .months(1): return "month"
        case .months(12): return "year"
        case .months(let count): return "\(count) months"
        case .microseconds(let step):
            for (length, name) in [
                (Int64(604_800_000_000), "week"), (86_400_000_000, "day"),
                (3_600_000_000, "hour"), (60_000_000, "minute"), (1_000_000, "second"),
            ] where step % length == 0 {
                return step == length ? name : "\(step / length) \(name)s"
            }
            return "\(step) microseconds"
        }
    }
}
