import DemetraSQL
import DemetraTypes

// Joins written with JOIN.

extension Binder {
    /// What a join matches on, bound.
    private struct Match {
        var conjuncts: [BoundExpression] = []
        var subqueries: [PendingSubquery] = []
        /// Columns of FULL JOIN ... USING: the one side's or the other's.
        var coalesced: [(PlanColumn, BoundExpression)] = []
        var relations: [ScopeRelation]
    }

    func bindJoin(
        _ kind: JoinKind, _ left: TableReference, _ right: TableReference,
        _ condition: JoinCondition, _ range: SourceRange, _ scope: Scope
    ) throws(DemetraError) -> (BoundQuery, [ScopeRelation]) {
        var (leftQuery, leftRelations) = try bindReference(left, scope)
        // LATERAL items on the right see the left side.
        let inner = Scope(parent: scope.parent)
        inner.relations = scope.relations + leftRelations
        var (rightQuery, rightRelations) = try bindReference(right, inner)
        for column in inner.correlated { scope.noteCorrelation(column) }
        try checkAliases(leftRelations + rightRelations, right)
        let match = try bindMatch(kind, condition, leftRelations, rightRelations, range, scope)
        var plan = try joined(kind, &leftQuery, &rightQuery, match, range)
        if !match.coalesced.isEmpty { plan = extended(plan, match.coalesced) }
        let own = Set(leftQuery.plan.columns.map(\.id))
        let correlated =
            leftQuery.correlated + rightQuery.correlated.filter { !own.contains($0.id) }
        return (BoundQuery(plan: plan, correlated: correlated), match.relations)
    }

    private func joined(
        _ kind: JoinKind, _ left: inout BoundQuery, _ right: inout BoundQuery, _ match: Match,
        _ range: SourceRange
    ) throws(DemetraError) -> LogicalPlan {
        if match.subqueries.isEmpty {
            return try joinPlan(kind, left, right, match.conjuncts, range)
        }
        if kind == .inner {
            let all = joining(try joinPlan(kind, left, right, [], range), match.subqueries)
            return .filter(all, connected(match.conjuncts, isAnd: true, range))
        }
        if try attach(match.subqueries, &left, &right, isFull: kind == .full, range) {
            return try joinPlan(kind, left, right, match.conjuncts, range)
        }
        return lookingAtBothSides(kind, left.plan, right.plan, match, range)
    }

    /// Each row of one plan with those of another that meet a condition, which may have subqueries, or with NULLs.
    func leftJoined(
        _ left: LogicalPlan, _ right: LogicalPlan, on condition: BoundExpression,
        _ subqueries: [PendingSubquery], _ range: SourceRange
    ) throws(DemetraError) -> LogicalPlan {
        let match = Match(conjuncts: [condition], subqueries: subqueries, relations: [])
        var leftQuery = BoundQuery(plan: left, correlated: [])
        var rightQuery = BoundQuery(plan: right, correlated: [])
        return try joined(.left, &leftQuery, &rightQuery, match, range)
    }

    private func bindMatch(
        _ kind: JoinKind, _ condition: JoinCondition, _ left: [ScopeRelation],
        _ right: [ScopeRelation], _ range: SourceRange, _ scope: Scope
    ) throws(DemetraError) -> Match {
        var match = Match(relations: left + right)
        switch condition {
        case .none: break
        case .on(let expression):
            let joined = Scope(parent: scope.parent)
            joined.relations = left + right
            let context = ExpressionContext(scope: joined, clause: "JOIN conditions")
            match.conjuncts = [try self.condition(try bind(expression, context), "JOIN/ON")]
            match.subqueries = context.subqueries
            for column in joined.correlated { scope.noteCorrelation(column) }
        case .using(let names): try merge(names, kind, left, right, &match)
        case .natural:
            let other = Set(right.flatMap { $0.columns.filter { !$0.isHidden }.map(\.name) })
            let names = left.flatMap { $0.columns.filter { !$0.isHidden } }
                .filter { other.contains($0.name) }.map { Identifier($0.name, range: range) }
            try merge(names, kind, left, right, &match)
        }
        return match
    }

