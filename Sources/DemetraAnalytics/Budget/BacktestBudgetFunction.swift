package import DemetraFunctions
package import DemetraTypes
import DemetraVectors

/// `BACKTEST_BUDGET(rel, ...)`: the door from SQL to `BudgetBacktest`.
package enum BacktestBudgetFunction {
    private static let named =
        SpendArguments.names + SpendArguments.columnNames + ChangeLimits.names + ["risk", "tests"]
    private static let usualTestCount = 3

    /// The table function.
    package static let function = TableFunction(
        "backtest_budget",
        usage: "rel, channel => 'channel', spend => 'spend', outcome => 'revenue', ts => 'date', "
            + "tests => 3, max_change => 0.5, risk => 0.5, level => 0.9, settling => text",
        changesArguments: [SettledRows.argument]
    ) { arguments throws(DemetraError) in
        let call = try FunctionArguments(
            arguments, function: "BACKTEST_BUDGET", positional: ["rel"], named: named)
        let relation = try call.requiredRelation("rel")
        let shared = try SpendArguments(call, relation.schema, function: "BACKTEST_BUDGET")
        let limits = try ChangeLimits(call)
        let risk = try call.number("risk", from: 0, to: 10) ?? 0.5
        let tests = try call.integer("tests", from: 1, to: 50) ?? usualTestCount
        return BoundTableFunction(schema: schema) { relations, context throws(DemetraError) in
            let rows = RelationColumns(
                schema: relation.schema, batches: relations[relation.index])
            guard rows.rowCount > 0 else { return [] }
            let (history, excluded) = try shared.history(rows, relations, context)
            guard history.periodCount >= BudgetBacktest.leastPeriodCount else {
                throw DemetraError(
                    .invalidParameterValue,
                    "BACKTEST_BUDGET needs at least \(BudgetBacktest.leastPeriodCount) periods of "
                        + "history, got \(history.periodCount)",
                    hint: "One half is learned from, the other is tested on.")
            }
            let unit = shared.periods(history)
            let backtest = BudgetBacktest(
                history: history, testCount: tests, limits: limits, lookback: shared.lookback,
                margin: shared.margin, risk: risk, level: shared.level, seed: shared.seed,
                unit: unit)
            let report = BacktestReport(
                history: history, level: shared.level, unit: unit, excluded: excluded)
            return report.batches(try backtest.run(context))
        }
    }

    /// The output columns.
    package static let schema = Schema(
        [
            Field(name: "test", type: .bigint), Field(name: "test_start", type: .date),
            Field(name: "test_end", type: .date), Field(name: "channel", type: .text),
        ]
            + [
                "actual_spend", "allocated_spend", "actual_response", "allocated_response", "gain",
                "lower", "upper", "gain_pct", "gain_pct_lower", "gain_pct_upper", "p_improve",
                "p_gain_25", "p_gain_40", "promised_gain",
            ].map { Field(name: $0, type: .double) } + [Field(name: "notice", type: .text)])
}

/// Puts tests into rows: the channels and the sum of each test, then the sum of all tests.
struct BacktestReport {
    /// One row, amounts per period.
    private struct Row {
        var test: Int?
        var periods: Range<Int>
        var channel: String
        var spend = (actual: 0.0, allocated: 0.0)
        var response = (actual: 0.0, allocated: 0.0)
        var gains: [Double] = []
        /// The gain of each draw in percent; empty in the rows of channels.
        var percents: [Double] = []
        var promised = 0.0
        var notes: [String] = []
    }

    let history: SpendHistory
    let level: Double
    let unit: Double
    let excluded: Int

    /// Gains that campaigns are often promised, in percent.
    private static let milestones = [25.0, 40]
    private static let pooledDrawCount = 800

    /// The rows of all tests.
    func batches(_ tests: [BudgetBacktest.Test]) -> [Batch] {
        var rows: [Row] = []
        var totals: [Row] = []
        for (index, test) in tests.enumerated() {
            for channel in test.channels { rows.append(row(channel, index + 1, test.periods)) }
            totals.append(total(test, index + 1))
            rows.append(totals[totals.count - 1])
        }
        if let pooled = pooled(totals) { rows.append(pooled) }
        return batches(rows)
    }

    private func row(
        _ channel: BudgetBacktest.ChannelRow, _ test: Int, _ periods: Range<Int>
    ) -> Row {
        var row = Row(test: test, periods: periods, channel: channel.channel)
        row.spend = (channel.actualSpend, channel.allocatedSpend)
        row.response = (channel.actualResponse, channel.allocatedResponse)
        (row.gains, row.promised) = (channel.gains, channel.promised)
        if channel.evidence == .none {
            row.notes.append("the periods from the test on do not tell what more or less does")
        }
        return row
    }

