import DemetraAnalytics
import DemetraTypes
import DemetraVectors
import Testing

/// Models of yes-or-no targets, on leads whose true probability is known.
@Suite struct `Models of classes` {
    private static let schema = Schema([
        Field(name: "id", type: .bigint), Field(name: "channel", type: .text),
        Field(name: "score", type: .double), Field(name: "noise", type: .double),
        Field(name: "won", type: .boolean),
    ])

    private struct Leads {
        var rows: [[Value]] = []
        var truth: [Double] = []
    }

    /// Leads won with log-odds `base` and, by channel and score, `signal` more or less.
    private func leads(
        _ count: Int, signal: Double, base: Double = -1, seed: UInt64 = 5
    ) -> Leads {
        var generator = SeededGenerator(seed: seed)
        var leads = Leads()
        for id in 0..<count {
            let channel = generator.index(below: 3)
            let score = generator.uniform()
            let odds = base + signal * (Double(channel - 1) + 4 * (score - 0.5))
            let probability = LogOdds.probability(odds)
            leads.truth.append(probability)
            leads.rows.append([
                .integer(Int64(id)), .text(["email", "search", "social"][channel]),
                .double(score), .double(generator.uniform()),
                .boolean(generator.uniform() < probability),
            ])
        }
        return leads
    }

    private func train(
        _ leads: Leads, _ change: (inout ROIModelOptions) -> Void = { _ in }
    ) throws(DemetraError) -> ROIModel {
        var options = ROIModelOptions()
        options.name = "win"
        options.id = "id"
        options.task = .classification
        options.booster.roundLimit = 120
        change(&options)
        return try ROIModel.train(
            schema: Self.schema, batches: CampaignSimulation.batches(leads.rows, Self.schema),
            target: "won", options: options, trainedAt: Timestamp(microseconds: 0),
            cancellation: CancellationFlag())
    }

    private struct Predictions {
        var predicted: [Double] = []
        var lower: [Double] = []
        var upper: [Double] = []
        var confidence: [Double] = []
        var lossProbability: [Double] = []
    }

    private func predict(
        _ model: ROIModel, _ leads: Leads, level: Double? = nil
    ) -> Predictions {
        var all = Predictions()
        for batch in CampaignSimulation.batches(leads.rows, Self.schema) {
            let part = model.predict(schema: Self.schema, batch: batch, level: level)
            all.predicted += part.predicted
            all.lower += part.lower
            all.upper += part.upper
            all.confidence += part.confidence
            all.lossProbability += part.lossProbability
        }
        return all
    }

    private func meanError(_ left: [Double], _ right: [Double]) -> Double {
        zip(left, right).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(left.count)
    }

    @Test(arguments: [UInt64(5), 6, 7])
    func `fresh rows get about their true probability`(seed: UInt64) throws {
        let model = try train(leads(6_000, signal: 1, seed: seed))
        #expect(model.signal == .strong)
        let fresh = leads(1_500, signal: 1, seed: seed + 100)
        let prediction = predict(model, fresh)
        #expect(meanError(prediction.predicted, fresh.truth) < 0.05)
        // Of a target that cannot be foreseen, the channel's rate is off by more than three times that.
        let plain = fresh.truth.reduce(0, +) / Double(fresh.truth.count)
        #expect(meanError(fresh.truth.map { _ in plain }, fresh.truth) > 0.15)
    }

    @Test(arguments: [UInt64(5), 6, 7])
    func `intervals hold the rate of fresh rows that were predicted alike`(
        seed: UInt64
    ) throws {
        let model = try train(leads(8_000, signal: 0.7, base: -2.5, seed: seed))
        let fresh = leads(2_000, signal: 0.7, base: -2.5, seed: seed + 50)
        let prediction = predict(model, fresh, level: 0.9)
        let order = fresh.truth.indices.sorted {
            (prediction.predicted[$0], $0) < (prediction.predicted[$1], $1)
        }
        var held = 0
        for tenth in 0..<10 {
            let rows = order[(tenth * 200)..<(tenth * 200 + 200)]
            func mean(_ values: [Double]) -> Double {
                rows.reduce(0) { $0 + values[$1] } / Double(rows.count)
            }
            let truth = mean(fresh.truth)
            if truth >= mean(prediction.lower), truth <= mean(prediction.upper) { held += 1 }
        }
        #expect(held >= 7, "\(held) of 10 with seed \(seed)")
        #expect(model.quality.coverage > 0.75)
    }

