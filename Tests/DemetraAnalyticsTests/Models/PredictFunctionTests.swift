import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import DemetraVectors
import Testing

@Suite struct `Predicting from SQL` {
    private typealias Table = CampaignTable

    private func predictROI(
        _ rows: [[Value]], _ values: [(String, Value)] = [],
        cancellation: CancellationFlag = CancellationFlag()
    ) throws(DemetraError) -> [[String: Value]] {
        try CampaignSimulation.call(
            PredictROIFunction.function, rows, schema: Table.schema,
            [("id", .text("campaign_id")), ("trees", .integer(60))] + values,
            cancellation: cancellation)
    }

    @Test func `rows without a return are predicted from those with one`() throws {
        var rows = Table.rows(300, signal: 1)
        for row in 290..<300 { rows[row][5] = .null }
        let result = try predictROI(rows)
        #expect(result.map { $0["campaign_id"] } == (1_290..<1_300).map { .integer($0) })
        #expect(result.allSatisfy { $0["current_roi"] == .null && $0["roi_difference"] == .null })
        #expect(result.allSatisfy { !($0["predicted"]?.number.isNaN ?? true) })
        #expect(result[0]["feature_importance"]?.string.contains("channel") == true)
    }

    @Test func `with every return known all rows are predicted`() throws {
        let result = try predictROI(Table.rows(100, signal: 1))
        #expect(result.count == 100)
        let row = try #require(result.first)
        let difference = (row["predicted_roi"]?.number ?? 0) - (row["current_roi"]?.number ?? 0)
        #expect(row["roi_difference"]?.number == difference)
        #expect(["low", "medium", "high"].contains(row["risk_level"]?.string ?? ""))
    }

    @Test func `no row, one row, constant and missing targets survive`() throws {
        #expect(try predictROI([]).isEmpty)
        let one = try predictROI(Table.rows(1, signal: 1))
        #expect(one.first?["signal"] == .text("none"))
        let constant = Table.rows(50, signal: 1).map { Array($0.dropLast()) + [.double(2)] }
        let flat = try predictROI(constant)
        #expect(flat.allSatisfy { abs(($0["predicted"]?.number ?? 0) - 2) < 1e-9 })
        #expect(flat.allSatisfy { $0["lower"] == $0["upper"] })
        let unknown = Table.rows(50, signal: 1).map { Array($0.dropLast()) + [.null] }
        let error = #expect(throws: DemetraError.self) { try predictROI(unknown) }
        #expect(error?.sqlState == .invalidParameterValue)
    }

    @Test(arguments: [1e-9, 1e12])
    func `huge and tiny targets work`(scale: Double) throws {
        let rows = Table.rows(250, signal: 1).map { row in
            Array(row.dropLast()) + [.double(row[5].number * scale)]
        }
        let result = try predictROI(rows)
        #expect(result.first?["signal"] == .text("strong"))
    }

    @Test func `unknown columns and bad options are refused`() {
        func state(_ values: [(String, Value)]) -> SQLState? {
            do {
                _ = try predictROI(Table.rows(10, signal: 1), values)
                return nil
            } catch { return error.sqlState }
        }
        #expect(state([("target", .text("rio"))]) == .undefinedColumn)
        #expect(state([("group", .text("chanel"))]) == .undefinedColumn)
        #expect(state([("target", .text("channel"))]) == .datatypeMismatch)
        #expect(state([("level", .double(1))]) == .invalidParameterValue)
        #expect(state([("leakage", .text("no"))]) == .invalidParameterValue)
        #expect(state([("colour", .text("red"))]) == .undefinedFunction)
    }

    @Test func `a raised flag stops training`() {
        let flag = CancellationFlag()
        flag.cancel()
        #expect(throws: DemetraError.self) {
            try predictROI(Table.rows(300, signal: 1), cancellation: flag)
        }
    }

    @Test func `a stored model predicts, is judged and explained`() throws {
        let model = try Table.train(Table.rows(400, signal: 1))
        let stored = TableFunctionArgument(
            name: nil,
            content: .models([
                StoredModel(name: "roi", kind: "regression", payload: model.encoded())
            ]), range: .none)
        let functions = ModelFunctions(ModelStore())
        let context = EvaluationContext(statementTime: Timestamp(microseconds: 0))
        // The input lacks "goal" and has a channel that training never saw.
        let schema = Schema([
            Field(name: "channel", type: .text), Field(name: "budget", type: .double),
        ])
        let input = CampaignSimulation.batches(
            [[.text("email"), .double(300)], [.text("radio"), .double(900)]], schema)
        let bound = try functions.predict.bind([
            stored, TableFunctionArgument(name: nil, content: .relation(schema), range: .none),
        ])
        #expect(
            bound.schema.fields.map(\.name) == [
                "channel", "budget", "predicted", "lower", "upper", "level", "confidence",
                "risk_level", "p_loss", "signal", "notice",
            ])
        let rows = try bound.execute([input], context)
        #expect(rows[0].count == 2)
        let notice = rows[0].vectors[10].value(at: 0).string
        #expect(notice.contains("missing: goal"))
        #expect(notice.contains("1 of 2 rows have a channel"))

        let evaluation = try functions.evaluate.bind([stored]).execute([], context)
        #expect(evaluation[0].row(0)[0] == .text("roi"))
        #expect(evaluation[0].row(0)[6] == .text("strong"))
        let explanation = try functions.explain.bind([stored]).execute([], context)
        #expect(explanation[0].count == model.features.count)
    }

    @Test func `what is no model is refused with the way to make one`() {
        let number = TableFunctionArgument(
            name: nil, content: .value(.integer(1), .integer), range: .none)
        let error = #expect(throws: DemetraError.self) {
            try ModelFunctions(ModelStore()).evaluate.bind([number])
        }
        #expect(error?.sqlState == .undefinedFunction)
        #expect(error?.hint?.contains("CREATE MODEL roi") == true)
    }

    @Test func `the rule of thumb for a known return has its borders in the better class`() throws {
        let input = Vector([.double(0.9), .double(1), .double(2), .null], type: .double)
        let context = EvaluationContext(statementTime: Timestamp(microseconds: 0))
        let result = try RiskLevelFunction.function.evaluate([input], 4, context)
        #expect(result.values == [.text("high"), .text("medium"), .text("low"), .null])
    }
}
