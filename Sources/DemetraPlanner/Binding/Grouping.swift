import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// Resolves GROUP BY: expressions, aliases, ordinals and grouping sets.
struct GroupingBinder {
    let select: SelectBinder
    let items: [SelectBinder.Item]

    /// The keys, and with GROUPING SETS which of them each set holds.
    struct Result {
        var groups: [ProjectedColumn]
        var sets: [[Int]]?
    }

    private var binder: Binder { select.binder }

    func bind() throws(DemetraError) -> Result? {
        if select.core.groupsByAll { return groupByAll() }
        guard let elements = select.core.groupBy else { return nil }
        var result = Result(groups: [], sets: nil)
        var sets: [[Int]] = [[]]
        var hasSets = false
        for element in elements {
            let alternatives = try self.sets(of: element, &result)
            if case .expression = element {} else { hasSets = true }
            sets = sets.flatMap { prefix in
                alternatives.map { prefix + $0.filter { !prefix.contains($0) } }
            }
        }
        if hasSets { result.sets = sets }
        return result
    }

    private func groupByAll() -> Result {
        let aggregateColumns = Set(select.aggregates.calls.map(\.column.id))
        var groups: [ProjectedColumn] = []
        for item in items
        where item.expression.usedColumns.isDisjoint(with: aggregateColumns) {
            _ = position(of: item.expression, in: &groups)
        }
        return Result(groups: groups, sets: nil)
    }

    private func sets(
        of element: GroupingElement, _ result: inout Result
    ) throws(DemetraError) -> [[Int]] {
        switch element {
        case .expression(let expression): return [[try key(expression, &result)]]
        case .set(let expressions, _): return [try keys(expressions, &result)]
        case .rollup(let parts, _):
            var prefixes: [[Int]] = [[]]
            var current: [Int] = []
            for part in parts {
                current += try keys(part, &result)
                prefixes.append(current)
            }
            return prefixes.reversed()
        case .cube(let parts, _):
            var positions: [[Int]] = []
            for part in parts { positions.append(try keys(part, &result)) }
            guard positions.count <= 12 else {
                throw DemetraError(.programLimitExceeded, "CUBE is limited to 12 elements")
            }
            return (0..<(1 << positions.count)).reversed().map { mask in
                positions.indices.filter { mask >> (positions.count - 1 - $0) & 1 == 1 }
                    .flatMap { positions[$0] }
            }
        case .sets(let elements, _):
            var all: [[Int]] = []
            for element in elements { all += try sets(of: element, &result) }
            return all
        }
    }

    private func keys(
        _ expressions: [Expression], _ result: inout Result
    ) throws(DemetraError) -> [Int] {
        var positions: [Int] = []
        for expression in expressions { positions.append(try key(expression, &result)) }
        return positions
    }

    private func key(
        _ expression: Expression, _ result: inout Result
    ) throws(DemetraError) -> Int {
        let context = ExpressionContext(scope: select.scope, clause: "GROUP BY")
        let source = try source(of: expression)
        var bound = try binder.bind(source, context)
        if bound.type == .unknown { bound = try binder.coerce(bound, to: .text) }
        guard context.subqueries.isEmpty else {
            throw DemetraError(
                .featureNotSupported, "subqueries in GROUP BY are not supported yet"
            ).at(expression.range)
        }
        return position(of: bound, in: &result.groups)
    }

    /// What a key stands for: an item by ordinal, or by alias when no input column has the name.
    private func source(of expression: Expression) throws(DemetraError) -> Expression {
        if let position = try binder.ordinal(expression, items.count) {
            if let source = items[position].source { return source }
            return expression
        }
        guard case .column(let path) = expression.node, path.count == 1 else { return expression }
        if case .missing = select.scope.lookUp(path[0].name, relation: nil),
            let item = items.first(where: { $0.name == path[0].name }), let source = item.source
        {
            return source
        }
        return expression
    }

    private func position(of bound: BoundExpression, in groups: inout [ProjectedColumn]) -> Int {
        let fingerprint = bound.fingerprint
        if let index = groups.firstIndex(where: { $0.expression.fingerprint == fingerprint }) {
            return index
        }
        let column: PlanColumn
        if case .column(let id) = bound.node {
            // A plain column keeps its identity, so that subqueries above still find it.
            column = PlanColumn(id: id, name: "", type: bound.type)
        } else {
            column = binder.newColumn("", bound.type)
        }
        groups.append(ProjectedColumn(column: column, expression: bound))
        return groups.count - 1
    }
}

/// A query over groups: what its expressions may use, and how they are rewritten to use it.
struct GroupedQuery {
    private let groups: [ProjectedColumn]
    private let sets: [[Int]]?
    private let aggregates: AggregateCollector
    private let byFingerprint: [String: PlanColumn]
    private let allowed: Set<ColumnIdentifier>
    private let groupings: [ColumnIdentifier: Bool]

