import DemetraCatalog
import DemetraFunctions
import DemetraPlanner
import DemetraTypes
import DemetraVectors

/// Decides how each node of a logical plan is carried out, and compiles its expressions.
struct PhysicalPlanner {
    /// The operator tree for a plan.
    static func plan(_ plan: LogicalPlan) throws(DemetraError) -> any PhysicalOperator {
        try PlanProfile.wrapping(plan) { () throws(DemetraError) in try make(plan) }
    }

    private static func make(_ plan: LogicalPlan) throws(DemetraError) -> any PhysicalOperator {
        switch plan {
        case .oneRow: return OneRowOperator(layout: ColumnLayout([]), count: 1)
        case .empty(let columns): return OneRowOperator(layout: ColumnLayout(columns), count: 0)
        case .scan(let scan): return try ScanPlanner.plan(scan)
        case .values(let columns, let rows):
            var programs: [ExpressionProgram] = []
            for row in rows {
                programs.append(try ExpressionCompiler.compile(row, layout: ColumnLayout([])))
            }
            return ValuesOperator(layout: ColumnLayout(columns), rows: programs)
        case .project(let input, let columns):
            let input = try self.plan(input)
            return ProjectOperator(
                input: input,
                program: try ExpressionCompiler.compile(
                    columns.map(\.expression), layout: input.layout),
                layout: ColumnLayout(columns.map(\.column)))
        case .filter(let input, let predicate): return try filter(input, predicate)
        case .aggregate(let aggregation): return try AggregationPlanner.plan(aggregation)
        case .window(let window): return try WindowPlanner.plan(window)
        case .gapFill(let plan): return try GapFillPlanner.plan(plan)
        case .join(let join): return try JoinPlanner.plan(join)
        case .apply(let apply): return try JoinPlanner.plan(apply)
        case .sort(let input, let keys):
            let input = try self.plan(input)
            return SortOperator(input: input, keys: try SortKeys(keys, layout: input.layout))
        case .limit(let limit): return try LimitPlanner.plan(limit)
        case .distinct(let input, let keys): return try distinct(input, keys)
        case .setOperation(let operation):
            return SetOperator(
                kind: operation.kind, all: operation.all, left: try self.plan(operation.left),
                right: try self.plan(operation.right), layout: ColumnLayout(operation.columns),
                sortKeys: try SortKeys(allOf: ColumnLayout(operation.columns)))
        case .changes(let scan): return ChangesOperator(scan: scan)
        case .tableFunction(let function):
            if let relation = SystemRelation(rawValue: function.name) {
                return SystemRelationOperator(
                    relation: relation, layout: ColumnLayout(function.columns))
            }
            var inputs: [any PhysicalOperator] = []
            for input in function.inputs { inputs.append(try self.plan(input)) }
            return TableFunctionOperator(
                function: function.function, inputs: inputs,
                withOrdinality: function.withOrdinality, layout: ColumnLayout(function.columns))
        case .expand(let expand): return try self.expand(expand)
        case .with(let id, let definition, let body):
            return WithOperator(
                id: id, definition: try self.plan(definition), body: try self.plan(body))
        case .commonTable(let id, let columns):
            return CommonTableOperator(id: id, layout: ColumnLayout(columns))
        case .recursive(let id, let base, let step, let columns, let all):
            return RecursiveOperator(
                id: id, base: try self.plan(base), step: try self.plan(step),
                layout: ColumnLayout(columns), all: all)
        }
    }

    private static func expand(_ expand: ExpandPlan) throws(DemetraError) -> any PhysicalOperator {
        let input = try plan(expand.input)
        var arguments: [BoundExpression] = []
        var calls: [ExpandOperator.Call] = []
        for call in expand.calls {
            let start = arguments.count
            arguments += call.arguments
            calls.append(
                ExpandOperator.Call(
                    function: call.function, arguments: start..<arguments.count,
                    types: call.columns.map(\.type)))
        }
        return ExpandOperator(
            input: input,
            program: try ExpressionCompiler.compile(arguments, layout: input.layout),
            calls: calls, hasOrdinality: expand.ordinality != nil, keepsEmpty: expand.keepsEmpty,
            layout: ColumnLayout(LogicalPlan.expand(expand).columns))
    }

    private static func filter(
        _ input: LogicalPlan, _ predicate: BoundExpression
    ) throws(DemetraError) -> any PhysicalOperator {
        let input = try plan(input)
        var programs: [ExpressionProgram] = []
        for conjunct in predicate.conjuncts {
            programs.append(try ExpressionCompiler.compile([conjunct], layout: input.layout))
        }
        return FilterOperator(input: input, predicates: programs)
    }

    private static func distinct(
        _ input: LogicalPlan, _ keys: [BoundExpression]?
    ) throws(DemetraError) -> any PhysicalOperator {
        let input = try plan(input)
        guard let keys else {
            return DistinctOperator(
                input: input, keys: nil, keyTypes: input.layout.types,
                sortKeys: try SortKeys(allOf: input.layout))
        }
        return DistinctOperator(
            input: input, keys: try ExpressionCompiler.compile(keys, layout: input.layout),
            keyTypes: keys.map(\.type),
            sortKeys: try SortKeys(ascending: keys, layout: input.layout))
    }
}

extension BoundExpression {
    /// The operands of a chain of ANDs.
    var conjuncts: [BoundExpression] {
        if case .and(let operands) = node { return operands.flatMap(\.conjuncts) }
        return [self]
    }
}
