import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// What the clauses of one SELECT ask of its gaps.
final class GapFillCollector {
    /// `time_bucket_gapfill(...)`, as it was first written.
    var request: GapFillRequest?
    /// `locf(...)` and its kin.
    var fills: [GapFillColumn] = []
    /// WHERE, for the bounds.
    var condition: BoundExpression?
    /// Where one of them stands.
    var range = SourceRange.none
}

/// A call of `time_bucket_gapfill`.
struct GapFillRequest {
    /// The plain `time_bucket` of the same arguments.
    let bucket: BoundExpression
    /// What is bucketed.
    let time: BoundExpression
    let width: BoundExpression
    let zone: BoundExpression?
    let start: BoundExpression?
    let finish: BoundExpression?
}

// time_bucket_gapfill, locf, interpolate and fill.

extension Binder {
    /// A call that has to do with gaps; nil for other calls.
    func bindGapFillCall(
        _ call: FunctionCall, _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression? {
        let kind: GapFillKind
        switch call.name.last.name {
        case "time_bucket_gapfill": return try gapFillBucket(call, range, context)
        case "locf": kind = .previous
        case "interpolate": kind = .linear
        case "fill": kind = .constant
        default: return nil
        }
        guard let collector = context.gapFill, !context.isInsideAggregate, context.isGrouped else {
            throw DemetraError(
                .groupingError, "\(call.name.text) is not allowed in \(context.clause)",
                hint:
                    "It fills the gaps of a query that groups by time_bucket_gapfill(...), in its SELECT list "
                    + "and ORDER BY.")
        }
        return try fill(call, kind, range, collector, context)
    }

    private func fill(
        _ call: FunctionCall, _ kind: GapFillKind, _ range: SourceRange,
        _ collector: GapFillCollector, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        var arguments: [Expression] = []
        for argument in call.arguments {
            if case .expression(let expression) = argument.value, argument.name == nil {
                arguments.append(expression)
            }
        }
        let counts = kind == .constant ? 2...2 : 1...2
        guard counts.contains(arguments.count), arguments.count == call.arguments.count,
            call.over == nil, call.filter == nil, !call.isDistinct
        else {
            throw DemetraError(
                .undefinedFunction, "\(call.name.text) does not take these arguments",
                hint: kind == .constant
                    ? "Write fill(value, constant)."
                    : "Write \(call.name.text)(value [, interval]).")
        }
        context.gapFill = nil
        defer { context.gapFill = collector }
        var value = try bind(arguments[0], context)
        if value.type == .unknown { value = try coerce(value, to: .text) }
        var argument: BoundExpression?
        if kind == .constant {
            var bound = try constantOfStatement(arguments[1], "the constant of fill")
            (value, bound) = try unified(value, bound)
            argument = bound
        } else if arguments.count > 1 {
            argument = try coerce(
                try constantOfStatement(arguments[1], "the reach of \(call.name.text)"),
                to: .interval)
        }
        if kind == .linear {
            guard value.type.isNumber else {
                throw noFunction(call.name.text, [value.type], range)
            }
            value = try coerce(value, to: value.type.isFloat ? .double : .numeric(nil))
        }
        let column = newColumn(call.name.last.name, value.type)
        collector.fills.append(
            GapFillColumn(column: column, kind: kind, value: value, argument: argument))
        collector.range = range
        columnsAboveGroups.insert(column.id)
        return BoundExpression(.column(column.id), type: value.type, range: range)
    }

    private func unified(
        _ value: BoundExpression, _ constant: BoundExpression
    ) throws(DemetraError) -> (BoundExpression, BoundExpression) {
        let both = try unify([value, constant], what: "fill").0
        return (both[0], both[1])
    }

    /// An expression that is the same for all rows.
    private func constantOfStatement(
        _ expression: Expression, _ what: String
    ) throws(DemetraError) -> BoundExpression {
        let context = ExpressionContext(scope: Scope(parent: nil), clause: what)
        let bound = try bind(expression, context)
        guard context.subqueries.isEmpty else {
            throw DemetraError(
                .featureNotSupported, "\(what) must be a constant",
                hint: "Take it from a query of its own, and give it as a literal or a parameter."
            ).at(expression.range)
        }
        return bound
    }

    /// `time_bucket_gapfill(width, time [, zone] [, start, finish])`.
    private func gapFillBucket(
        _ call: FunctionCall, _ range: SourceRange, _ context: ExpressionContext
    ) throws(DemetraError) -> BoundExpression {
        guard let collector = context.gapFill, !context.isInsideAggregate else {
            throw DemetraError(
                .groupingError, "time_bucket_gapfill is not allowed in \(context.clause)",
                hint: "Group by it, or use time_bucket.")
        }
        let arguments = try GapFillArguments(call)
        var plain = [try bind(arguments.width, context), try bind(arguments.time, context)]
        let width = try coerce(plain[0], to: .interval)
        let zone = try arguments.zone.mapThrowing { zone throws(DemetraError) in
            try coerce(try constantOfStatement(zone, "the time zone"), to: .text)
        }
        if let zone { plain.append(zone) }
        guard width.usedColumns.isEmpty, !width.hasOuter else {
            throw DemetraError(
                .featureNotSupported, "the width of time_bucket_gapfill must be a constant"
            ).at(arguments.width.range)
        }
        let bucket = try scalarCall("time_bucket", [width] + plain.dropFirst(), range)
        let type = bucket.type
        func bound(_ expression: Expression?) throws(DemetraError) -> BoundExpression? {
            try expression.mapThrowing { expression throws(DemetraError) in
                let value = try constantOfStatement(expression, "a bound of time_bucket_gapfill")
                return try coerce(value, to: type == .date ? .timestamp : type)
            }
        }
        if collector.request == nil || arguments.start != nil {
            collector.request = GapFillRequest(
                bucket: bucket, time: plain[1], width: width, zone: zone,
                start: try bound(arguments.start), finish: try bound(arguments.finish))
        }
        collector.range = range
        return bucket
    }
}

/// The arguments of `time_bucket_gapfill`, by what they are.
private struct GapFillArguments {
    let width: Expression
    let time: Expression
    private(set) var zone: Expression?
    private(set) var start: Expression?
    private(set) var finish: Expression?

