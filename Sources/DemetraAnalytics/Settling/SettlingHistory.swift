import DemetraFunctions
import DemetraTypes

/// What was known of each day of each channel, at each age of the day.
struct SettlingHistory: Sendable {
    /// One day of one channel.
    struct Day: Sendable {
        /// Days since 1970.
        let day: Int64
        /// The age at which the first row of the day came.
        let firstAge: Int
        /// How old the day is at the last commit.
        let age: Int
        /// The value by the end of each age from `firstAge` on, as far as it was watched; none is above the oldest age.
        let values: [Double]
        /// The value as it stands.
        let known: Double

        /// The value by the end of an age, nil where it was not watched.
        func value(_ age: Int) -> Double? {
            let index = age - firstAge
            return values.indices.contains(index) ? values[index] : nil
        }
    }

    /// The days of one channel, in order.
    struct Channel: Sendable {
        /// Nil where channels are not told apart, or a row has none.
        let name: String?
        let days: [Day]
    }

    /// By name, the one without a name first.
    let channels: [Channel]
    /// The day of the last commit, which ends what was watched: days since 1970.
    let lastDay: Int64
    /// The age from which on a day counts as final.
    let oldestAge: Int

    private struct Key: Hashable {
        let channel: String?
        let day: Int64
    }

    /// Reads a change feed.
    ///
    /// The feed is in the order of commits, so sums are always the same.
    ///
    /// - Parameters:
    ///   - oldest: the age from which on a day counts as final.
    ///   - zone: whose clocks say on which day a commit was made.
    /// - Throws: 57014 when cancelled.
    init(
        _ rows: RelationColumns, _ columns: ChangeColumns, oldest: Int, zone: TimeZoneRules,
        _ cancellation: CancellationFlag
    ) throws(DemetraError) {
        let commits = DayColumn.days(rows, columns.commitTime, zone: zone)
        var changes: [Key: [Int: Double]] = [:]
        func add(
            _ day: Int, _ channel: Int?, _ metric: Int, sign: Double
        ) throws(DemetraError) {
            let days = DayColumn.days(rows, day, zone: zone)
            let amounts = rows.numbers(metric)
            let names = channel.map { rows.names($0) }
            for row in 0..<rows.rowCount {
                if row & 0xffff == 0 { try cancellation.check() }
                guard let day = days[row], let commit = commits[row], !amounts[row].isNaN
                else { continue }
                let code = names.map { Int($0.codes[row]) } ?? -1
                let key = Key(channel: code < 0 ? nil : names?.names[code], day: day)
                // What is told of a day in advance belongs to its beginning.
                let age = Int(max(0, commit - day))
                changes[key, default: [:]][age, default: 0] += sign * amounts[row]
            }
        }
        try add(columns.day.new, columns.channel?.new, columns.metric.new, sign: 1)
        try add(columns.day.old, columns.channel?.old, columns.metric.old, sign: -1)
        let last = commits.reduce(Int64.min) { max($0, $1 ?? .min) }
        lastDay = last
        oldestAge = oldest
        var days: [String?: [Day]] = [:]
        for (key, changes) in changes {
            days[key.channel, default: []].append(
                Self.day(key.day, changes, age: Int(max(0, last - key.day)), oldest: oldest))
        }
        channels = days.map { name, days in
            Channel(name: name, days: days.sorted { $0.day < $1.day })
        }.sorted { ($0.name ?? "") < ($1.name ?? "") }
    }

    private static func day(
        _ day: Int64, _ changes: [Int: Double], age: Int, oldest: Int
    ) -> Day {
        let ages = changes.sorted { $0.key < $1.key }
        let first = ages.first?.key ?? 0
        var values: [Double] = []
        var sum = 0.0
        var next = 0
        for age in first...max(first, min(age, oldest)) {
            while next < ages.count, ages[next].key <= age {
                sum += ages[next].value
                next += 1
            }
            values.append(sum)
        }
        return Day(
            day: day, firstAge: first, age: age, values: values,
            known: ages.reduce(0) { $0 + $1.value })
    }
}
