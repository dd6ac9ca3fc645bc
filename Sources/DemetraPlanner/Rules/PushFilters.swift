import DemetraFunctions
import DemetraTypes

/// Moves conditions down to where their columns come from, into scans where it can, and makes hash keys
/// of equalities between the sides of a join.
///
/// - Invariant: a condition passes the NULL-extended side of an outer join never, the other side always.
struct PushFilters {
    func apply(_ plan: LogicalPlan) -> LogicalPlan { push([], into: plan) }

    /// The plan with the conditions applied as deep as possible.
    private func push(_ conditions: [BoundExpression], into plan: LogicalPlan) -> LogicalPlan {
        switch plan {
        case .filter(let input, let predicate):
            return push(predicate.conjuncts + conditions, into: input)
        case .scan(var scan):
            let own = Set(scan.columns.map(\.column.id))
            let (fit, rest) = split(conditions) { $0.usedColumns.isSubset(of: own) && !$0.hasOuter }
            scan.predicates += fit
            return filtered(.scan(scan), rest)
        case .project(let input, let columns): return pushProject(conditions, input, columns)
        case .join(let join): return pushJoin(conditions, join)
        case .apply(var apply):
            let left = Set(apply.left.columns.map(\.id))
            let (fit, rest) = split(conditions) { $0.usedColumns.isSubset(of: left) }
            apply.left = push(fit, into: apply.left)
            apply.right = push([], into: apply.right)
            return filtered(.apply(apply), rest)
        case .aggregate(var aggregation):
            let keys = Dictionary(
                aggregation.groups.map { ($0.column.id, $0.expression) },
                uniquingKeysWith: { first, _ in first })
            let canPass = aggregation.sets == nil && !aggregation.groups.isEmpty
            let (fit, rest) = split(conditions) { condition in
                canPass && condition.usedColumns.allSatisfy { keys[$0] != nil }
            }
            aggregation.input = push(fit.map { substitute($0, keys) }, into: aggregation.input)
            return filtered(.aggregate(aggregation), rest)
        case .window(var window):
            let keys = partitionColumns(window)
            let (fit, rest) = split(conditions) {
                $0.usedColumns.isSubset(of: keys) && !$0.usedColumns.isEmpty
            }
            window.input = push(fit, into: window.input)
            return filtered(.window(window), rest)
        case .expand(var expand):
            let columns = Set(expand.input.columns.map(\.id))
            let (fit, rest) = split(conditions) { $0.usedColumns.isSubset(of: columns) }
            expand.input = push(fit, into: expand.input)
            return filtered(.expand(expand), rest)
        case .sort(let input, let keys): return .sort(push(conditions, into: input), keys)
        case .distinct(let input, nil): return .distinct(push(conditions, into: input), on: nil)
        case .setOperation(var operation) where operation.kind == .union:
            operation.left = push(
                conditions.map { renamed($0, operation.columns, operation.left.columns) },
                into: operation.left)
            operation.right = push(
                conditions.map { renamed($0, operation.columns, operation.right.columns) },
                into: operation.right)
            return .setOperation(operation)
        case .with(let id, let definition, let body):
            return .with(
                id: id, definition: push([], into: definition), body: push(conditions, into: body))
        default:
            return filtered(plan.mappingInputs { push([], into: $0) }, conditions)
        }
    }

    private func split(
        _ conditions: [BoundExpression], _ fits: (BoundExpression) -> Bool
    ) -> ([BoundExpression], [BoundExpression]) {
        (conditions.filter(fits), conditions.filter { !fits($0) })
    }

    private func filtered(_ plan: LogicalPlan, _ conditions: [BoundExpression]) -> LogicalPlan {
        let needed = conditions.filter { condition in
            if case .literal(.boolean(true)) = condition.node { return false }
            return true
        }
        guard let condition = BoundExpression.conjunction(needed) else { return plan }
        return .filter(plan, condition)
    }

    private func substitute(
        _ condition: BoundExpression, _ values: [ColumnIdentifier: BoundExpression]
    ) -> BoundExpression {
        condition.rewritten { part in
            guard case .column(let id) = part.node else { return nil }
            return values[id]
        }
    }

    private func renamed(
        _ condition: BoundExpression, _ from: [PlanColumn], _ to: [PlanColumn]
    ) -> BoundExpression {
        var values: [ColumnIdentifier: BoundExpression] = [:]
        for (source, target) in zip(from, to) {
            values[source.id] = BoundExpression(.column(target.id), type: target.type)
        }
        return substitute(condition, values)
    }

    private func pushProject(
        _ conditions: [BoundExpression], _ input: LogicalPlan, _ columns: [ProjectedColumn]
    ) -> LogicalPlan {
        let values = Dictionary(
            columns.map { ($0.column.id, $0.expression) }, uniquingKeysWith: { first, _ in first })
        // What is volatile, or dear, is not computed twice.
        let (fit, rest) = split(conditions) { condition in
            condition.usedColumns.allSatisfy { id in
                switch values[id]?.node {
                case .column, .literal, .cast, .arithmetic, .call: values[id]?.isVolatile == false
                default: false
                }
            }
        }
        let pushed = push(fit.map { substitute($0, values) }, into: input)
        return filtered(.project(pushed, columns), rest)
    }

