import DemetraAnalytics
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Predicting a return` {
    private typealias Table = CampaignTable

    @Test func `a planted signal is found and explains most of the variance`() throws {
        let model = try Table.train(Table.rows(1_500, signal: 1))
        #expect(model.signal == .strong)
        #expect(model.quality.r2 > 0.75)
        let shares = Dictionary(
            uniqueKeysWithValues: model.importances.map { ($0.feature, $0.share) })
        #expect((shares["goal"] ?? 0) > 0.05)
        #expect((shares["budget"] ?? 0) > 0.05)
        #expect(shares["launched.weekday"] == 0)
        #expect(abs(model.importances.reduce(0) { $0 + $1.share } - 1) < 1e-9)
    }

    @Test(arguments: [1, 2, 3] as [UInt64])
    func `noise beyond the channel is called no signal and predicts the channel's mean`(
        seed: UInt64
    ) throws {
        let rows = Table.rows(1_000, signal: 0, seed: seed)
        let model = try Table.train(rows)
        #expect(model.signal == .none)
        #expect(model.notice.contains("the prediction is the channel average"))
        for importance in model.importances where importance.feature != "channel" {
            #expect(importance.share == 0)
        }
        let prediction = Table.predict(model, rows)
        #expect(Set(prediction.predicted).count == 3)
    }

    @Test func `pure noise has no confidence`() throws {
        var generator = SeededGenerator(seed: 8)
        let rows = Table.rows(400, signal: 0).map { row in
            Array(row.dropLast()) + [.double(generator.uniform())]
        }
        let model = try Table.train(rows) { $0.group = nil }
        #expect(model.signal == .none)
        let confidence = Table.predict(model, rows).confidence
        #expect(confidence.allSatisfy { $0 < 0.1 })
    }

    @Test func `intervals cover new rows as often as they say`() throws {
        let model = try Table.train(Table.rows(1_500, signal: 1))
        let fresh = Table.rows(2_000, signal: 1, seed: 77)
        let prediction = Table.predict(model, fresh, level: 0.9)
        let inside = fresh.indices.count { row in
            let roi = NumberReader.number(fresh[row][5])
            return roi >= prediction.lower[row] && roi <= prediction.upper[row]
        }
        #expect(abs(Double(inside) / 2_000 - 0.9) < 0.035)
        #expect(abs(model.quality.coverage - 0.9) < 0.03)
    }

    @Test func `the order of rows and a repeated run change nothing`() throws {
        let rows = Table.rows(400, signal: 1)
        var generator = SeededGenerator(seed: 5)
        let first = try Table.train(rows).encoded()
        #expect(try Table.train(rows).encoded() == first)
        #expect(try Table.train(rows.shuffled(using: &generator)).encoded() == first)
    }

    @Test(arguments: [20, 120, 400])
    func `bytes give the same model back`(count: Int) throws {
        let rows = Table.rows(count, signal: 1)
        let model = try Table.train(rows)
        let copy = try ROIModel(encoded: model.encoded())
        #expect(copy.encoded() == model.encoded())
        let (left, right) = (Table.predict(model, rows), Table.predict(copy, rows))
        #expect(left.predicted == right.predicted)
        #expect(left.upper == right.upper)
    }

    @Test func `damaged bytes are refused`() throws {
        let bytes = try Table.train(Table.rows(120, signal: 1)).encoded()
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<200 {
            var damaged = bytes
            damaged[generator.index(below: bytes.count)] ^= UInt8(1 + generator.index(below: 255))
            #expect(throws: DemetraError.self) { try ROIModel(encoded: damaged) }
            let cut = Array(bytes.prefix(generator.index(below: bytes.count)))
            #expect(throws: DemetraError.self) { try ROIModel(encoded: cut) }
        }
    }

    @Test func `fewer than thirty rows predict the shrunken mean`() throws {
        let rows = Table.rows(20, signal: 1)
        let model = try Table.train(rows)
        #expect(model.signal == .none)
        #expect(model.notice.contains("only 20 rows"))
    }

    @Test func `a hundred rows find a linear signal`() throws {
        let model = try Table.train(Table.rows(150, signal: 1))
        #expect(model.signal == .strong)
    }

    @Test func `the risk rises with the probability of a loss`() {
        #expect(RiskLevel(lossProbability: 0.1) == .low)
        #expect(RiskLevel(lossProbability: 0.15) == .medium)
        #expect(RiskLevel(lossProbability: 0.4) == .high)
    }

    @Test func `features that the target is computed from are named`() throws {
        let schema = Schema([
            Field(name: "spend", type: .double), Field(name: "earned", type: .double),
            Field(name: "clicks", type: .bigint), Field(name: "roi", type: .double),
        ])
        var generator = SeededGenerator(seed: 2)
        let rows: [[Value]] = (0..<100).map { _ in
            let (spend, earned) = (1 + generator.uniform(), 1 + generator.uniform())
            return [
                .double(spend), .double(earned), .integer(Int64(generator.index(below: 9))),
                .double((earned - spend) / spend),
            ]
        }
        let model = try ROIModel.train(
            schema: schema, batches: CampaignSimulation.batches(rows, schema), target: "roi",
            trainedAt: Timestamp(microseconds: 0), cancellation: CancellationFlag())
        #expect(model.notice.contains("(earned - spend) / spend"))
        #expect(model.notice.contains("clicks is known only afterwards"))
    }
}