    /// USING: equalities, and one column for both sides.
    private func merge(
        _ names: [Identifier], _ kind: JoinKind, _ left: [ScopeRelation],
        _ right: [ScopeRelation], _ match: inout Match
    ) throws(DemetraError) {
        var merged: [PlanColumn] = []
        for name in names {
            let a = try usingColumn(name, left, "left")
            let b = try usingColumn(name, right, "right")
            let leftSide = BoundExpression(.column(a.id), type: a.type, range: name.range)
            let rightSide = BoundExpression(.column(b.id), type: b.type, range: name.range)
            match.conjuncts.append(try compare(.equal, leftSide, rightSide, name.range))
            if kind == .full {
                let (sides, type) = try unify([leftSide, rightSide], what: "JOIN/USING")
                let column = newColumn(name.name, type)
                match.coalesced.append(
                    (column, BoundExpression(.coalesce(sides), type: type, range: name.range)))
                merged.append(column)
            } else {
                merged.append(kind == .right ? b : a)
            }
        }
        match.relations = withMerged(names, merged, left, right)
    }

    /// Subqueries in the condition of an outer join are computed beside the side they look at; false when one
    /// looks at both, and nothing was done.
    ///
    /// - Throws: 0A000 when one looks at both sides of a full join.
    private func attach(
        _ subqueries: [PendingSubquery], _ left: inout BoundQuery, _ right: inout BoundQuery,
        isFull: Bool, _ range: SourceRange
    ) throws(DemetraError) -> Bool {
        var (leftPlan, rightPlan) = (left.plan, right.plan)
        for subquery in subqueries {
            let used = subquery.keys.reduce(into: Set(subquery.correlated.map(\.id))) {
                $0.formUnion($1.left.usedColumns)
            }
            if used.isDisjoint(with: left.plan.columns.map(\.id)) {
                rightPlan = joining(rightPlan, [subquery])
            } else if used.isDisjoint(with: right.plan.columns.map(\.id)) {
                leftPlan = joining(leftPlan, [subquery])
            } else if isFull {
                throw DemetraError(
                    .featureNotSupported,
                    "a subquery in the condition of a full join cannot look at both sides",
                    hint: "Write it as a LEFT JOIN and what is missing of the other side."
                ).at(range)
            } else {
                return false
            }
        }
        (left.plan, right.plan) = (leftPlan, rightPlan)
        return true
    }

    /// An outer join whose condition has subqueries over both sides: for each row of the side that stays, the
    /// rows of the other that pass.
    private func lookingAtBothSides(
        _ kind: JoinKind, _ left: LogicalPlan, _ right: LogicalPlan, _ match: Match,
        _ range: SourceRange
    ) -> LogicalPlan {
        let (kept, other) = kind == .right ? (right, left) : (left, right)
        let outer = Set(kept.columns.map(\.id))
        let condition = connected(match.conjuncts, isAnd: true, range)
        var used = condition.usedColumns
        let subqueries = match.subqueries.map { subquery in
            used.formUnion(subquery.correlated.map(\.id))
            var keys = subquery.keys
            for index in keys.indices {
                used.formUnion(keys[index].left.usedColumns)
                keys[index].left = outerised(keys[index].left, outer)
            }
            return PendingSubquery(
                kind: subquery.kind, plan: subquery.plan, correlated: subquery.correlated,
                keys: keys)
        }
        let plan = LogicalPlan.apply(
            ApplyPlan(
                kind: .left, left: kept,
                right: .filter(joining(other, subqueries), outerised(condition, outer)),
                correlated: kept.columns.filter { used.contains($0.id) }))
        let columns = left.columns + right.columns
        return .project(
            plan,
            columns.map {
                ProjectedColumn(
                    column: $0, expression: BoundExpression(.column($0.id), type: $0.type))
            })
    }

    private func extended(
        _ plan: LogicalPlan, _ added: [(PlanColumn, BoundExpression)]
    ) -> LogicalPlan {
        let passed = plan.columns.map {
            ProjectedColumn(column: $0, expression: BoundExpression(.column($0.id), type: $0.type))
        }
        return .project(
            plan, passed + added.map { ProjectedColumn(column: $0.0, expression: $0.1) })
    }

    private func usingColumn(
        _ name: Identifier, _ relations: [ScopeRelation], _ side: String
    ) throws(DemetraError) -> PlanColumn {
        let scope = Scope(parent: nil)
        scope.relations = relations
        switch scope.lookUp(name.name, relation: nil) {
        case .found(let column): return column
        case .ambiguous:
            throw DemetraError(
                .ambiguousColumn,
                "common column name \"\(name.name)\" appears more than once in \(side) table"
            ).at(name.range)
        case .missing:
            throw DemetraError(
                .undefinedColumn,
                "column \"\(name.name)\" specified in USING clause does not exist in \(side) table"
            ).at(name.range)
        }
    }