    /// Columns by which every call is partitioned.
    private func partitionColumns(_ window: WindowPlan) -> Set<ColumnIdentifier> {
        var result: Set<ColumnIdentifier>?
        for call in window.calls {
            var own: Set<ColumnIdentifier> = []
            for expression in call.partitionBy {
                if case .column(let id) = expression.node { own.insert(id) }
            }
            result = result?.intersection(own) ?? own
        }
        return result ?? []
    }

    // MARK: Joins

    private func pushJoin(_ conditions: [BoundExpression], _ join: JoinPlan) -> LogicalPlan {
        var join = join
        let left = Set(join.left.columns.map(\.id))
        let right = Set(join.right.columns.map(\.id))
        var (leftOnly, rightOnly, rest): ([BoundExpression], [BoundExpression], [BoundExpression]) =
            ([], [], [])
        let isInner = join.kind == .inner
        for condition in conditions {
            let used = condition.usedColumns
            if used.isSubset(of: left), !condition.hasOuter, passesLeft(join.kind) {
                leftOnly.append(condition)
            } else if used.isSubset(of: right), isInner || join.kind == .right, !used.isEmpty {
                rightOnly.append(condition)
            } else if isInner {
                join.condition = BoundExpression.conjunction(
                    (join.condition?.conjuncts ?? []) + [condition])
            } else {
                rest.append(condition)
            }
        }
        absorb(&join, left, right, &leftOnly, &rightOnly)
        join.left = push(leftOnly, into: join.left)
        join.right = push(rightOnly, into: join.right)
        return filtered(reduced(join), rest)
    }

    /// A row of the left side is kept or dropped by itself.
    private func passesLeft(_ kind: PlanJoinKind) -> Bool {
        switch kind {
        case .right, .full: false
        default: true
        }
    }

    /// Conjuncts of the condition become keys, or move to the side they look at.
    private func absorb(
        _ join: inout JoinPlan, _ left: Set<ColumnIdentifier>, _ right: Set<ColumnIdentifier>,
        _ leftOnly: inout [BoundExpression], _ rightOnly: inout [BoundExpression]
    ) {
        var kept: [BoundExpression] = []
        for condition in join.condition?.conjuncts ?? [] {
            let used = condition.usedColumns
            if let key = key(condition, left, right), allowsKeys(join.kind) {
                join.keys.append(key)
            } else if filtersLeft(join.kind), used.isSubset(of: left), !used.isEmpty {
                leftOnly.append(condition)
            } else if used.isSubset(of: right), !used.isEmpty, filtersRight(join.kind) {
                rightOnly.append(condition)
            } else {
                kept.append(condition)
            }
        }
        join.condition = BoundExpression.conjunction(kept)
    }

    private func allowsKeys(_ kind: PlanJoinKind) -> Bool {
        switch kind {
        case .inner, .left, .right, .full, .semi, .anti, .single: true
        case .mark(_, let isNullAware): !isNullAware
        default: false
        }
    }

    /// A condition of ON about the left side alone only decides which rows can be partners.
    private func filtersLeft(_ kind: PlanJoinKind) -> Bool {
        switch kind {
        case .inner, .right: true
        default: false
        }
    }

    /// A condition of ON about the right side alone only decides which rows can be partners.
    private func filtersRight(_ kind: PlanJoinKind) -> Bool {
        switch kind {
        case .inner, .left, .semi, .anti, .single: true
        case .mark(_, let isNullAware): !isNullAware
        default: false
        }
    }

    private func key(
        _ condition: BoundExpression, _ left: Set<ColumnIdentifier>,
        _ right: Set<ColumnIdentifier>
    ) -> JoinKey? {
        let (a, b, nullsMatch): (BoundExpression, BoundExpression, Bool)
        switch condition.node {
        case .comparison(.equal, let x, let y): (a, b, nullsMatch) = (x, y, false)
        case .not(let inner):
            guard case .isDistinct(let x, let y) = inner.node else { return nil }
            (a, b, nullsMatch) = (x, y, true)
        default: return nil
        }
        let (usedA, usedB) = (a.usedColumns, b.usedColumns)
        guard !usedA.isEmpty, !usedB.isEmpty, !a.hasOuter, !b.hasOuter else { return nil }
        if usedA.isSubset(of: left), usedB.isSubset(of: right) {
            return JoinKey(left: a, right: b, nullsMatch: nullsMatch)
        }
        if usedB.isSubset(of: left), usedA.isSubset(of: right) {
            return JoinKey(left: b, right: a, nullsMatch: nullsMatch)
        }
        return nil
    }

    /// WHERE EXISTS and WHERE x IN: a mark that a filter right above asks for becomes a semi join.
    private func reduced(_ join: JoinPlan) -> LogicalPlan { .join(join) }
}

extension BoundExpression {
    /// Uses a column of an outer row.
    var hasOuter: Bool {
        var found = false
        forEachPart { if case .outerColumn = $0.node { found = true } }
        return found
    }

    /// May differ at each evaluation.
    var isVolatile: Bool {
        var found = false
        forEachPart { part in
            if case .call(let function, _) = part.node, function.volatility == .volatile {
                found = true
            }
        }
        return found
    }
}
