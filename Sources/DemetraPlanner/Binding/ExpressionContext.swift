import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// A subquery of an expression, to be joined to the rows the expression is computed for.
struct PendingSubquery {
    let kind: PlanJoinKind
    let plan: LogicalPlan
    let correlated: [PlanColumn]
    let keys: [JoinKey]
}

/// Where an expression stands, and what its parts add to the query around it.
final class ExpressionContext {
    let scope: Scope
    /// The clause, for messages.
    var clause: String
    /// Collects aggregates; nil where none may stand.
    var aggregates: AggregateCollector?
    /// Collects window calls; nil where none may stand.
    var windows: WindowCollector?
    /// Collects set-returning functions; nil where none may stand.
    var sets: SetCollector?
    /// Subqueries for the rows above the aggregation, or the only rows there are.
    var subqueries: [PendingSubquery] = []
    /// True inside the arguments of an aggregate.
    var isInsideAggregate = false
    /// True inside the arguments of a window call.
    var isInsideWindow = false
    /// True inside the arguments of `sum(...) OVER (...)`.
    var isInsideSum = false
    /// Whether the query has groups; known before any of its clauses is bound.
    var isGrouped = false
    /// The SELECT around it: periods look at its groups and rows.
    var core: SelectCore?
    /// The metric whose expression is bound.
    var metric: MetricExpansion?
    /// What is asked of gaps between buckets; nil where nothing may be.
    var gapFill: GapFillCollector?
    /// Columns of the SELECT list that a name can mean when no input column has it (QUALIFY).
    var outputAliases: [String: BoundExpression] = [:]

    /// Names that the SELECT list gives, which is computed behind this clause: for hints.
    var laterNames: Set<String> = []

    init(scope: Scope, clause: String) {
        self.scope = scope
        self.clause = clause
    }
}

/// The aggregates of one query; equal ones are computed once.
final class AggregateCollector {
    private(set) var calls: [AggregateCall] = []
    private var known: [String: PlanColumn] = [:]
    /// FROM has several relations, so that a metric's aggregates may have to count the rows of one of them once.
    var separatesMetrics = false
    /// Whose rows aggregates of metrics count, by their columns.
    private(set) var owners: [ColumnIdentifier: MetricOwner] = [:]
    /// Just behind the newest of the rows, by their time.
    var newest: [String: BoundExpression] = [:]
    /// Aggregates that are aggregated again over windows of groups.
    var windowed: [ColumnIdentifier: MetricWindow] = [:]
    /// Subqueries inside arguments: joined below the aggregation.
    var subqueries: [PendingSubquery] = []
    /// `grouping(...)` was asked for.
    var groupingColumn: PlanColumn?

    func add(_ call: AggregateCall, owner: MetricOwner? = nil) -> PlanColumn {
        let ownerKey = owner.map { owner in
            "of" + owner.columns.map(\.number).sorted().map(String.init).joined(separator: ",")
        }
        let key =
            (ownerKey ?? "") + call.function.name + "\(ObjectIdentifier(call.function).hashValue)"
            + call.arguments.map(\.fingerprint).joined(separator: ",") + "\(call.isDistinct)"
            + (call.filter?.fingerprint ?? "")
            + call.orderBy.map { $0.expression.fingerprint + "\($0.descending)\($0.nullsFirst)" }
            .joined(separator: ",")
        if let column = known[key] { return column }
        known[key] = call.column
        owners[call.column.id] = owner
        calls.append(call)
        return call.column
    }

    /// Puts another call in the place of one that makes the same column.
    func replace(_ call: AggregateCall) {
        guard let index = calls.firstIndex(where: { $0.column.id == call.column.id }) else {
            return
        }
        calls[index] = call
    }
}

/// The window calls of one query.
final class WindowCollector {
    var calls: [WindowCall] = []
    var named: [String: WindowSpecification] = [:]
    /// Whose rows window calls of metrics count, and whether a call counts rows, not values.
    var owners: [(owner: MetricOwner, takesRows: Bool)] = []
}
