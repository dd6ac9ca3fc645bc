import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

/// EXPLAIN: the optimised plan; with ANALYZE the statement also runs, and each operator says what it did.
struct ExplainRun {
    let run: StatementRun
    let snapshot: Snapshot

    func explain(
        _ statement: BoundStatement, _ analyze: Bool, _ format: String
    ) throws(DemetraError) {
        guard analyze else { return try deliver(try report(statement), nil, format) }
        let profile = PlanProfile(clock: run.engine.clock)
        let start = run.engine.clock.monotonicNanoseconds()
        let count = try execute(statement, profile)
        let elapsed = run.engine.clock.monotonicNanoseconds() - start
        let planning = profile.planning.load(ordering: .relaxed)
        let summary = Summary(
            rowCount: count, planning: planning, execution: max(0, elapsed - planning),
            spilledByteCount: run.spill.byteCount)
        let plans = profile.roots.withLock { $0 }.map { PlanReport($0) }
        if case .query = statement, plans.count == 1 {
            return try deliver(plans[0], summary, format)
        }
        let title = try report(statement).title
        try deliver(PlanReport(title: title, inputs: plans), summary, format)
    }

    /// What is known of the whole run.
    private struct Summary {
        let rowCount: Int
        /// Nanoseconds.
        let planning: Int64
        let execution: Int64
        let spilledByteCount: Int

        var lines: [String] {
            var lines = [
                "Rows: \(rowCount)", "Planning Time: \(Milliseconds.text(planning)) ms",
                "Execution Time: \(Milliseconds.text(execution)) ms",
            ]
            if spilledByteCount > 0 { lines.append("Temporary Files: \(spilledByteCount) bytes") }
            return lines
        }

        var members: [(key: String, value: JSONValue)] {
            [
                ("Rows", .number("\(rowCount)")),
                ("Planning Time", .number(Milliseconds.text(planning))),
                ("Execution Time", .number(Milliseconds.text(execution))),
                ("Temporary Bytes", .number("\(spilledByteCount)")),
            ]
        }
    }

    private func report(_ statement: BoundStatement) throws(DemetraError) -> PlanReport {
        switch statement {
        case .query(let plan): return PlanReport(try run.optimized(plan, snapshot))
        case .staged(let stages, let main):
            var inputs: [PlanReport] = []
            for stage in stages {
                switch stage {
                case .rows(_, let plan): inputs.append(try report("Common table", plan))
                case .change(_, let change): inputs.append(try report(change))
                }
            }
            return PlanReport(title: "With", inputs: inputs + [try report(main)])
        case .insert(let insert):
            return try report("Insert into \(insert.table.name)", insert.plan)
        case .update(let update): return try report("Update \(update.table.name)", update.plan)
        case .delete(let delete):
            return try report("Delete from \(delete.table.name)", delete.plan)
        case .merge(let merge): return try report("Merge into \(merge.table.name)", merge.plan)
        case .createTableAs(let table, let plan):
            return try report("Create table \(table.name)", plan)
        default: return PlanReport(title: "Utility statement", inputs: [])
        }
    }

    private func report(
        _ title: String, _ plan: LogicalPlan
    ) throws(DemetraError) -> PlanReport {
        PlanReport(title: title, inputs: [PlanReport(try run.optimized(plan, snapshot))])
    }

    private func execute(
        _ statement: BoundStatement, _ profile: PlanProfile
    ) throws(DemetraError) -> Int {
        let counter = RowCounter()
        var inner = run.inner(answering: counter)
        inner.profile = profile
        try inner.execute(statement, snapshot)
        return counter.count
    }

    /// The column of the answer.
    static func field(_ format: String) -> Field {
        Field(name: "QUERY PLAN", type: format == "json" ? .json : .text)
    }

    private func deliver(
        _ report: PlanReport, _ summary: Summary?, _ format: String
    ) throws(DemetraError) {
        var lines = report.lines() + (summary?.lines ?? [])
        if format == "json" {
            let members = [("Plan", report.json)] + (summary?.members ?? [])
            var text: [UInt8] = []
            JSONValue.array([.object(members)]).appendText(to: &text)
            lines = [String(decoding: text, as: UTF8.self)]
        }
        let field = Self.field(format)
        let vector = Vector(lines.map { .text($0) }, type: field.type)
        try run.output.begin(Schema([field]))
        try run.output.rows(Batch([vector], count: lines.count))
        try run.output.finish(tag: "EXPLAIN")
    }

    /// Counts rows and drops them.
    private final class RowCounter: QueryTarget {
        private(set) var count = 0
        func rows(_ batch: Batch) { count += batch.count }
        func finish(tag: String) {
            if count == 0, let number = tag.split(separator: " ").last.flatMap({ Int($0) }) {
                count = number
            }
        }
        func copySource(columnCount: Int, isBinary: Bool) throws(DemetraError) -> any CopySource {
            throw DemetraError(.featureNotSupported, "COPY cannot be explained")
        }
    }
}
