import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// EXPLAIN: the optimised plan as text; with ANALYZE the statement also runs.
struct ExplainRun {
    let run: StatementRun
    let snapshot: Snapshot

    func explain(
        _ statement: BoundStatement, _ analyze: Bool, _ format: String
    ) throws(DemetraError) {
        var lines = try lines(statement)
        if analyze {
            let start = run.engine.clock.monotonicNanoseconds()
            let count = try execute(statement)
            let elapsed = run.engine.clock.monotonicNanoseconds() - start
            lines.append("Rows: \(count)")
            lines.append("Execution Time: \(Self.milliseconds(elapsed)) ms")
        }
        try deliver(lines, format)
    }

    private func lines(_ statement: BoundStatement) throws(DemetraError) -> [String] {
        switch statement {
        case .query(let plan): return PlanPrinter.text(try run.optimized(plan, snapshot))
        case .insert(let insert):
            return ["Insert into \(insert.table.name)"]
                + PlanPrinter.text(try run.optimized(insert.plan, snapshot)).map { "  " + $0 }
        case .update(let update):
            return ["Update \(update.table.name)"]
                + PlanPrinter.text(try run.optimized(update.plan, snapshot)).map { "  " + $0 }
        case .delete(let delete):
            return ["Delete from \(delete.table.name)"]
                + PlanPrinter.text(try run.optimized(delete.plan, snapshot)).map { "  " + $0 }
        case .createTableAs(let table, let plan):
            return ["Create table \(table.name)"]
                + PlanPrinter.text(try run.optimized(plan, snapshot)).map { "  " + $0 }
        default: return ["Utility statement"]
        }
    }

    private func execute(_ statement: BoundStatement) throws(DemetraError) -> Int {
        let counter = RowCounter()
        let inner = StatementRun(
            session: run.session, text: run.text, parameters: run.parameters,
            cancellation: run.cancellation, budget: run.budget, spill: run.spill, output: counter,
            statementTime: run.statementTime, transactionTime: run.transactionTime)
        try inner.execute(statement, snapshot)
        return counter.count
    }

    private func deliver(_ lines: [String], _ format: String) throws(DemetraError) {
        let shown = format == "json" ? [Self.json(lines)] : lines
        let vector = Vector(shown.map { .text($0) }, type: .text)
        try run.output.begin(Schema([Field(name: "QUERY PLAN", type: .text)]))
        try run.output.rows(Batch([vector], count: shown.count))
        try run.output.finish(tag: "EXPLAIN")
    }

    private static func json(_ lines: [String]) -> String {
        let items = lines.map { line in
            var text = ""
            for character in line {
                if character == "\"" || character == "\\" { text.append("\\") }
                text.append(character)
            }
            return "\"" + text + "\""
        }
        return "[{\"Plan\": [" + items.joined(separator: ", ") + "]}]"
    }

    private static func milliseconds(_ nanoseconds: Int64) -> String {
        let microseconds = nanoseconds / 1_000
        let fraction = String(microseconds % 1_000)
        return "\(microseconds / 1_000)."
            + String(repeating: "0", count: 3 - fraction.count) + fraction
    }

    /// Counts rows and drops them.
    private final class RowCounter: StatementOutput {
        private(set) var count = 0
        func begin(_ schema: Schema) {}
        func rows(_ batch: Batch) { count += batch.count }
        func finish(tag: String) {
            if count == 0, let number = tag.split(separator: " ").last.flatMap({ Int($0) }) {
                count = number
            }
        }
        func notice(_ notice: Notice) {}
        func copySource(columnCount: Int) throws(DemetraError) -> any CopySource {
            throw DemetraError(.featureNotSupported, "COPY cannot be explained")
        }
        func beginCopyOut(columnCount: Int) {}
        func copyBytes(_ bytes: [UInt8]) {}
    }
}
