import DemetraAnalytics
import DemetraTypes
import DemetraVectors

/// Campaigns with a known share of signal: revenue by channel, and more by goal and budget if asked.
struct CampaignTable {
    static let schema = Schema([
        Field(name: "campaign_id", type: .bigint), Field(name: "channel", type: .text),
        Field(name: "goal", type: .text), Field(name: "budget", type: .double),
        Field(name: "launched", type: .date), Field(name: "roi", type: .double),
    ])

    /// Rows of which `signal` says how much goal and budget matter; noise is uniform.
    static func rows(_ count: Int, signal: Double, seed: UInt64 = 3) -> [[Value]] {
        var generator = SeededGenerator(seed: seed)
        let channels = ["email", "search", "social"]
        let goals = ["awareness", "leads", "sales"]
        return (0..<count).map { row in
            let channel = generator.index(below: 3)
            let goal = generator.index(below: 3)
            let budget = 100 + 900 * generator.uniform()
            let planted = Double(goal) + (budget > 500 ? 1.5 : 0)
            let roi = Double(channel) * 1.5 + signal * planted + 2 * generator.uniform()
            return [
                .integer(Int64(1_000 + row)), .text(channels[channel]), .text(goals[goal]),
                .double(budget), .date(CalendarDate(days: Int32(19_000 + row % 300))), .double(roi),
            ]
        }
    }

    static func train(
        _ rows: [[Value]], _ change: (inout ROIModelOptions) -> Void = { _ in }
    ) throws(DemetraError) -> ROIModel {
        var options = ROIModelOptions()
        options.name = "roi"
        options.id = "campaign_id"
        options.group = "channel"
        options.booster.roundLimit = 120
        change(&options)
        return try ROIModel.train(
            schema: schema, batches: CampaignSimulation.batches(rows, schema), target: "roi",
            options: options, trainedAt: Timestamp(microseconds: 0),
            cancellation: CancellationFlag())
    }

    static func predict(
        _ model: ROIModel, _ rows: [[Value]], level: Double? = nil
    ) -> ROIModel.Prediction {
        let batches = CampaignSimulation.batches(rows, schema)
        return model.predict(schema: schema, batch: batches[0], level: level)
    }
}
