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
    let clause: String
    /// Collects aggregates; nil where none may stand.
    var aggregates: AggregateCollector?
    /// Collects window calls; nil where none may stand.
    var windows: WindowCollector?
    /// Subqueries for the rows above the aggregation, or the only rows there are.
    var subqueries: [PendingSubquery] = []
    /// True inside the arguments of an aggregate.
    var isInsideAggregate = false
    /// True inside the arguments of a window call.
    var isInsideWindow = false
    /// Columns of the SELECT list that a name can mean when no input column has it (QUALIFY).
    var outputAliases: [String: BoundExpression] = [:]

    init(scope: Scope, clause: String) {
        self.scope = scope
        self.clause = clause
    }
}

/// The aggregates of one query; equal ones are computed once.
final class AggregateCollector {
    private(set) var calls: [AggregateCall] = []
    private var known: [String: PlanColumn] = [:]
    /// Subqueries inside arguments: joined below the aggregation.
    var subqueries: [PendingSubquery] = []
    /// `grouping(...)` was asked for.
    var groupingColumn: PlanColumn?

    func add(_ call: AggregateCall) -> PlanColumn {
        let key =
            call.function.name + "\(ObjectIdentifier(call.function).hashValue)"
            + call.arguments.map(\.fingerprint).joined(separator: ",") + "\(call.isDistinct)"
            + (call.filter?.fingerprint ?? "")
            + call.orderBy.map { $0.expression.fingerprint + "\($0.descending)\($0.nullsFirst)" }
            .joined(separator: ",")
        if let column = known[key] { return column }
        known[key] = call.column
        calls.append(call)
        return call.column
    }
}

/// The window calls of one query.
final class WindowCollector {
    var calls: [WindowCall] = []
    var named: [String: WindowSpecification] = [:]
}