    @Test func `every number of a prediction lies where it must`() throws {
        let leads = leads(2_000, signal: 1.5)
        let prediction = predict(try train(leads), leads)
        for row in leads.rows.indices {
            let predicted = prediction.predicted[row]
            #expect(predicted > 0 && predicted < 1)
            #expect(prediction.lower[row] >= 0 && prediction.lower[row] <= predicted)
            #expect(prediction.upper[row] <= 1 && prediction.upper[row] >= predicted)
            #expect((0...1).contains(prediction.confidence[row]))
            // A lead that is not won is the loss.
            #expect(abs(prediction.lossProbability[row] - (1 - predicted)) < 1e-12)
        }
    }

    @Test func `on coin tosses there is no signal, and the rate of the rows is predicted`() throws {
        var found = 0
        for seed in UInt64(1)...8 {
            let leads = leads(1_000, signal: 0, seed: seed)
            let model = try train(leads)
            guard model.signal == .none else {
                found += 1
                continue
            }
            let prediction = predict(model, leads)
            let rate = LogOdds.probability(-1)
            #expect(prediction.predicted.allSatisfy { abs($0 - rate) < 0.08 })
            #expect(prediction.confidence.allSatisfy { $0 < 0.1 })
            #expect(model.importances.allSatisfy { $0.feature == "channel" || $0.share == 0 })
        }
        // Two deviations: one in forty is chance.
        #expect(found <= 1)
    }

    @Test func `few rows are told apart by a line`() throws {
        let leads = leads(150, signal: 2)
        let model = try train(leads)
        #expect(model.signal != .none)
        let fresh = self.leads(500, signal: 2, seed: 77)
        #expect(meanError(predict(model, fresh).predicted, fresh.truth) < 0.12)
    }

    @Test(arguments: [true, false])
    func `one class alone is predicted, and said to be alone`(won: Bool) throws {
        var leads = leads(300, signal: 1)
        for row in leads.rows.indices { leads.rows[row][4] = .boolean(won) }
        let model = try train(leads)
        #expect(model.notice.contains("nothing to tell apart"))
        #expect(predict(model, leads).predicted.allSatisfy { abs($0 - (won ? 1 : 0)) < 1e-3 })
    }

    @Test func `stored, reread, and on many threads it is the same model`() throws {
        let leads = leads(1_000, signal: 1)
        let model = try train(leads)
        let again = try ROIModel(encoded: model.encoded())
        #expect(again.encoded() == model.encoded())
        #expect(again.task == .classification && again.rates == model.rates)
        var shuffled = leads
        var generator = SeededGenerator(seed: 9)
        shuffled.rows.shuffle(using: &generator)
        #expect(try train(shuffled).encoded() == model.encoded())
        var damaged = model.encoded()
        damaged[damaged.count / 2] ^= 1
        #expect(throws: DemetraError.self) { try ROIModel(encoded: damaged) }
    }

    @Test func `a target of more than two values is refused`() throws {
        var rows = leads(40, signal: 1)
        let schema = Schema(Self.schema.fields.dropLast() + [Field(name: "won", type: .bigint)])
        for row in rows.rows.indices { rows.rows[row][4] = .integer(Int64(row % 3)) }
        var options = ROIModelOptions()
        options.task = .classification
        let error = #expect(throws: DemetraError.self) {
            try ROIModel.train(
                schema: schema, batches: CampaignSimulation.batches(rows.rows, schema),
                target: "won", options: options, trainedAt: Timestamp(microseconds: 0),
                cancellation: CancellationFlag())
        }
        #expect(error?.sqlState == .invalidParameterValue)
        #expect(error?.message == "target \"won\" must be true or false, or 1 or 0, but has 2")
    }
}
