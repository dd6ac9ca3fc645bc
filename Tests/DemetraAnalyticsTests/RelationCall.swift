import DemetraFunctions
import DemetraTypes
import DemetraVectors
import Dispatch

/// One call of a table function over one relation, as the engine makes it.
struct RelationCall {
    let function: TableFunction
    let schema: Schema
    var workers: any Workers = CallerWorkers()
    var cancellation = CancellationFlag()
    var notices = NoticeBoard()

    init(_ function: TableFunction, _ schema: Schema) {
        self.function = function
        self.schema = schema
    }

    /// The rows of the answer, in order.
    func values(
        _ rows: [[Value]], _ arguments: [(String, Value)] = []
    ) throws(DemetraError) -> [[Value]] {
        try answer(rows, arguments).rows
    }

    /// The rows of the answer by the names of their columns.
    func named(
        _ rows: [[Value]], _ arguments: [(String, Value)] = []
    ) throws(DemetraError) -> [[String: Value]] {
        let (names, rows) = try answer(rows, arguments)
        return rows.map { row in
            Dictionary(zip(names, row), uniquingKeysWith: { first, _ in first })
        }
    }

    /// The error that a call ends with, or nil.
    func failure(_ rows: [[Value]], _ arguments: [(String, Value)] = []) -> DemetraError? {
        do throws(DemetraError) {
            _ = try answer(rows, arguments)
            return nil
        } catch { return error }
    }

    private func answer(
        _ rows: [[Value]], _ arguments: [(String, Value)]
    ) throws(DemetraError) -> (names: [String], rows: [[Value]]) {
        let given =
            [TableFunctionArgument(name: nil, content: .relation(schema), range: .none)]
            + arguments.map { name, value in
                TableFunctionArgument(name: name, content: .value(value, .unknown), range: .none)
            }
        let bound = try function.bind(given)
        let context = EvaluationContext(
            statementTime: Timestamp(microseconds: 0), cancellation: cancellation,
            workers: workers, notices: notices)
        let result = try bound.execute([CampaignSimulation.batches(rows, schema)], context)
        let found = result.flatMap { batch in (0..<batch.count).map { batch.row($0) } }
        return (bound.schema.fields.map(\.name), found)
    }
}

/// As many threads as the machine has, in whatever order it likes.
struct ManyWorkers: Workers {
    func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        DispatchQueue.concurrentPerform(iterations: count, execute: body)
    }
}
