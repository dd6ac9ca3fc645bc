import DemetraTypes
import DemetraVectors

/// The order of single values, for the few places that look at one value at a time.
enum ValueOrder {
    /// Negative, zero or positive as `left` sorts before, with or behind `right`; NULL sorts last.
    static func compare(_ left: Value, _ right: Value) -> Int {
        switch (left, right) {
        case (.null, .null): return 0
        case (.null, _): return 1
        case (_, .null): return -1
        case (.integer(let a), .integer(let b)): return order(a, b)
        case (.double(let a), .double(let b)):
            if a.isNaN || b.isNaN { return a.isNaN ? (b.isNaN ? 0 : 1) : -1 }
            return order(a, b)
        case (.numeric(let a), .numeric(let b)): return a.compare(b)
        case (.text(let a), .text(let b)):
            return a == b ? 0 : (Array(a.utf8).lexicographicallyPrecedes(Array(b.utf8)) ? -1 : 1)
        case (.boolean(let a), .boolean(let b)): return order(a ? 1 : 0, b ? 1 : 0)
        default: return order(number(left), number(right))
        }
    }

    private static func order<Number: Comparable>(_ left: Number, _ right: Number) -> Int {
        left < right ? -1 : (left > right ? 1 : 0)
    }

    private static let microsecondsPerDay: Int64 = 86_400_000_000

    /// Dates and times on one line, in microseconds; intervals with months of 30 days.
    private static func number(_ value: Value) -> Int128 {
        switch value {
        case .date(let date): Int128(date.days) * Int128(microsecondsPerDay)
        case .time(let time): Int128(time)
        case .timestamp(let time), .timestamptz(let time): Int128(time.microseconds)
        case .interval(let interval):
            (Int128(interval.months) * 30 + Int128(interval.days)) * Int128(microsecondsPerDay)
                + Int128(interval.microseconds)
        case .integer(let number): Int128(number)
        default: 0
        }
    }
}

extension Interval {
    /// Less than no time, with months of 30 days.
    var isNegative: Bool { ValueOrder.compare(.interval(self), .interval(Interval())) < 0 }
}
