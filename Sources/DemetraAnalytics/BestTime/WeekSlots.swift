import DemetraTypes

/// How BEST_TIME cuts a week.
enum WeekSlots: String, Sendable, CaseIterable {
    case hour, dow
    case both = "dow_hour"

    /// The number of slots.
    var count: Int { self == .both ? 168 : self == .dow ? 7 : 24 }

    /// The slot of a time in microseconds since 1970 by the local clocks.
    func slot(_ local: Int64) -> Int {
        let day = DayColumn.day(local)
        let hour = Int((local - day * Civil.microsecondsPerDay) / 3_600_000_000)
        // 1970-01-01 was a Thursday; Sunday is 0.
        let weekday = Int(((day + 4) % 7 + 7) % 7)
        switch self {
        case .hour: return hour
        case .dow: return weekday
        case .both: return weekday * 24 + hour
        }
    }

    /// The day of a slot's week, from Sunday; nil when slots are hours of all days.
    func weekday(_ slot: Int) -> Int? {
        switch self {
        case .hour: nil
        case .dow: slot
        case .both: slot / 24
        }
    }

    /// The hour of a slot; nil when slots are whole days.
    func hour(_ slot: Int) -> Int? { self == .dow ? nil : slot % 24 }
}
