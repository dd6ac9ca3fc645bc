import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraTypes
import Synchronization

/// A plan as EXPLAIN shows it, with what its operators did where it has run.
///
/// Some operators carry out several nodes at once, such as a limit and the sort below it: the lower nodes stand below the
/// upper one and have no figures of their own.
struct PlanReport {
    /// What an operator did.
    struct Figures {
        let rowCount: Int
        let ownNanoseconds: Int64
        let openCount: Int
        /// Of scans: row groups read, row groups there are, bytes read from segments.
        let scan: (read: Int, all: Int, byteCount: Int)?
        /// Of table functions that learn: nanoseconds.
        let learning: (training: Int64, inference: Int64)?
    }

    let title: String
    let figures: Figures?
    let inputs: [PlanReport]

    /// A plan that has not run.
    init(_ plan: LogicalPlan) {
        title = PlanPrinter.title(plan)
        figures = nil
        inputs = plan.inputs.map { PlanReport($0) }
    }

    /// A statement that takes the rows of plans.
    init(title: String, inputs: [PlanReport]) {
        self.title = title
        figures = nil
        self.inputs = inputs
    }

    /// An operator that has run.
    init(_ profile: OperatorProfile) {
        title = PlanPrinter.title(profile.plan)
        figures = Figures(
            rowCount: profile.rowCount.load(ordering: .relaxed),
            ownNanoseconds: profile.ownNanoseconds,
            openCount: profile.openCount.load(ordering: .relaxed),
            scan: profile.isScan.load(ordering: .relaxed)
                ? (
                    profile.readGroupCount.load(ordering: .relaxed),
                    profile.groupCount.load(ordering: .relaxed),
                    profile.storedByteCount.load(ordering: .relaxed)
                ) : nil,
            learning: profile.trainingTime.withLock { $0?.measured })
        let inputs = profile.inputs.withLock { $0 }.map { PlanReport($0) }
        self.inputs = Self.joining(profile.plan.inputs, inputs)
    }

    private init(title: String, figures: Figures?, inputs: [PlanReport]) {
        self.title = title
        self.figures = figures
        self.inputs = inputs
    }

    /// The nodes below one, those with operators of their own taken from `known`.
    private static func joining(_ plans: [LogicalPlan], _ known: [PlanReport]) -> [PlanReport] {
        var rest = known
        func report(_ plan: LogicalPlan) -> PlanReport {
            let title = PlanPrinter.title(plan)
            if let index = rest.firstIndex(where: { $0.isOperator(for: title, plan) }) {
                return rest.remove(at: index)
            }
            return PlanReport(title: title, figures: nil, inputs: plan.inputs.map { report($0) })
        }
        let found = plans.map { report($0) }
        // Operators for nodes that only the physical plan has, unless they were made in case and not used.
        return found + rest.filter { ($0.figures?.openCount ?? 0) > 0 }
    }

    /// A scan may have been made to read other columns than the plan says.
    private func isOperator(for title: String, _ plan: LogicalPlan) -> Bool {
        if self.title == title { return true }
        guard case .scan(let scan) = plan else { return false }
        return self.title.hasPrefix("Scan \(scan.table.name) ")
    }

    // MARK: Text

    /// A line for each node, inputs indented below it.
    func lines(depth: Int = 0) -> [String] {
        let line =
            String(repeating: "  ", count: depth) + title + (figures.map { "  \($0.text)" } ?? "")
        return [line] + inputs.flatMap { $0.lines(depth: depth + 1) }
    }

    // MARK: JSON

    /// The node as PostgreSQL names its parts.
    var json: JSONValue {
        var members: [(key: String, value: JSONValue)] = [("Node Type", .string(title))]
        if let figures {
            members += [
                ("Actual Rows", .number("\(figures.rowCount)")),
                ("Actual Loops", .number("\(figures.openCount)")),
                ("Own Time", .number(Milliseconds.text(figures.ownNanoseconds))),
            ]
            if let learning = figures.learning {
                members += [
                    ("Training Time", .number(Milliseconds.text(learning.training))),
                    ("Inference Time", .number(Milliseconds.text(learning.inference))),
                ]
            }
            if let scan = figures.scan {
                members += [
                    ("Row Groups", .number("\(scan.all)")),
                    ("Row Groups Read", .number("\(scan.read)")),
                    ("Stored Bytes Read", .number("\(scan.byteCount)")),
                ]
            }
        }
        if !inputs.isEmpty { members.append(("Plans", .array(inputs.map(\.json)))) }
        return .object(members)
    }
}

extension PlanReport.Figures {
    fileprivate var text: String {
        guard openCount > 0 else { return "(never executed)" }
        var parts = ["rows=\(rowCount)", "time=\(Milliseconds.text(ownNanoseconds)) ms"]
        if openCount > 1 { parts.append("loops=\(openCount)") }
        if let learning {
            parts.append("training=\(Milliseconds.text(learning.training)) ms")
            parts.append("inference=\(Milliseconds.text(learning.inference)) ms")
        }
        if let scan {
            parts.append("row groups=\(scan.read) of \(scan.all)")
            if scan.byteCount > 0 { parts.append("bytes=\(scan.byteCount)") }
        }
        return "(\(parts.joined(separator: ", ")))"
    }
}

/// Nanoseconds as milliseconds with three digits.
enum Milliseconds {
    static func text(_ nanoseconds: Int64) -> String {
        let microseconds = nanoseconds / 1_000
        let fraction = String(microseconds % 1_000)
        return "\(microseconds / 1_000)." + String(repeating: "0", count: 3 - fraction.count)
            + fraction
    }
}
