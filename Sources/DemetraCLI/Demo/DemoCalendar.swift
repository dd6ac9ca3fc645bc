import Demetra

/// The days of the demo and what each brings: seasons, changes of budget and one incident.
///
/// The last day is the day before `today`, as after a nightly sync. Rows that a sync wrote carry midnight of
/// `today` as their time, which lies within the last 24 hours for whoever asks on that day.
struct DemoCalendar {
    /// The days of the incident, counted from the last one.
    static let incidentDayCount = 2
    /// The channel it happens on.
    static let incidentChannel = "tiktok"
    /// The last days, which a platform restates while late conversions come in.
    static let restatedDayCount = 3
    /// Budgets change every other week; the present one is the usual one.
    private static let budgetPeriodDayCount = 14

    /// The day the database is made for, in days since 1970.
    let today: Int
    /// Days of history.
    let dayCount: Int

    /// The first day.
    var firstDay: Int { today - dayCount }

    /// How many days before the last one a day is.
    func age(of day: Int) -> Int { today - 1 - day }

    /// Midnight of a day.
    func midnight(of day: Int) -> Timestamp {
        Timestamp(microseconds: Int64(day) * Civil.microsecondsPerDay)
    }

    /// True when the landing page was down for a channel: each visitor clicks again and again, every click is
    /// paid, and nobody buys.
    func isIncident(_ channel: DemoChannel, day: Int) -> Bool {
        channel.name == Self.incidentChannel && age(of: day) < Self.incidentDayCount
    }

    /// How much is shown and spent on a day, around 1: more at the end of the week and of the year.
    func demand(on day: Int) -> Double {
        Self.week[Civil.dayOfWeek(days: day)] * seasonalDemand(on: day)
    }

    /// The same without the day of the week.
    func seasonalDemand(on day: Int) -> Double { Self.year(day, Self.yearlyDemand) }

    /// How willingly people buy on a day, around 1.
    func willingness(on day: Int) -> Double {
        Self.weekWillingness[Civil.dayOfWeek(days: day)] * Self.year(day, Self.yearlyWillingness)
    }

    /// The level of spend of a channel in the fortnight of a day: marketers try more and less.
    func budgetLevel(seed: UInt64, channel: Int, day: Int) -> Double {
        let period = age(of: day) / Self.budgetPeriodDayCount
        guard period > 0 else { return 1 }
        var random = DemoRandom(seed: seed, kind: 1, channel, period)
        return random.between(0.55, 1.6)
    }

    /// From Sunday on.
    private static let week = [1.08, 0.93, 0.94, 0.96, 1.0, 1.04, 1.05]
    private static let weekWillingness = [1.04, 0.97, 0.97, 0.98, 1.0, 1.01, 1.03]
    /// The middle of each month, from January on.
    private static let yearlyDemand = [
        0.84, 0.88, 0.95, 0.98, 1.0, 0.97, 0.9, 0.92, 1.02, 1.08, 1.26, 1.2,
    ]
    private static let yearlyWillingness = [
        0.97, 0.98, 0.99, 1.0, 1.0, 0.99, 0.98, 0.98, 1.0, 1.02, 1.05, 1.04,
    ]

    /// The value between two months, straight from the middle of one to the middle of the next.
    private static func year(_ day: Int, _ months: [Double]) -> Double {
        let date = Civil.date(days: day)
        let length = Double(Civil.daysInMonth(year: date.year, month: date.month))
        let place = Double(date.month - 1) + (Double(date.day) - 0.5) / length - 0.5
        let wrapped = place < 0 ? place + 12 : place
        let month = Int(wrapped)
        let share = wrapped - Double(month)
        return months[month % 12] * (1 - share) + months[(month + 1) % 12] * share
    }
}
