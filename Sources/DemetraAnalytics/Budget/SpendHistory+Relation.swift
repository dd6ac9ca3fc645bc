package import DemetraTypes

/// Which columns of a relation hold spend, outcome and time.
package struct SpendColumns: Sendable {
    /// The shape of the relation.
    package enum Layout: Sendable {
        /// A row per period and channel: the columns of channel and spend.
        case long(channel: Int, spend: Int)
        /// A row per period: the spend column of each channel.
        case wide([(channel: String, column: Int)])
    }

    /// The shape.
    package var layout: Layout
    /// Column of the time.
    package var time: Int
    /// Column of the outcome.
    package var outcome: Int
    /// Columns that move a total outcome.
    package var controls: [Int]

    /// Makes a choice of columns.
    package init(layout: Layout, time: Int, outcome: Int, controls: [Int]) {
        self.layout = layout
        self.time = time
        self.outcome = outcome
        self.controls = controls
    }
}

extension SpendHistory {
    /// One observation after cleaning.
    private struct Observation {
        var instant: Int64
        var channel: Int
        var spend: Double
        var outcome: Double
        var controls: [Double]
    }

    /// Builds the history of a relation and counts rows left out for a bad time, channel or spend.
    ///
    /// Rows are put in order first, so their order in the relation does not matter; duplicates of a
    /// period and channel are added up.
    ///
    /// - Throws: 22023 when fewer than two periods are left.
    package static func read(
        _ relation: RelationColumns, _ columns: SpendColumns, function: String = "ALLOCATE_BUDGET"
    ) throws(DemetraError) -> (history: SpendHistory, excluded: Int) {
        let (names, observations, excluded) = self.observations(relation, columns)
        let calendar = PeriodCalendar(observations.map(\.instant))
        guard calendar.periodCount >= 2, !names.isEmpty else {
            throw DemetraError(
                .invalidParameterValue,
                "\(function) needs at least 2 periods of history, got \(calendar.periodCount)",
                hint: "Give rows of several days or weeks with time, channel, spend and outcome.")
        }
        var builder = HistoryBuilder(
            channelCount: names.count, periodCount: calendar.periodCount,
            controlCount: columns.controls.count)
        let isWide: Bool
        if case .wide = columns.layout { isWide = true } else { isWide = false }
        for row in observations {
            builder.add(
                period: calendar.period(row.instant), channel: row.channel, spend: row.spend,
                outcome: row.outcome, controls: row.controls)
        }
        return (builder.finish(names, calendar, isWide: isWide), excluded)
    }

    private static func observations(
        _ relation: RelationColumns, _ columns: SpendColumns
    ) -> (names: [String], rows: [Observation], excluded: Int) {
        let instants = relation.instants(columns.time)
        let outcomes = relation.numbers(columns.outcome)
        let controls = columns.controls.map { relation.numbers($0) }
        var rows: [Observation] = []
        var excluded = 0
        func append(_ row: Int, _ channel: Int, _ spend: Double) {
            guard let instant = instants[row], !spend.isNaN, spend >= 0 else {
                excluded += 1
                return
            }
            rows.append(
                Observation(
                    instant: instant, channel: channel, spend: spend, outcome: outcomes[row],
                    controls: controls.map { $0[row].isNaN ? 0 : $0[row] }))
        }
        let names: [String]
        switch columns.layout {
        case .long(let channelColumn, let spendColumn):
            let channels = relation.texts(channelColumn)
            let spend = relation.numbers(spendColumn)
            names = Set(channels.compactMap { $0 }).sorted()
            let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
            for row in 0..<relation.rowCount {
                guard let name = channels[row], let channel = numbers[name] else {
                    excluded += 1
                    continue
                }
                append(row, channel, spend[row])
            }
        case .wide(let channels):
            let sorted = channels.sorted { $0.channel < $1.channel }
            names = sorted.map(\.channel)
            for (channel, source) in sorted.enumerated() {
                let spend = relation.numbers(source.column)
                // An empty cell of a wide table is a channel that was not used.
                for row in 0..<relation.rowCount {
                    append(row, channel, spend[row].isNaN ? 0 : spend[row])
                }
            }
        }
        rows.sort { left, right in
            if left.instant != right.instant { return left.instant < right.instant }
            if left.channel != right.channel { return left.channel < right.channel }
            if left.spend != right.spend { return left.spend < right.spend }
            if left.outcome.isNaN != right.outcome.isNaN { return right.outcome.isNaN }
            return left.outcome < right.outcome
        }
        return (names, rows, excluded)
    }
}

/// Numbers points in time by the step they repeat in: days, weeks, months or any number of days.
struct PeriodCalendar {
    private enum Step {
        case days(Int)
        case months
    }

    private let step: Step
    private let first: Int
    /// Periods from the first to the last point.
    let periodCount: Int

