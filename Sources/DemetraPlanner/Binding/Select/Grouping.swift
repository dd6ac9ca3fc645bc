import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// Resolves GROUP BY: expressions, aliases, ordinals and grouping sets.
struct GroupingBinder {
    private static let mostSets = 4_096

    let select: SelectBinder
    let items: [SelectBinder.Item]

    /// The keys, and with GROUPING SETS which of them each set holds.
    struct Result {
        var groups: [ProjectedColumn]
        var sets: [[Int]]?
        /// Subqueries that keys alone use.
        var subqueries: [PendingSubquery] = []
        /// Positions of those of the SELECT list that stand in a key, so below the groups.
        var subqueriesBelow: Set<Int> = []
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
            try checkCount(sets.count * alternatives.count)
            sets = sets.flatMap { prefix in
                alternatives.map { prefix + $0.filter { !prefix.contains($0) } }
            }
        }
        if hasSets { result.sets = sets }
        return result
    }

    private func groupByAll() -> Result {
        let computed = Set(
            select.aggregates.calls.map(\.column.id) + select.windows.calls.map(\.column.id))
        var result = Result(groups: [], sets: nil)
        for item in items where item.expression.usedColumns.isDisjoint(with: computed) {
            _ = position(of: item.expression, in: &result.groups)
            result.subqueriesBelow.formUnion(item.subqueries)
        }
        return result
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
                throw DemetraError(.tooManyColumns, "CUBE is limited to 12 elements")
            }
            return (0..<(1 << positions.count)).reversed().map { mask in
                positions.indices.filter { mask >> (positions.count - 1 - $0) & 1 == 1 }
                    .flatMap { positions[$0] }
            }
        case .sets(let elements, _):
            var all: [[Int]] = []
            for element in elements {
                all += try sets(of: element, &result)
                try checkCount(all.count)
            }
            return all
        }
    }

    /// - Throws: 54001 for more sets than PostgreSQL takes, since they multiply.
    private func checkCount(_ count: Int) throws(DemetraError) {
        guard count > Self.mostSets else { return }
        throw DemetraError(
            .statementTooComplex, "too many grouping sets present (maximum \(Self.mostSets))")
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
        if let item = try selectedItem(expression) {
            let used = item.expression.usedColumns
            if !used.isDisjoint(with: select.aggregates.calls.map(\.column.id)) {
                throw DemetraError(
                    .groupingError, "aggregate functions are not allowed in GROUP BY"
                ).at(expression.range)
            }
            if !used.isDisjoint(with: select.windows.calls.map(\.column.id)) {
                throw DemetraError(
                    .windowingError, "window functions are not allowed in GROUP BY"
                ).at(expression.range)
            }
            result.subqueriesBelow.formUnion(item.subqueries)
            return position(of: item.expression, in: &result.groups)
        }
        let context = ExpressionContext(scope: select.scope, clause: "GROUP BY")
        context.gapFill = select.gapFill
        context.sets = select.sets
        let bound = try binder.bind(expression, context)
        result.subqueries += context.subqueries
        return position(of: bound, in: &result.groups)
    }

    /// What a key stands for: an item by ordinal, or by alias when no input column has the name.
    private func selectedItem(
        _ expression: Expression
    ) throws(DemetraError) -> SelectBinder.Item? {
        if let position = try binder.ordinal(expression, items.count) { return items[position] }
        guard case .column(let path) = expression.node, path.count == 1,
            case .missing = select.scope.lookUp(path[0].name, relation: nil)
        else { return nil }
        return items.first { $0.name == path[0].name }
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
