import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import Testing

/// On labels dealt at random there is nothing to find: whoever finds something in more runs than the
/// level allows is lying.
@Suite struct `Functions on shuffled labels` {
    private static let runs = 200
    /// A tenth of the runs, at the level of 0.9.
    private static let allowed = 20

    /// In how many runs any row is significant.
    private func findings(
        _ function: TableFunction, _ arguments: [(String, Value)], _ rows: (UInt64) -> [[Value]]
    ) throws -> Int {
        let call = RelationCall(function, AdTable.schema)
        var found = 0
        for run in 0..<Self.runs {
            let answer = try call.named(rows(UInt64(run) + 1), arguments)
            #expect(!answer.isEmpty)
            if answer.contains(where: { $0["significant"] == .boolean(true) }) { found += 1 }
        }
        return found
    }

    @Test(arguments: ["roi", "cpa", "ctr", "cvr"])
    func `show no difference between channels`(metric: String) throws {
        let found = try findings(
            CompareChannelsFunction.function, [("metric", .text(metric))]
        ) { AdTable.shuffled(AdTable().rows(seed: $0), ["channel"], seed: $0 &+ 1_000) }
        #expect(found <= Self.allowed, "\(metric)")
    }

    @Test(arguments: ["roas", "ctr"])
    func `show no difference between few channels of few days`(metric: String) throws {
        var table = AdTable()
        (table.channels, table.days) = (["Email", "TikTok"], 14)
        let found = try findings(
            CompareChannelsFunction.function, [("metric", .text(metric))]
        ) { AdTable.shuffled(table.rows(seed: $0), ["channel"], seed: $0 &+ 2_000) }
        #expect(found <= Self.allowed, "\(metric)")
    }

    @Test(arguments: ["roi", "ctr"])
    func `show no difference between segments`(metric: String) throws {
        let found = try findings(
            AudienceFunction.function,
            [("metric", .text(metric)), ("segment", .text("age,gender"))]
        ) { AdTable.shuffled(AdTable().rows(seed: $0), ["age", "gender"], seed: $0 &+ 3_000) }
        #expect(found <= Self.allowed, "\(metric)")
    }

    @Test(arguments: ["roas", "ctr", "revenue"])
    func `show no driver of a change`(metric: String) throws {
        let found = try findings(
            DriversFunction.function,
            [
                ("metric", .text(metric)), ("totals", .boolean(true)),
                ("period_a", .text("2024-10-04/2024-11-02")),
                ("period_b", .text("2024-11-03/2024-12-02")),
            ]
        ) { AdTable.shuffled(AdTable().rows(seed: $0), ["channel"], seed: $0 &+ 4_000) }
        #expect(found <= Self.allowed, "\(metric)")
    }

    @Test(arguments: ["hour", "dow", "dow_hour"])
    func `show no time that is better`(by: String) throws {
        let found = try times(by) { run in
            SlotTable.shuffled(
                SlotTable.rows(seed: run, days: 28) { _, _ in 1 }, seed: run &+ 5_000)
        }
        #expect(found <= Self.allowed, "\(by)")
    }

    @Test(arguments: ["hour", "dow", "dow_hour"])
    func `do not take a few good days for a good weekday`(by: String) throws {
        let found = try times(by) { SlotTable.rows(seed: $0 &+ 9_000, days: 28) { _, _ in 1 } }
        #expect(found <= Self.allowed, "\(by)")
    }

    /// In how many runs any time is significant.
    private func times(_ by: String, _ rows: (UInt64) -> [[Value]]) throws -> Int {
        let call = RelationCall(BestTimeFunction.function, SlotTable.schema)
        var found = 0
        for run in 0..<Self.runs {
            let answer = try call.named(rows(UInt64(run) + 1), [("by", .text(by))])
            if answer.contains(where: { $0["significant"] == .boolean(true) }) { found += 1 }
        }
        return found
    }
}
