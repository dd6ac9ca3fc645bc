import DemetraTypes

extension LogicalPlan {
    /// The plan with `change` applied to each input of the node.
    func mappingInputs(_ change: (LogicalPlan) -> LogicalPlan) -> LogicalPlan {
        switch self {
        case .oneRow, .empty, .scan, .values, .commonTable, .changes: return self
        case .project(let input, let columns): return .project(change(input), columns)
        case .filter(let input, let predicate): return .filter(change(input), predicate)
        case .aggregate(var aggregation):
            aggregation.input = change(aggregation.input)
            return .aggregate(aggregation)
        case .window(var window):
            window.input = change(window.input)
            return .window(window)
        case .gapFill(var plan):
            plan.input = change(plan.input)
            return .gapFill(plan)
        case .join(var join):
            join.left = change(join.left)
            join.right = change(join.right)
            return .join(join)
        case .apply(var apply):
            apply.left = change(apply.left)
            apply.right = change(apply.right)
            return .apply(apply)
        case .sort(let input, let keys): return .sort(change(input), keys)
        case .limit(var limit):
            limit.input = change(limit.input)
            return .limit(limit)
        case .distinct(let input, let keys): return .distinct(change(input), on: keys)
        case .setOperation(var operation):
            operation.left = change(operation.left)
            operation.right = change(operation.right)
            return .setOperation(operation)
        case .tableFunction(var function):
            function.inputs = function.inputs.map(change)
            return .tableFunction(function)
        case .expand(var expand):
            expand.input = change(expand.input)
            return .expand(expand)
        case .with(let id, let definition, let body):
            return .with(id: id, definition: change(definition), body: change(body))
        case .recursive(let id, let base, let step, let columns, let all):
            return .recursive(
                id: id, base: change(base), step: change(step), columns: columns, all: all)
        }
    }

    /// The plan with `change` applied to each expression of the node.
    func mappingExpressions(_ change: (BoundExpression) -> BoundExpression) -> LogicalPlan {
        func keys(_ keys: [PlanSortKey]) -> [PlanSortKey] {
            keys.map {
                PlanSortKey(
                    expression: change($0.expression), descending: $0.descending,
                    nullsFirst: $0.nullsFirst)
            }
        }
        func projected(_ columns: [ProjectedColumn]) -> [ProjectedColumn] {
            columns.map { ProjectedColumn(column: $0.column, expression: change($0.expression)) }
        }
        func joinKeys(_ keys: [JoinKey]) -> [JoinKey] {
            keys.map {
                JoinKey(
                    left: change($0.left), right: change($0.right), comparison: $0.comparison,
                    nullsMatch: $0.nullsMatch)
            }
        }
        switch self {
        case .scan(var scan):
            scan.predicates = scan.predicates.map(change)
            return .scan(scan)
        case .values(let columns, let rows):
            return .values(columns, rows: rows.map { $0.map(change) })
        case .project(let input, let columns): return .project(input, projected(columns))
        case .filter(let input, let predicate): return .filter(input, change(predicate))
        case .aggregate(var aggregation):
            aggregation.groups = projected(aggregation.groups)
            for index in aggregation.calls.indices {
                var call = aggregation.calls[index]
                call.arguments = call.arguments.map(change)
                call.rowKeys = call.rowKeys.map(change)
                call.filter = call.filter.map(change)
                call.orderBy = keys(call.orderBy)
                aggregation.calls[index] = call
            }
            return .aggregate(aggregation)
        case .window(var window):
            for index in window.calls.indices {
                var call = window.calls[index]
                call.arguments = call.arguments.map(change)
                call.filter = call.filter.map(change)
                call.partitionBy = call.partitionBy.map(change)
                call.orderBy = keys(call.orderBy)
                window.calls[index] = call
            }
            return .window(window)
        case .gapFill(let plan): return .gapFill(plan.mappingExpressions(change))
        case .join(var join):
            join.keys = joinKeys(join.keys)
            join.condition = join.condition.map(change)
            return .join(join)
        case .apply(var apply):
            apply.keys = joinKeys(apply.keys)
            return .apply(apply)
        case .sort(let input, let sortKeys): return .sort(input, keys(sortKeys))
        case .limit(var limit):
            limit.limit = limit.limit.map(change)
            limit.offset = limit.offset.map(change)
            limit.ties = limit.ties.map { keys($0) }
            return .limit(limit)
        case .distinct(let input, let on): return .distinct(input, on: on.map { $0.map(change) })
        case .expand(var expand):
            for index in expand.calls.indices {
                expand.calls[index].arguments = expand.calls[index].arguments.map(change)
            }
            return .expand(expand)
        default: return self
        }
    }

    /// Every expression of the node, not of its inputs.
    package var expressions: [BoundExpression] {
        var result: [BoundExpression] = []
        _ = mappingExpressions { expression in
            result.append(expression)
            return expression
        }
        return result
    }

    /// The direct inputs.
    package var inputs: [LogicalPlan] {
        var result: [LogicalPlan] = []
        _ = mappingInputs { input in
            result.append(input)
            return input
        }
        return result
    }

    /// Whether some expression below uses an outer column.
    var hasOuterColumns: Bool {
        var found = false
        for expression in expressions {
            expression.forEachPart { if case .outerColumn = $0.node { found = true } }
        }
        return found || inputs.contains { $0.hasOuterColumns }
    }
}

extension BoundExpression {
    /// The operands of nested ANDs.
    var conjuncts: [BoundExpression] {
        if case .and(let operands) = node { return operands.flatMap(\.conjuncts) }
        return [self]
    }

    /// AND of several conditions; nil for none.
    static func conjunction(_ parts: [BoundExpression]) -> BoundExpression? {
        guard parts.count > 1 else { return parts.first }
        return BoundExpression(.and(parts), type: .boolean, range: parts[0].range)
    }
}
