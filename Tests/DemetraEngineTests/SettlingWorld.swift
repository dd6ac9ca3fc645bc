import Demetra
import DemetraTesting
import DemetraTypes

/// A table of days whose revenue is loaded every morning as the platforms know it by then.
///
/// Meta knows 70, 85, 95 % of a day after one, two, three days and all of it after four; Google 90 % and then all.
struct SettlingWorld {
    static let shares: [(channel: String, shares: [Double])] = [
        ("google", [0, 0.9]), ("meta", [0, 0.7, 0.85, 0.95]),
    ]
    static let watchedDays = 60
    /// 2026-01-01.
    private static let firstDay: Int64 = 20_454

    let connection: Connection
    /// What each day comes to in the end, by channel.
    let finals: [String: [Double]]

    /// The database after so many mornings.
    ///
    /// - Parameter noise: how far shares of single days are from the usual ones.
    init(seed: UInt64, noise: Double, history: Bool = true) throws {
        let clock = ManualClock(start: Timestamp(microseconds: Self.instant(day: 0)))
        let database = try Database.open(
            "db", fileSystem: SimulatedFileSystem(seed: Seed(seed)), clock: clock,
            DatabaseConfiguration(processorCount: 2))
        connection = database.connect()
        var random = Seed(seed).generator
        func spread() -> Double { Double(random.below(2_001)) / 1_000 - 1 }
        var finals: [String: [Double]] = [:]
        var shares: [String: [[Double]]] = [:]
        for (channel, usual) in Self.shares {
            finals[channel] = (0..<Self.watchedDays).map { _ in 1_000 * (1 + 0.3 * spread()) }
            shares[channel] = (0..<Self.watchedDays).map { _ in
                usual.map { max(0, min(1, $0 + noise * spread())) }
            }
        }
        self.finals = finals
        try connection.query(
            SQL(
                "CREATE TABLE ads (day date, channel text, revenue double precision, "
                    + "note text, PRIMARY KEY (day, channel))"
                    + (history ? " WITH (history = '400 days')" : "")))
        for today in 1...Self.watchedDays {
            clock.advance(microseconds: 86_400_000_000)
            var rows: [String] = []
            for day in max(0, today - 10)..<today {
                for (channel, _) in Self.shares {
                    let known = shares[channel]?[day] ?? []
                    let age = today - day
                    let share = age < known.count ? known[age] : 1
                    let final = finals[channel]?[day] ?? 0
                    rows.append("('\(Self.date(day))', '\(channel)', \(share * final))")
                }
            }
            try connection.query(
                SQL(
                    "INSERT INTO ads (day, channel, revenue) VALUES \(rows.joined(separator: ", ")) "
                        + "ON CONFLICT (day, channel) DO UPDATE SET revenue = excluded.revenue"))
        }
    }

    /// Six in the morning of a day of 2026.
    private static func instant(day: Int) -> Int64 {
        (firstDay + Int64(day)) * 86_400_000_000 + 21_600_000_000
    }

    /// A day by its number.
    static func date(_ day: Int) -> CalendarDate {
        CalendarDate(days: Int32(firstDay) + Int32(day))
    }

    /// Rows by the names of their columns.
    func rows(_ sql: String) throws -> [[String: Value]] {
        try connection.query(SQL(sql)).map { row in
            Dictionary(
                zip(row.schema.fields.map(\.name), row.values), uniquingKeysWith: { $1 })
        }
    }

    /// How a statement fails; nil when it does not.
    func failure(_ sql: String) -> DemetraError? {
        do {
            _ = try connection.query(SQL(sql))
            return nil
        } catch { return error }
    }
}
