import DemetraAnalytics
import DemetraFunctions
import DemetraTypes
import DemetraVectors

/// A call of a function over a history of spend, maybe with proposed spends.
struct SpendCall {
    var function: TableFunction
    var schema = CampaignSimulation.schema
    var workers: any Workers = CallerWorkers()
    var cancellation = CancellationFlag()

    init(_ function: TableFunction) { self.function = function }

    /// The rows of the answer by the names of their columns.
    func rows(
        _ history: [[Value]], _ values: [(String, Value)] = [],
        spends: [(String?, Value)]? = nil
    ) throws(DemetraError) -> [[String: Value]] {
        var arguments = [
            TableFunctionArgument(name: nil, content: .relation(schema), range: .none)
        ]
        var relations = [CampaignSimulation.batches(history, schema)]
        if let spends {
            let proposal = Schema([
                Field(name: "channel", type: .text), Field(name: "spend", type: .double),
            ])
            arguments.append(
                TableFunctionArgument(name: "spends", content: .relation(proposal), range: .none))
            relations.append(
                CampaignSimulation.batches(
                    spends.map { [$0.map { .text($0) } ?? .null, $1] }, proposal))
        }
        for (name, value) in values {
            arguments.append(
                TableFunctionArgument(name: name, content: .value(value, .unknown), range: .none))
        }
        let bound = try function.bind(arguments)
        let context = EvaluationContext(
            statementTime: Timestamp(microseconds: 0), cancellation: cancellation,
            workers: workers)
        let names = bound.schema.fields.map(\.name)
        return try bound.execute(relations, context).flatMap { batch in
            (0..<batch.count).map { row in
                Dictionary(zip(names, batch.row(row)), uniquingKeysWith: { first, _ in first })
            }
        }
    }

    /// The error that a call ends with, or nil.
    func failure(
        _ history: [[Value]], _ values: [(String, Value)] = [],
        spends: [(String?, Value)]? = nil
    ) -> DemetraError? {
        do {
            _ = try rows(history, values, spends: spends)
            return nil
        } catch { return error }
    }
}
