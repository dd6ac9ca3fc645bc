import DemetraTypes

/// The relations that FROM joins, and which of them have at most one row for a row of another.
struct JoinTree {
    /// A relation of FROM.
    struct Leaf {
        let plan: LogicalPlan
        let columns: Set<ColumnIdentifier>
        /// Sets of columns of which no two rows have equal values.
        let keys: [Set<ColumnIdentifier>]
        /// It can be missing from a row: an outer join fills its columns with NULL.
        var isOptional = false
        /// Leaves of which one row each belongs to a row of this one: what LATERAL looks at.
        var owners: Set<Int> = []
        /// Leaves that have one row of this one at most: the left side of ASOF.
        var follows: Set<Int>?
    }

    /// Where a column is known, so is another.
    private struct Implication {
        /// nil for a column that is constant.
        let source: ColumnIdentifier?
        let target: ColumnIdentifier
        /// Holds only for rows that have all of some relation among these leaves; nil: always.
        let scope: Range<Int>?
    }

    private(set) var leaves: [Leaf] = []
    private var implications: [Implication] = []

    init(_ plan: LogicalPlan) { collect(plan, isOptional: false) }

    /// The leaves that these columns are of.
    func leaves(of columns: Set<ColumnIdentifier>) -> [Int] {
        leaves.indices.filter { !leaves[$0].columns.isDisjoint(with: columns) }
    }

    /// Whether a row of these leaves together is in one row of FROM at most.
    func isOnce(_ base: [Int]) -> Bool {
        var known = Set(base)
        var columns = base.reduce(into: Set<ColumnIdentifier>()) {
            $0.formUnion(leaves[$1].columns)
        }
        var isGrowing = true
        while isGrowing, known.count < leaves.count {
            isGrowing = false
            for rule in implications where !columns.contains(rule.target) {
                if let source = rule.source, !columns.contains(source) { continue }
                if let scope = rule.scope, !base.contains(where: { scope.contains($0) }) {
                    continue
                }
                columns.insert(rule.target)
                isGrowing = true
            }
            for (index, leaf) in leaves.enumerated() where !known.contains(index) {
                let isFound =
                    leaf.keys.contains { $0.isSubset(of: columns) }
                    || known.contains { leaves[$0].owners.contains(index) }
                    || (leaf.follows.map { $0.isSubset(of: known) } ?? false)
                guard isFound else { continue }
                known.insert(index)
                columns.formUnion(leaf.columns)
                isGrowing = true
            }
        }
        return known.count == leaves.count
    }

    // MARK: Walking

    private mutating func collect(_ plan: LogicalPlan, isOptional: Bool) {
        switch plan {
        case .filter(let input, let predicate):
            collect(input, isOptional: isOptional)
            note(predicate, scope: { _, _ in .some(nil) })
        case .sort(let input, _), .distinct(let input, on: .some):
            collect(input, isOptional: isOptional)
        case .project(let input, let columns) where Self.passesOn(input, columns):
            collect(input, isOptional: isOptional)
        case .join(let join): collect(join, isOptional: isOptional)
        case .apply(let apply):
            let start = leaves.count
            collect(apply.left, isOptional: isOptional)
            guard apply.kind == .inner || apply.kind == .left else { return }
            var leaf = Self.leaf(apply.right)
            leaf.isOptional = isOptional || apply.kind == .left
            leaf.owners = Set(start..<leaves.count)
            leaves.append(leaf)
        default:
            var leaf = Self.leaf(plan)
            leaf.isOptional = isOptional
            leaves.append(leaf)
        }
    }

    private mutating func collect(_ join: JoinPlan, isOptional: Bool) {
        let start = leaves.count
        switch join.kind {
        case .semi, .anti, .nullAwareAnti, .mark, .single:
            // Subqueries of conditions: they keep or drop rows.
            collect(join.left, isOptional: isOptional)
            return
        default: break
        }
        let kind = join.kind
        collect(join.left, isOptional: isOptional || kind == .right || kind == .full)
        let border = leaves.count
        let isRightOptional = kind == .left || kind == .full || kind == .asofLeft
        collect(join.right, isOptional: isOptional || isRightOptional)
        let (left, right) = (start..<border, border..<leaves.count)
        if kind == .asof || kind == .asofLeft {
            for index in right { leaves[index].follows = Set(left) }
            return
        }
        // A condition of an outer join holds for the rows that have its optional side.
        let known = leaves
        note(join.condition) { source, target in
            let isSourceLeft = source.map { Self.contains(left, $0, known) }
            let isTargetLeft = Self.contains(left, target, known)
            switch kind {
            case .inner: return .some(nil)
            case .left: return isTargetLeft ? .some(right) : .some(nil)
            case .right: return isTargetLeft ? .some(nil) : .some(left)
            default:
                if isSourceLeft == isTargetLeft { return .some(isTargetLeft ? right : left) }
                return isTargetLeft ? .some(right) : .some(left)
            }
        }
        for key in join.keys where key.comparison == .equal {
            guard case .column(let a) = key.left.node, case .column(let b) = key.right.node else {
                continue
            }
            implications.append(
                Implication(source: a, target: b, scope: kind == .right ? left : nil))
            implications.append(
                Implication(source: b, target: a, scope: kind == .left ? right : nil))
        }
    }

