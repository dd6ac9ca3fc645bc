import DemetraTypes

// Parser of interval fields.
//
// Safe because only the `count` bytes given are read.

/// Fields of an interval column: `1 year 2 mons -3 days 04:05:06.7`, any part missing, or a trailing
/// `ago`.
struct IntervalField: FieldParser {
    static let filler = Interval()

    func parse(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ element: UnsafeMutablePointer<Interval>
    ) -> FieldOutcome {
        let string = String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self)
        var words = string.lowercased().split(separator: " ").map(String.init)
        if words.first == "@" { words.removeFirst() }
        let isAgo = words.last == "ago"
        if isAgo { words.removeLast() }
        guard !words.isEmpty else { return .malformed }
        var total = IntervalSum()
        var index = 0
        while index < words.count {
            let word = words[index]
            if word.contains(":") {
                guard total.addTime(word) else { return .malformed }
                index += 1
                continue
            }
            // The unit may stand apart (`3 days`) or not (`3d`).
            let number = String(word.prefix { !$0.isLetter })
            var unit = String(word.dropFirst(number.count))
            index += 1
            if unit.isEmpty, index < words.count, words[index].first?.isLetter == true {
                unit = words[index]
                index += 1
            }
            guard let amount = Double(number), total.add(amount, unit.isEmpty ? "s" : unit) else {
                return .malformed
            }
        }
        guard let interval = total.interval(isAgo: isAgo) else { return .outOfRange }
        element.pointee = interval
        return .parsed
    }
}

/// The parts of an interval while they are added up.
private struct IntervalSum {
    private var months = 0.0
    private var days = 0.0
    private var microseconds = 0.0

    /// Adds `amount` units; false when the unit is unknown.
    mutating func add(_ amount: Double, _ unit: String) -> Bool {
        switch unit {
        case "y", "year", "years", "yr", "yrs": months += amount * 12
        case "mon", "mons", "month", "months": addMonths(amount)
        case "w", "week", "weeks": addDays(amount * 7)
        case "d", "day", "days": addDays(amount)
        case "h", "hour", "hours", "hr", "hrs": microseconds += amount * 3_600_000_000
        case "m", "min", "mins", "minute", "minutes": microseconds += amount * 60_000_000
        case "s", "sec", "secs", "second", "seconds": microseconds += amount * 1_000_000
        case "ms", "millisecond", "milliseconds", "msec": microseconds += amount * 1_000
        case "us", "microsecond", "microseconds", "usec": microseconds += amount
        default: return false
        }
        return true
    }

    /// A fraction of a month is days of a 30-day month, as in PostgreSQL.
    private mutating func addMonths(_ amount: Double) {
        let whole = Double(Int64(clamping: Int(exactly: amount.rounded(.towardZero)) ?? 0))
        months += whole
        addDays((amount - whole) * 30)
    }

    private mutating func addDays(_ amount: Double) {
        let whole = amount.rounded(.towardZero)
        days += whole
        microseconds += (amount - whole) * 86_400_000_000
    }

    /// Adds `[-]HH:MM[:SS[.fraction]]`; hours may exceed a day.
    mutating func addTime(_ word: String) -> Bool {
        let isNegative = word.hasPrefix("-")
        let parts = word.drop { $0 == "-" || $0 == "+" }.split(
            separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let hours = Double(parts[0]),
            let minutes = Double(parts[1]), minutes < 60
        else { return false }
        var seconds = 0.0
        if parts.count == 3 {
            guard let parsed = Double(parts[2]), parsed < 61 else { return false }
            seconds = parsed
        }
        let time = (hours * 3_600 + minutes * 60 + seconds) * 1_000_000
        microseconds += isNegative ? -time : time
        return true
    }

    /// The interval; nil when a part does not fit.
    func interval(isAgo: Bool) -> Interval? {
        let sign = isAgo ? -1.0 : 1.0
        guard let months = Int32(exactly: (sign * months).rounded()),
            let days = Int32(exactly: (sign * days).rounded()),
            let microseconds = Int64(exactly: (sign * microseconds).rounded())
        else { return nil }
        return Interval(months: months, days: days, microseconds: microseconds)
    }
}