    /// Finds the most frequent distance between neighbouring days.
    init(_ instants: [Int64]) {
        let days = Set(instants.map { Int(Civil.floorDivide($0, Civil.microsecondsPerDay)) })
            .sorted()
        guard let first = days.first, let last = days.last else {
            (step, self.first, periodCount) = (.days(1), 0, 0)
            return
        }
        self.first = first
        var counts: [Int: Int] = [:]
        for (left, right) in zip(days, days.dropFirst()) { counts[right - left, default: 0] += 1 }
        let common =
            counts.max { $0.value != $1.value ? $0.value < $1.value : $0.key > $1.key }?.key ?? 1
        if (28...31).contains(common) {
            step = .months
            periodCount = Self.month(last) - Self.month(first) + 1
        } else if common < 7, (last - first) / common < 20_000 {
            step = .days(1 * (common == 1 ? 1 : common))
            periodCount = (last - first) / common + 1
        } else {
            // Irregular or sparse: weeks keep the calendar short.
            let width = max(common, (last - first) / 20_000 + 1)
            step = .days(width)
            periodCount = (last - first) / width + 1
        }
    }

    private static func month(_ day: Int) -> Int {
        let date = Civil.date(days: day)
        return date.year * 12 + date.month
    }

    /// Days of a period.
    var periodDays: Double {
        switch step {
        case .days(let days): Double(days)
        case .months: 365.25 / 12
        }
    }

    /// The number of the period that holds a point in time.
    func period(_ instant: Int64) -> Int {
        let day = Int(Civil.floorDivide(instant, Civil.microsecondsPerDay))
        switch step {
        case .days(let days): return (day - first) / days
        case .months: return Self.month(day) - Self.month(first)
        }
    }

    /// The first day of every period, in days since 1970.
    var firstDays: [Int] {
        switch step {
        case .days(let days): return (0..<periodCount).map { first + $0 * days }
        case .months:
            let month = Self.month(first) - 1
            return (0..<periodCount).map { period in
                let year = Int(Civil.floorDivide(Int64(month + period), 12))
                return Civil.days(year: year, month: month + period - 12 * year + 1, day: 1)
            }
        }
    }

    /// Days of the week when a period is a day.
    var weekdays: [Int] {
        guard case .days(1) = step else { return [] }
        return (0..<periodCount).map { Civil.dayOfWeek(days: first + $0) }
    }
}

/// Collects observations into series over periods.
private struct HistoryBuilder {
    var spend: [[Double]]
    var outcome: [[Double]]
    var isSeen: [[Bool]]
    var controls: [[Double]]

    init(channelCount: Int, periodCount: Int, controlCount: Int) {
        let zeros = [Double](repeating: 0, count: periodCount)
        spend = Array(repeating: zeros, count: channelCount)
        outcome = Array(
            repeating: [Double](repeating: .nan, count: periodCount), count: channelCount)
        isSeen = Array(
            repeating: [Bool](repeating: false, count: periodCount), count: channelCount)
        controls = Array(repeating: zeros, count: controlCount)
    }

    mutating func add(
        period: Int, channel: Int, spend money: Double, outcome value: Double,
        controls row: [Double]
    ) {
        isSeen[channel][period] = true
        spend[channel][period] += money
        if !value.isNaN {
            let before = outcome[channel][period]
            outcome[channel][period] = before.isNaN ? value : before + value
        }
        for index in row.indices {
            controls[index][period] = max(controls[index][period], row[index])
        }
    }

    func finish(_ names: [String], _ calendar: PeriodCalendar, isWide: Bool) -> SpendHistory {
        var filled = self
        filled.fillLostRows()
        let outcomes: SpendHistory.Outcome
        if isWide || isSharedOutcome {
            let first = (0..<calendar.periodCount).map { period in
                outcome.first { !$0[period].isNaN }?[period] ?? .nan
            }
            outcomes = .total(first)
        } else {
            outcomes = .attributed(filled.outcome)
        }
        return SpendHistory(
            channels: names, spend: filled.spend, outcome: outcomes, controls: controls,
            weekdays: calendar.weekdays, periodDays: calendar.periodDays,
            firstDays: calendar.firstDays)
    }

    /// True when all channels carry the same outcome in nearly every period: it is one total, repeated.
    private var isSharedOutcome: Bool {
        guard outcome.count > 1, let first = outcome.first else { return false }
        var (same, compared, nonzero) = (0, 0, false)
        for period in first.indices {
            let values = outcome.map { $0[period] }.filter { !$0.isNaN }
            guard values.count > 1, let value = values.first else { continue }
            compared += 1
            if value != 0 { nonzero = true }
            if values.allSatisfy({ $0 == value }) { same += 1 }
        }
        return nonzero && compared > 2 && Double(same) >= 0.99 * Double(compared)
    }

    /// A single missing period between two present ones is a lost row, whose spend was most likely
    /// that of its neighbours; longer holes are pauses without spend. Neither has an outcome to fit.
    private mutating func fillLostRows() {
        for channel in spend.indices {
            let seen = isSeen[channel]
            guard seen.count > 2 else { continue }
            for period in 1..<(seen.count - 1)
            where !seen[period] && seen[period - 1] && seen[period + 1] {
                spend[channel][period] =
                    (spend[channel][period - 1] + spend[channel][period + 1]) / 2
            }
        }
    }
}
