import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Explaining predictions` {
    private typealias Table = CampaignTable

    /// What EXPLAIN_PREDICT says of rows, by the names of its columns.
    private func explained(
        _ model: ROIModel, _ rows: [[Value]], schema: Schema = CampaignTable.schema,
        _ values: [(String, Value)] = [("id", .text("campaign_id"))],
        workers: any Workers = CallerWorkers(), cancellation: CancellationFlag = CancellationFlag()
    ) throws(DemetraError) -> [[String: Value]] {
        let stored = StoredModel(name: "roi", kind: "regression", payload: model.encoded())
        let arguments =
            [
                TableFunctionArgument(name: nil, content: .models([stored]), range: .none),
                TableFunctionArgument(name: nil, content: .relation(schema), range: .none),
            ]
            + values.map {
                TableFunctionArgument(name: $0, content: .value($1, .unknown), range: .none)
            }
        let bound = try ModelFunctions(ModelStore()).explainPredict.bind(arguments)
        let context = EvaluationContext(
            statementTime: Timestamp(microseconds: 0), cancellation: cancellation,
            workers: workers)
        let names = bound.schema.fields.map(\.name)
        return try bound.execute([CampaignSimulation.batches(rows, schema)], context).flatMap {
            batch in
            (0..<batch.count).map { row in
                Dictionary(zip(names, batch.row(row)), uniquingKeysWith: { first, _ in first })
            }
        }
    }

    /// Checks that base and contributions of each row sum to what PREDICT says.
    private func expectAdditive(
        _ model: ROIModel, _ rows: [[Value]], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let predicted = Table.predict(model, rows).predicted
        let found = try explained(model, rows)
        for (row, point) in zip(rows, predicted) {
            let parts = found.filter { $0["id"] == row[0] }
            #expect(parts.count >= model.features.count, sourceLocation: sourceLocation)
            let base = parts.first?["base_value"]?.number ?? .nan
            let sum = parts.reduce(base) { $0 + ($1["contribution"]?.number ?? .nan) }
            #expect(
                abs(sum - point) <= 1e-9 * max(abs(point), abs(base)),
                sourceLocation: sourceLocation)
            #expect(
                parts.allSatisfy { $0["predicted"]?.number == point },
                sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: [10, 100, 400])
    func `contributions sum to the prediction of means, lines and trees`(count: Int) throws {
        let rows = Table.rows(count, signal: 1)
        let model = try Table.train(rows)
        try expectAdditive(model, Array(rows.prefix(40)))
    }

    @Test func `a model without a signal is explained by its category alone`() throws {
        let rows = Table.rows(600, signal: 0)
        let model = try Table.train(rows)
        #expect(model.signal == .none)
        try expectAdditive(model, Array(rows.prefix(30)))
        let parts = try explained(model, [rows[0]])
        #expect(parts[0]["feature"] == .text("channel"))
        #expect(parts.dropFirst().allSatisfy { $0["contribution"]?.number == 0 })
    }

    @Test func `what the limits of the target cut off is a row of its own`() throws {
        // Half of the returns are 0: nothing below is predicted.
        let rows = Table.rows(400, signal: 1).map { row in
            Array(row.dropLast()) + [.double(max(row[5].number - 4, 0))]
        }
        var model = try Table.train(rows)
        #expect(model.limits.lower == 0)
        try expectAdditive(model, Array(rows.prefix(60)))
        model.limits = (2, .nan)
        try expectAdditive(model, Array(rows.prefix(60)))
        let cut = try explained(model, rows).filter { $0["feature"] == .text("(limits)") }
        #expect(!cut.isEmpty)
        #expect(cut.allSatisfy { $0["value"] == .text("at least 2") })
    }

    @Test func `planted effects are found where they were planted`() throws {
        let rows = Table.rows(2_000, signal: 1)
        let model = try Table.train(rows)
        let found = try explained(model, Array(rows.prefix(200)))
        func mean(_ feature: String, _ value: (String) -> Bool) -> Double {
            let some = found.filter {
                $0["feature"] == .text(feature) && value($0["value"]?.string ?? "")
            }.map { $0["contribution"]?.number ?? .nan }
            return some.reduce(0, +) / Double(some.count)
        }
        #expect(abs(mean("goal") { $0 == "sales" } - 1) < 0.15)
        #expect(abs(mean("goal") { $0 == "awareness" } + 1) < 0.15)
        let high = mean("budget") { Double($0) ?? 0 > 550 }
        let low = mean("budget") { Double($0) ?? 0 < 450 }
        #expect(abs(high - low - 1.5) < 0.2)
        let importance = try #require(model.importances.first { $0.feature == "channel" })
        // A channel is worth 0, 1.5 or 3: the mean distance from the middle is 1.
        #expect(abs(importance.contribution - 1) < 0.15)
    }

    @Test func `rows are named by a column, or numbered`() throws {
        let rows = Table.rows(300, signal: 1)
        let model = try Table.train(rows)
        let named = try explained(model, Array(rows.suffix(2)))
        #expect(Set(named.map { $0["id"] }) == [.integer(1_298), .integer(1_299)])
        let numbered = try explained(model, Array(rows.suffix(2)), [])
        #expect(Set(numbered.map { $0["id"] }) == [.integer(1), .integer(2)])
        let wrong = #expect(throws: DemetraError.self) {
            try explained(model, rows, [("id", .text("campain_id"))])
        }
        #expect(wrong?.sqlState == .undefinedColumn)
    }

    @Test func `missing columns, unseen names and no rows survive`() throws {
        let model = try Table.train(Table.rows(300, signal: 1))
        let schema = Schema([Field(name: "channel", type: .text)])
        let found = try explained(model, [[.text("radio")], [.null]], schema: schema, [])
        #expect(found.count == 2 * model.features.count)
        let channels = found.filter { $0["feature"] == .text("channel") }
        #expect(channels.map { $0["value"] } == [.text("radio"), .null])
        #expect(channels[0]["contribution"] == channels[1]["contribution"])
        #expect(
            found.filter { $0["feature"] == .text("goal") }.allSatisfy { $0["value"] == .null })
        #expect(try explained(model, []).isEmpty)
    }

    @Test func `the number of threads changes nothing, and a raised flag stops the work`() throws {
        let rows = Table.rows(300, signal: 1)
        let model = try Table.train(rows)
        #expect(try explained(model, rows) == explained(model, rows, workers: ManyWorkers()))
        let flag = CancellationFlag()
        flag.cancel()
        let error = #expect(throws: DemetraError.self) {
            try explained(model, rows, cancellation: flag)
        }
        #expect(error?.sqlState == .queryCanceled)
    }

    @Test(arguments: [100, 400])
    func `a stored model explains like the one that was trained`(count: Int) throws {
        let rows = Table.rows(count, signal: 1)
        let model = try Table.train(rows)
        let again = try ROIModel(encoded: model.encoded())
        #expect(again.folds == model.folds)
        #expect(again.encoded() == model.encoded())
    }

    @Test(arguments: [UInt8(1), 2])
    func `models of earlier versions are still read`(version: UInt8) throws {
        // One without trees and lines has the bytes of the first version, and then its task, no rates and no refresh.
        var bytes = try Table.train(Table.rows(20, signal: 1)).encoded()
        bytes.removeSubrange((bytes.count - 33)..<(bytes.count - 8))
        bytes[4] = version
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes.dropLast(8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        for index in 0..<8 {
            bytes[bytes.count - 8 + index] = UInt8(truncatingIfNeeded: hash >> UInt64(8 * index))
        }
        let model = try ROIModel(encoded: bytes)
        #expect(model.quality.rowCount == 20)
        bytes[4] = 4
        let error = #expect(throws: DemetraError.self) { try ROIModel(encoded: bytes) }
        #expect(error?.sqlState == .featureNotSupported)
    }
}