    init(_ call: FunctionCall) throws(DemetraError) {
        var positional: [Expression] = []
        var named: [String: Expression] = [:]
        for argument in call.arguments {
            guard case .expression(let expression) = argument.value else { continue }
            if let name = argument.name {
                named[name.name] = expression
            } else {
                positional.append(expression)
            }
        }
        let isKnown = named.keys.allSatisfy { ["start", "finish", "timezone"].contains($0) }
        guard (2...5).contains(positional.count), isKnown, call.over == nil, call.filter == nil,
            positional.count + named.count == call.arguments.count
        else {
            throw DemetraError(
                .undefinedFunction, "time_bucket_gapfill does not take these arguments",
                hint:
                    "Write time_bucket_gapfill(width, time [, start, finish]), with a time zone as the third "
                    + "argument if there is one.")
        }
        (width, time) = (positional[0], positional[1])
        // Three or five arguments have a time zone among them.
        if positional.count % 2 == 1 { zone = positional[2] }
        if positional.count >= 4 {
            start = positional[positional.count - 2]
            finish = positional[positional.count - 1]
        }
        zone = named["timezone"] ?? zone
        start = named["start"] ?? start
        finish = named["finish"] ?? finish
    }
}

/// Puts the rows of all buckets above the groups of a SELECT.
struct GapFillPlacement {
    let binder: Binder
    let collector: GapFillCollector

    /// The plan with a row for each bucket; the plan itself when nothing was asked.
    ///
    /// - Throws: 42803 when the bucket is no group, 0A000 with grouping sets or subqueries above the groups.
    func filled(
        _ plan: LogicalPlan, _ grouping: GroupingBinder.Result?, _ aggregates: AggregateCollector,
        hasSubqueries: Bool
    ) throws(DemetraError) -> LogicalPlan {
        guard let request = collector.request else {
            guard collector.fills.isEmpty else {
                throw DemetraError(
                    .groupingError,
                    "locf, interpolate and fill need time_bucket_gapfill in GROUP BY"
                ).at(collector.range)
            }
            return plan
        }
        let fingerprint = request.bucket.fingerprint
        guard let grouping,
            let index = grouping.groups.firstIndex(where: {
                $0.expression.fingerprint == fingerprint
            })
        else {
            throw DemetraError(
                .groupingError, "time_bucket_gapfill must be in GROUP BY",
                hint: "Group by it, or use time_bucket."
            ).at(collector.range)
        }
        guard grouping.sets == nil, !hasSubqueries else {
            let what = grouping.sets == nil ? "subqueries in the SELECT list" : "GROUPING SETS"
            throw DemetraError(
                .featureNotSupported, "\(what) cannot stand beside time_bucket_gapfill",
                hint: "Put the query with the gaps filled into FROM of another."
            ).at(collector.range)
        }
        let bucket = grouping.groups[index].column
        // All columns of groups, those too that follow from a primary key in GROUP BY.
        let computed = Set(aggregates.calls.map(\.column.id) + [bucket.id])
        let series = plan.columns.filter { !computed.contains($0.id) }
        return .gapFill(
            GapFillPlan(
                input: plan, bucket: PlanColumn(id: bucket.id, name: "", type: request.bucket.type),
                series: series, width: request.width, zone: request.zone,
                start: request.start.map { .init(value: $0, isInclusive: true) }
                    ?? bound(request, isLower: true),
                finish: request.finish.map { .init(value: $0, isInclusive: false) }
                    ?? bound(request, isLower: false), fills: collector.fills))
    }

    /// What WHERE says about the time, as `time >= constant`.
    private func bound(_ request: GapFillRequest, isLower: Bool) -> GapFillPlan.Bound? {
        let time = Self.uncast(request.time).fingerprint
        for part in collector.condition?.conjuncts ?? [] {
            guard case .comparison(var comparison, var left, var right) = part.node else {
                continue
            }
            if Self.uncast(right).fingerprint == time {
                (left, right, comparison) = (right, left, comparison.swapped)
            }
            guard Self.uncast(left).fingerprint == time, right.usedColumns.isEmpty,
                !right.hasOuter, right.type.isDateTime
            else { continue }
            switch (comparison, isLower) {
            case (.greater, true), (.greaterOrEqual, true), (.equal, _), (.lessOrEqual, false):
                return GapFillPlan.Bound(value: right, isInclusive: true)
            case (.less, false): return GapFillPlan.Bound(value: right, isInclusive: false)
            default: continue
            }
        }
        return nil
    }

    private static func uncast(_ expression: BoundExpression) -> BoundExpression {
        guard case .cast(let inner, _) = expression.node, inner.type.isDateTime else {
            return expression
        }
        return uncast(inner)
    }
}