    init(
        groups: [ProjectedColumn], sets: [[Int]]?, aggregates: AggregateCollector,
        pendingGroupings: [(column: PlanColumn, arguments: [BoundExpression])]
    ) {
        self.groups = groups
        self.sets = sets
        self.aggregates = aggregates
        byFingerprint = Dictionary(
            groups.map { ($0.expression.fingerprint, $0.column) },
            uniquingKeysWith: { first, _ in first })
        var allowed = Set(groups.map(\.column.id)).union(aggregates.calls.map(\.column.id))
        if let column = aggregates.groupingColumn { allowed.insert(column.id) }
        self.allowed = allowed
        groupings = Dictionary(
            pendingGroupings.map { ($0.column.id, true) }, uniquingKeysWith: { $1 })
    }

    func plan(over input: LogicalPlan) -> LogicalPlan {
        .aggregate(
            Aggregation(
                input: input, groups: groups, calls: aggregates.calls, sets: sets,
                groupingColumn: aggregates.groupingColumn))
    }

    /// The expression over groups.
    ///
    /// - Throws: 42803 for a column that is neither grouped nor aggregated.
    func rewrite(
        _ expression: BoundExpression, _ binder: Binder
    ) throws(DemetraError) -> BoundExpression {
        let result = expression.rewritten { part in
            if let column = byFingerprint[part.fingerprint] {
                return BoundExpression(.column(column.id), type: column.type, range: part.range)
            }
            return groupingMask(part)
        }
        var stray: BoundExpression?
        result.forEachPart { part in
            if case .column(let id) = part.node, !allowed.contains(id), stray == nil,
                !binder.isComputedAboveGroups(id)
            {
                stray = part
            }
        }
        if let stray {
            throw DemetraError(
                .groupingError,
                "column \"\(binder.sourceText(stray.range))\" must appear in the GROUP BY clause or "
                    + "be used in an aggregate function"
            ).at(stray.range)
        }
        return result
    }

    /// `grouping(a, b)`: the bits of its arguments, cut out of the mask over all keys.
    private func groupingMask(_ part: BoundExpression) -> BoundExpression? {
        guard case .cast(let inner, true) = part.node, case .coalesce(let operands) = inner.node,
            case .column(let id)? = operands.first?.node, groupings[id] != nil
        else { return nil }
        func literal(_ value: Int) -> BoundExpression {
            BoundExpression(.literal(.integer(Int64(value))), type: .integer, range: part.range)
        }
        func arithmetic(
            _ operation: ArithmeticOperator, _ left: BoundExpression, _ right: BoundExpression
        ) -> BoundExpression {
            BoundExpression(
                .arithmetic(operation, left, right), type: .integer, range: part.range)
        }
        var result: BoundExpression?
        for argument in operands.dropFirst() {
            let position = groups.firstIndex { $0.expression.fingerprint == argument.fingerprint }
            let bit = groups.count - 1 - (position ?? 0)
            let shifted = arithmetic(.divide, operands[0], literal(1 << bit))
            let flag = arithmetic(.modulo, shifted, literal(2))
            result = result.map { arithmetic(.add, arithmetic(.multiply, $0, literal(2)), flag) } ?? flag
        }
        return result
    }

    func rewrite(
        _ expressions: [BoundExpression], _ binder: Binder
    ) throws(DemetraError) -> [BoundExpression] {
        var result: [BoundExpression] = []
        for expression in expressions { result.append(try rewrite(expression, binder)) }
        return result
    }

    func rewrite(_ key: PlanSortKey, _ binder: Binder) throws(DemetraError) -> PlanSortKey {
        PlanSortKey(
            expression: try rewrite(key.expression, binder), descending: key.descending,
            nullsFirst: key.nullsFirst)
    }

    func rewrite(
        _ subqueries: [PendingSubquery], _ binder: Binder
    ) throws(DemetraError) -> [PendingSubquery] {
        var result: [PendingSubquery] = []
        for subquery in subqueries {
            var keys = subquery.keys
            for index in keys.indices { keys[index].left = try rewrite(keys[index].left, binder) }
            result.append(
                PendingSubquery(
                    kind: subquery.kind, plan: subquery.plan, correlated: subquery.correlated,
                    keys: keys))
        }
        return result
    }
}

/// Puts what an alias of the SELECT list stands for in the place of its name.
struct AliasSubstitution {
    let items: [SelectBinder.Item]
    let scope: Scope

    func apply(_ expression: Expression) -> Expression {
        switch expression.node {
        case .column(let path) where path.count == 1:
            if case .missing = scope.lookUp(path[0].name, relation: nil),
                let source = items.first(where: { $0.name == path[0].name })?.source
            {
                return source
            }
            return expression
        case .binary(let symbol, let left, let right):
            return Expression(
                .binary(operator: symbol, apply(left), apply(right)), range: expression.range)
        case .and(let operands): return Expression(.and(operands.map { apply($0) }), range: expression.range)
        case .or(let operands): return Expression(.or(operands.map { apply($0) }), range: expression.range)
        case .not(let operand): return Expression(.not(apply(operand)), range: expression.range)
        case .between(let a, let b, let c, let symmetric, let negated):
            return Expression(
                .between(apply(a), apply(b), apply(c), symmetric: symmetric, negated: negated),
                range: expression.range)
        default: return expression
        }
    }
}
