import DemetraSQL
import DemetraTypes

// UNION, INTERSECT and EXCEPT.

extension Binder {
    /// Resolves a set operation with its ORDER BY and LIMIT.
    func bindSetOperation(
        _ operation: SetOperator, _ all: Bool, _ left: Query, _ right: Query, _ query: Query,
        _ outer: Scope?
    ) throws(DemetraError) -> BoundQuery {
        let operands = query.operandsOfChain(operation, all, left, right)
        var parts: [LogicalPlan] = []
        var types: [LogicalType] = []
        var correlated: [PlanColumn] = []
        for operand in operands {
            let bound = try bindQuery(operand, outer: outer)
            correlated += bound.correlated
            if let first = parts.first {
                let common = try commonTypes(operation, types, bound.plan, operand, first)
                if common != types {
                    parts = try parts.mapThrowing { (part) throws(DemetraError) in
                        try casting(part, to: common)
                    }
                }
                types = common
                parts.append(try casting(bound.plan, to: types))
            } else {
                types = bound.plan.columns.map(\.type)
                parts.append(bound.plan)
            }
        }
        let kind: SetOperationPlan.Kind =
            switch operation {
            case .union: .union
            case .intersect: .intersect
            case .except: .except
            }
        let plan = combined(kind, all, parts[...])
        let ordered = try orderedByOutput(plan, query)
        return BoundQuery(
            plan: try limited(ordered.plan, query, ordered.keys), correlated: correlated)
    }

    /// The types that the columns of what came before and of one more operand have in common.
    ///
    /// - Throws: 42601 for another number of columns, 42804 for types that have nothing in common.
    private func commonTypes(
        _ operation: SetOperator, _ types: [LogicalType], _ plan: LogicalPlan, _ operand: Query,
        _ first: LogicalPlan
    ) throws(DemetraError) -> [LogicalType] {
        let name =
            switch operation {
            case .union: "UNION"
            case .intersect: "INTERSECT"
            case .except: "EXCEPT"
            }
        guard plan.columns.count == types.count else {
            throw DemetraError(
                .syntaxError, "each \(name) query must have the same number of columns"
            ).at(operand.range)
        }
        var common: [LogicalType] = []
        for (type, column) in zip(types, plan.columns) {
            guard let both = TypeCoercion.common([type, column.type]) else {
                throw DemetraError(
                    .datatypeMismatch, "\(name) types \(type) and \(column.type) cannot be matched"
                ).at(operand.range)
            }
            common.append(both)
        }
        return common
    }

    /// A tree of the operands that is as flat as it can be, so that thousands of them nest a dozen deep.
    private func combined(
        _ kind: SetOperationPlan.Kind, _ all: Bool, _ parts: ArraySlice<LogicalPlan>
    ) -> LogicalPlan {
        guard parts.count > 1, let first = parts.first else { return parts.first ?? .oneRow }
        let middle = parts.startIndex + (parts.count + 1) / 2
        return .setOperation(
            SetOperationPlan(
                kind: kind, all: all, left: combined(kind, all, parts[..<middle]),
                right: combined(kind, all, parts[middle...]),
                columns: first.columns.map { newColumn($0.name, $0.type) }))
    }
}

extension Query {
    /// The operands of a set operation: of one kind of UNION in a row all of them, of others the two.
    fileprivate func operandsOfChain(
        _ operation: SetOperator, _ all: Bool, _ left: Query, _ right: Query
    ) -> [Query] {
        var operands = [right]
        var rest = left
        while operation == .union, rest.isBare,
            case .setOperation(.union, all, let left, let right) = rest.body
        {
            operands.append(right)
            rest = left
        }
        return (operands + [rest]).reversed()
    }

    /// Nothing around its body.
    private var isBare: Bool {
        with.isEmpty && !isOrdered && limit == nil && offset == nil
    }
}