    /// The merged columns come first and hide those they stand for.
    private func withMerged(
        _ names: [Identifier], _ merged: [PlanColumn], _ left: [ScopeRelation],
        _ right: [ScopeRelation]
    ) -> [ScopeRelation] {
        let hidden = Set(names.map(\.name))
        func hide(_ relation: ScopeRelation) -> ScopeRelation {
            var result = relation
            for index in result.columns.indices where hidden.contains(result.columns[index].name) {
                result.columns[index].isHidden = true
            }
            return result
        }
        let own = ScopeRelation(
            name: nil,
            columns: zip(names, merged).map { ScopeColumn(name: $0.name, column: $1) })
        return [own] + (left + right).map { hide($0) }
    }

    private func joinPlan(
        _ kind: JoinKind, _ left: BoundQuery, _ right: BoundQuery, _ conjuncts: [BoundExpression],
        _ range: SourceRange
    ) throws(DemetraError) -> LogicalPlan {
        let condition: BoundExpression? =
            conjuncts.isEmpty
            ? nil
            : (conjuncts.count == 1
                ? conjuncts[0] : BoundExpression(.and(conjuncts), type: .boolean, range: range))
        let leftIDs = Set(left.plan.columns.map(\.id))
        let isDependent = right.correlated.contains { leftIDs.contains($0.id) }
        if isDependent {
            guard kind == .inner || kind == .cross || kind == .left else {
                throw DemetraError(
                    .featureNotSupported, "LATERAL is only allowed in inner and left joins"
                ).at(range)
            }
            let inner = condition.map { condition in
                LogicalPlan.filter(right.plan, outerised(condition, leftIDs))
            }
            let named = condition?.usedColumns ?? []
            let extra = left.plan.columns.filter { column in
                named.contains(column.id) && !right.correlated.contains { $0.id == column.id }
            }
            return .apply(
                ApplyPlan(
                    kind: kind == .left ? .left : .inner, left: left.plan,
                    right: inner ?? right.plan, correlated: right.correlated + extra))
        }
        if kind == .asof || kind == .asofLeft {
            return try asofPlan(kind, left.plan, right.plan, conjuncts, range)
        }
        let planKind: PlanJoinKind =
            switch kind {
            case .left: .left
            case .right: .right
            case .full: .full
            default: .inner
            }
        return .join(
            JoinPlan(kind: planKind, left: left.plan, right: right.plan, condition: condition))
    }

    private func outerised(
        _ condition: BoundExpression, _ outer: Set<ColumnIdentifier>
    ) -> BoundExpression {
        condition.rewritten { part in
            guard case .column(let id) = part.node, outer.contains(id) else { return nil }
            return BoundExpression(.outerColumn(id), type: part.type, range: part.range)
        }
    }

    /// Equalities, and exactly one inequality, which comes last.
    private func asofPlan(
        _ kind: JoinKind, _ left: LogicalPlan, _ right: LogicalPlan,
        _ conjuncts: [BoundExpression], _ range: SourceRange
    ) throws(DemetraError) -> LogicalPlan {
        let leftIDs = Set(left.columns.map(\.id))
        var equalities: [JoinKey] = []
        var inequality: JoinKey?
        for part in conjuncts.flatMap(\.conjuncts) {
            guard case .comparison(let comparison, let a, let b) = part.node,
                comparison != .notEqual
            else { throw asofError(part.range) }
            let (usedA, usedB) = (a.usedColumns, b.usedColumns)
            let isLeftFirst = usedA.isSubset(of: leftIDs)
            guard isLeftFirst ? usedB.isDisjoint(with: leftIDs) : usedB.isSubset(of: leftIDs)
            else { throw asofError(part.range) }
            let key =
                isLeftFirst
                ? JoinKey(left: a, right: b, comparison: comparison)
                : JoinKey(left: b, right: a, comparison: comparison.swapped)
            if key.comparison == .equal {
                equalities.append(key)
            } else if inequality == nil {
                inequality = key
            } else {
                throw asofError(part.range)
            }
        }
        guard let inequality else { throw asofError(range) }
        return .join(
            JoinPlan(
                kind: kind == .asofLeft ? .asofLeft : .asof, left: left, right: right,
                keys: equalities + [inequality]))
    }

    private func asofError(_ range: SourceRange) -> DemetraError {
        DemetraError(
            .featureNotSupported,
            "ASOF JOIN needs exactly one inequality, and equalities beside it",
            hint: "Write ON a.key = b.key AND a.ts >= b.ts."
        ).at(range)
    }
}