    private func total(_ test: BudgetBacktest.Test, _ number: Int) -> Row {
        var row = Row(test: number, periods: test.periods, channel: "TOTAL")
        for channel in test.channels {
            row.spend.actual += channel.actualSpend
            row.spend.allocated += channel.allocatedSpend
            row.response.actual += channel.actualResponse
            row.response.allocated += channel.allocatedResponse
        }
        (row.gains, row.promised) = (test.gains, test.promised)
        row.percents = zip(test.gains, test.actual).map { $1 > 0 ? 100 * $0 / $1 : .nan }
            .filter { !$0.isNaN }
        if row.spend.actual <= 0 {
            row.notes.append("nothing was spent in this time")
        } else if row.response.actual <= 0 {
            row.notes.append("the periods from the test on show no response to any spend")
        }
        return row
    }

    /// The mean over all tests by their length, as if their judges erred together.
    private func pooled(_ totals: [Row]) -> Row? {
        guard let first = totals.first, let last = totals.last else { return nil }
        var row = Row(
            test: nil, periods: first.periods.lowerBound..<last.periods.upperBound,
            channel: "TOTAL")
        row.gains = [Double](repeating: 0, count: Self.pooledDrawCount)
        for total in totals {
            let weight = Double(total.periods.count) / Double(row.periods.count)
            row.spend.actual += weight * total.spend.actual
            row.spend.allocated += weight * total.spend.allocated
            row.response.actual += weight * total.response.actual
            row.response.allocated += weight * total.response.allocated
            row.promised += weight * total.promised
            let sorted = total.gains.sorted()
            for draw in row.gains.indices where !sorted.isEmpty {
                let probability = (Double(draw) + 0.5) / Double(row.gains.count)
                row.gains[draw] +=
                    weight * OrderStatistics.quantile(sorted: sorted, probability)
            }
        }
        let actual = row.response.actual
        if actual > 0 { row.percents = row.gains.map { 100 * $0 / actual } }
        row.notes += milestoneNotes(row.percents)
        if case .total = history.outcome {
            row.notes.append("responses are what advertising adds, not the whole outcome")
        }
        row.notes += ExtrapolationNotes.excluded(excluded)
        return row
    }

    /// Whether the gains that are often promised were reached.
    private func milestoneNotes(_ percents: [Double]) -> [String] {
        guard !percents.isEmpty else { return ["no gain can be told"] }
        let (lower, upper) = interval(percents)
        return Self.milestones.map { milestone in
            let verdict =
                lower >= milestone ? "reached" : (upper < milestone ? "not reached" : "not shown")
            return "a gain of \(PlainNumber.text(milestone)) % was \(verdict)"
        }
    }

    private func interval(_ draws: [Double]) -> (lower: Double, upper: Double) {
        OrderStatistics.interval(draws, level: level)
    }

    private func batches(_ rows: [Row]) -> [Batch] {
        let gains = rows.map { interval($0.gains) }
        let percents = rows.map { interval($0.percents) }
        func amounts(_ value: (Row) -> Double) -> ResultColumn {
            .doubles(rows.map { value($0) * unit })
        }
        func reached(_ milestone: Double) -> ResultColumn {
            .doubles(
                rows.map { row in
                    row.percents.isEmpty
                        ? .nan
                        : Double(row.percents.count { $0 >= milestone })
                            / Double(row.percents.count)
                })
        }
        let columns: [ResultColumn] = [
            .values(rows.map { row in row.test.map { .integer(Int64($0)) } ?? .null }),
            .values(rows.map { date(history.firstDays[$0.periods.lowerBound]) }),
            .values(rows.map { date(lastDay($0.periods)) }),
            .texts(rows.map(\.channel)), amounts(\.spend.actual), amounts(\.spend.allocated),
            amounts(\.response.actual), amounts(\.response.allocated),
            amounts { $0.response.allocated - $0.response.actual },
            .doubles(gains.map { $0.lower * unit }), .doubles(gains.map { $0.upper * unit }),
            .doubles(
                rows.map {
                    $0.response.actual > 0
                        ? 100 * ($0.response.allocated / $0.response.actual - 1) : .nan
                }),
            .doubles(percents.map(\.lower)), .doubles(percents.map(\.upper)),
            .doubles(
                rows.map { row in
                    BudgetSimulation.share(row.gains, above: 0, size: row.response.actual)
                }),
            reached(Self.milestones[0]), reached(Self.milestones[1]), amounts(\.promised),
            .notes(rows.map(\.notes)),
        ]
        return ResultColumn.batches(
            columns, schema: BacktestBudgetFunction.schema, rowCount: rows.count)
    }

    private func date(_ day: Int) -> Value { .date(CalendarDate(days: Int32(clamping: day))) }

    /// The last day of some periods.
    private func lastDay(_ periods: Range<Int>) -> Int {
        periods.upperBound < history.firstDays.count
            ? history.firstDays[periods.upperBound] - 1
            : history.firstDays[periods.upperBound - 1] + Int(history.periodDays.rounded()) - 1
    }
}
