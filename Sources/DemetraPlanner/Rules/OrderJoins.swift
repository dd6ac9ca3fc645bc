import DemetraTypes

/// Orders the inputs of inner joins where the order they were written in would pair every row with every other:
/// `FROM a, b, c WHERE a.x = c.x AND b.y = c.y` joins a and c first.
///
/// It begins at an input that a condition compares with a constant, and goes on to what an equality connects with
/// those that are joined already. A query in whose own order each input is connected with those before it stays as
/// it was written: its author may have had a reason.
struct OrderJoins {
    func apply(_ plan: LogicalPlan) -> LogicalPlan {
        switch plan {
        case .filter(let input, let predicate):
            if let ordered = ordered(input, predicate.conjuncts) { return ordered }
        case .join(let join) where join.kind == .inner:
            if let ordered = ordered(plan, []) { return ordered }
        default: break
        }
        return plan.mappingInputs { apply($0) }
    }

    /// The joins of a region in another order; nil where there is nothing to gain.
    private func ordered(_ plan: LogicalPlan, _ filters: [BoundExpression]) -> LogicalPlan? {
        var inputs: [LogicalPlan] = []
        var conditions = filters
        guard collect(plan, &inputs, &conditions), inputs.count > 2 else { return nil }
        let region = JoinRegion(inputs, conditions)
        let written = Array(inputs.indices)
        guard region.crossCount(written) > 0 else { return nil }
        let order = region.order
        guard region.crossCount(order) < region.crossCount(written) else { return nil }
        let parts = order.map { apply(inputs[$0]) }
        var result = parts[0]
        for part in parts.dropFirst() {
            result = .join(JoinPlan(kind: .inner, left: result, right: part))
        }
        guard let condition = BoundExpression.conjunction(conditions) else { return result }
        return .filter(result, condition)
    }

    /// Takes inner joins and the filters between them apart; false where one has more to it than conditions.
    private func collect(
        _ plan: LogicalPlan, _ inputs: inout [LogicalPlan], _ conditions: inout [BoundExpression]
    ) -> Bool {
        switch plan {
        case .join(let join) where join.kind == .inner:
            guard join.keys.isEmpty else { return false }
            conditions += join.condition?.conjuncts ?? []
            return collect(join.left, &inputs, &conditions)
                && collect(join.right, &inputs, &conditions)
        default:
            inputs.append(plan)
            return true
        }
    }
}

/// The inputs of a region of inner joins, and what connects them.
private struct JoinRegion {
    private let columns: [Set<ColumnIdentifier>]
    /// Equalities between sides that each use columns.
    private let equalities: [(Set<ColumnIdentifier>, Set<ColumnIdentifier>)]
    /// Inputs of which a column is compared with what does not depend on rows.
    private let selective: Set<Int>

    init(_ inputs: [LogicalPlan], _ conditions: [BoundExpression]) {
        let columns = inputs.map { Set($0.columns.map(\.id)) }
        var equalities: [(Set<ColumnIdentifier>, Set<ColumnIdentifier>)] = []
        var selective: Set<Int> = []
        for condition in conditions {
            let used = condition.usedColumns
            if let only = columns.firstIndex(where: { !used.isEmpty && used.isSubset(of: $0) }) {
                switch condition.node {
                case .comparison(.equal, _, _), .inList: selective.insert(only)
                default: break
                }
            }
            guard case .comparison(.equal, let a, let b) = condition.node, !a.hasOuter, !b.hasOuter,
                !a.usedColumns.isEmpty, !b.usedColumns.isEmpty
            else { continue }
            equalities.append((a.usedColumns, b.usedColumns))
        }
        self.columns = columns
        self.equalities = equalities
        self.selective = selective
    }

    private func isConnected(_ input: Int, _ joined: Set<ColumnIdentifier>) -> Bool {
        equalities.contains { a, b in
            (a.isSubset(of: columns[input]) && b.isSubset(of: joined))
                || (b.isSubset(of: columns[input]) && a.isSubset(of: joined))
        }
    }

    /// How many inputs, in an order, no equality connects with those before them.
    func crossCount(_ order: [Int]) -> Int {
        var joined = columns[order[0]]
        var count = 0
        for input in order.dropFirst() {
            if !isConnected(input, joined) { count += 1 }
            joined.formUnion(columns[input])
        }
        return count
    }

    /// From a selective input along the equalities, selective ones before others.
    var order: [Int] {
        var rest = Array(columns.indices)
        let first = rest.first { selective.contains($0) } ?? rest[0]
        var order = [first]
        var joined = columns[first]
        rest.removeAll { $0 == first }
        while !rest.isEmpty {
            let connected = rest.filter { isConnected($0, joined) }
            let next = connected.first { selective.contains($0) } ?? connected.first ?? rest[0]
            order.append(next)
            joined.formUnion(columns[next])
            rest.removeAll { $0 == next }
        }
        return order
    }
}
