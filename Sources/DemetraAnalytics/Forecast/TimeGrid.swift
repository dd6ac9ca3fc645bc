import DemetraTypes

/// Numbers points in time by a step, and back.
// Immutable after init.
struct TimeGrid: Sendable {
    /// The step.
    let step: TimeStep
    private let anchor: Int64
    /// True when a step holds all points up to the next one; else points belong to the nearest.
    private let isGathering: Bool
    private let standsOnMonthEnd: Bool

    /// A grid through `first`; a gathering grid starts at round times.
    init(step: TimeStep, first: Int64, last: Int64, isGathering: Bool) {
        self.step = step
        self.isGathering = isGathering
        let date = Self.date(first)
        let end = Self.date(last)
        switch step {
        case .microseconds(let length):
            // 1970 began on a Thursday: weeks gathered begin on Mondays.
            let offset =
                length % (7 * Civil.microsecondsPerDay) == 0 ? -3 * Civil.microsecondsPerDay : 0
            anchor =
                isGathering ? Civil.floorDivide(first - offset, length) * length + offset : first
            standsOnMonthEnd = false
        case .months:
            let start = Int64(Civil.days(year: date.year, month: date.month, day: 1))
            anchor = isGathering ? start * Civil.microsecondsPerDay : first
            standsOnMonthEnd =
                !isGathering && Self.isMonthEnd(date) && Self.isMonthEnd(end) && date.day >= 28
        }
    }

    /// The number of the step that a point belongs to; `first` has 0.
    func index(_ instant: Int64) -> Int {
        switch step {
        case .microseconds(let length):
            let (distance, isTooFar) = instant.subtractingReportingOverflow(anchor)
            guard !isTooFar else { return Int.max / 2 }
            let whole = Civil.floorDivide(distance, length)
            let rest = distance - whole * length
            return Int(!isGathering && rest >= length - rest ? whole + 1 : whole)
        case .months(let length):
            let months = Self.month(instant) - Self.month(anchor)
            return months >= 0 ? months / length : -1
        }
    }

    /// The time of a step; nil beyond the range of timestamps.
    func instant(_ index: Int) -> Int64? {
        switch step {
        case .microseconds(let length):
            let (distance, first) = Int64(index).multipliedReportingOverflow(by: length)
            let (instant, second) = anchor.addingReportingOverflow(distance)
            return first || second || !Self.range.contains(instant) ? nil : instant
        case .months(let length):
            let month = Self.month(anchor) + index * length
            let (year, number) = (month / 12, month % 12 + 1)
            guard (-4_700...294_000).contains(year) else { return nil }
            let most = Civil.daysInMonth(year: year, month: number)
            let day = standsOnMonthEnd ? most : min(Self.date(anchor).day, most)
            let days = Int64(Civil.days(year: year, month: number, day: day))
            let time =
                anchor - Civil.floorDivide(anchor, Civil.microsecondsPerDay)
                * Civil.microsecondsPerDay
            return days * Civil.microsecondsPerDay + time
        }
    }

    /// About 4700 BC to 294000 AD.
    private static let range = Int64(-210_000_000_000_000_000)...9_214_000_000_000_000_000

    private static func date(_ instant: Int64) -> (year: Int, month: Int, day: Int) {
        Civil.date(days: Int(Civil.floorDivide(instant, Civil.microsecondsPerDay)))
    }

    private static func month(_ instant: Int64) -> Int {
        let date = date(instant)
        return date.year * 12 + date.month - 1
    }

    private static func isMonthEnd(_ date: (year: Int, month: Int, day: Int)) -> Bool {
        date.day == Civil.daysInMonth(year: date.year, month: date.month)
    }
}