    private static func contains(
        _ range: Range<Int>, _ column: ColumnIdentifier, _ leaves: [Leaf]
    ) -> Bool { range.contains { leaves[$0].columns.contains(column) } }

    /// Notes what the equalities of a condition imply.
    private mutating func note(
        _ condition: BoundExpression?,
        scope: (_ source: ColumnIdentifier?, _ target: ColumnIdentifier) -> Range<Int>??
    ) {
        var found: [Implication] = []
        func add(_ source: ColumnIdentifier?, _ target: ColumnIdentifier) {
            guard let limits = scope(source, target) else { return }
            found.append(Implication(source: source, target: target, scope: limits))
        }
        for part in condition?.conjuncts ?? [] {
            guard case .comparison(.equal, let left, let right) = part.node else { continue }
            switch (Self.side(left), Self.side(right)) {
            case (.column(let a), .column(let b)):
                add(a, b)
                add(b, a)
            case (.column(let a), .constant), (.constant, .column(let a)): add(nil, a)
            default: break
            }
        }
        implications += found
    }

    private enum Side {
        case column(ColumnIdentifier)
        case constant
        case other
    }

    private static func side(_ expression: BoundExpression) -> Side {
        switch expression.node {
        case .column(let id): .column(id)
        case .literal, .parameter, .outerColumn: .constant
        // Casts between types of numbers, and of texts, keep different values apart.
        case .cast(let inner, _) where isOneToOne(inner.type, expression.type): side(inner)
        default: .other
        }
    }

    private static func isOneToOne(_ from: LogicalType, _ to: LogicalType) -> Bool {
        (from.isInteger && (to.isInteger || to.isNumeric)) || (from.isText && to == .text)
    }

    /// A projection that only adds columns.
    private static func passesOn(_ input: LogicalPlan, _ columns: [ProjectedColumn]) -> Bool {
        let passed = Set(
            columns.compactMap { column -> ColumnIdentifier? in
                guard case .column(let id) = column.expression.node, id == column.column.id else {
                    return nil
                }
                return id
            })
        return input.columns.allSatisfy { passed.contains($0.id) }
    }

    private static func leaf(_ plan: LogicalPlan) -> Leaf {
        Leaf(plan: plan, columns: Set(plan.columns.map(\.id)), keys: UniqueKeys.of(plan))
    }

    // MARK: Changing

    /// The plan with `change` applied to each leaf, by its index.
    func mappingLeaves(
        _ plan: LogicalPlan, _ change: (Int, LogicalPlan) -> LogicalPlan
    ) -> LogicalPlan {
        var next = 0
        return Self.mapping(plan, &next, change)
    }

    private static func mapping(
        _ plan: LogicalPlan, _ next: inout Int, _ change: (Int, LogicalPlan) -> LogicalPlan
    ) -> LogicalPlan {
        switch plan {
        case .filter(let input, let predicate):
            return .filter(mapping(input, &next, change), predicate)
        case .sort(let input, let keys): return .sort(mapping(input, &next, change), keys)
        case .distinct(let input, on: .some(let keys)):
            return .distinct(mapping(input, &next, change), on: keys)
        case .project(let input, let columns) where passesOn(input, columns):
            let mapped = mapping(input, &next, change)
            let known = Set(input.columns.map(\.id))
            let added = mapped.columns.filter { !known.contains($0.id) }.map { column in
                ProjectedColumn(
                    column: column,
                    expression: BoundExpression(.column(column.id), type: column.type))
            }
            return .project(mapped, columns + added)
        case .join(var join):
            join.left = mapping(join.left, &next, change)
            switch join.kind {
            case .semi, .anti, .nullAwareAnti, .mark, .single: break
            default: join.right = mapping(join.right, &next, change)
            }
            return .join(join)
        case .apply(var apply):
            apply.left = mapping(apply.left, &next, change)
            guard apply.kind == .inner || apply.kind == .left else { return .apply(apply) }
            apply.right = change(next, apply.right)
            next += 1
            return .apply(apply)
        default:
            let index = next
            next += 1
            return change(index, plan)
        }
    }
}
