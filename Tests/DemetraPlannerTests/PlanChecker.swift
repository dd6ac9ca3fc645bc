import DemetraPlanner
import DemetraTypes

/// Finds what is wrong with a plan, whatever it computes: columns that no input gives, operands of
/// different physical types, outer columns without an apply around them.
struct PlanChecker {
    private(set) var complaints: [String] = []

    static func complaints(about plan: LogicalPlan) -> [String] {
        var checker = PlanChecker()
        checker.visit(plan, outer: [])
        return checker.complaints
    }

    private mutating func visit(_ plan: LogicalPlan, outer: Set<ColumnIdentifier>) {
        var available: Set<ColumnIdentifier> = []
        var keys: [JoinKey] = []
        switch plan {
        case .scan(let scan): available = Set(scan.columns.map(\.column.id))
        case .join(let join):
            keys = join.keys
            visit(join.left, outer: outer)
            visit(join.right, outer: outer)
            available = Set((join.left.columns + join.right.columns).map(\.id))
            let (left, right) = (
                Set(join.left.columns.map(\.id)), Set(join.right.columns.map(\.id))
            )
            for column in left.intersection(right) {
                complaints.append("column \(column.number) comes from both sides of a join")
            }
            for key in keys { checkKey(key, left, right, outer) }
            if let condition = join.condition { check(condition, available, outer, "join") }
            return
        case .apply(let apply):
            visit(apply.left, outer: outer)
            let left = Set(apply.left.columns.map(\.id))
            let correlated = Set(apply.correlated.map(\.id))
            for column in correlated.subtracting(left).subtracting(outer) {
                complaints.append("correlated column \(column.number) is not in the outer row")
            }
            visit(apply.right, outer: outer.union(left.intersection(correlated)))
            for key in apply.keys { checkKey(key, left, Set(apply.right.columns.map(\.id)), outer) }
            return
        default:
            for input in plan.inputs {
                visit(input, outer: outer)
                available.formUnion(input.columns.map(\.id))
            }
        }
        for expression in plan.expressions {
            check(expression, available, outer, "\(plan)".prefix(12).description)
        }
    }

    private mutating func checkKey(
        _ key: JoinKey, _ left: Set<ColumnIdentifier>, _ right: Set<ColumnIdentifier>,
        _ outer: Set<ColumnIdentifier>
    ) {
        check(key.left, left, outer, "left key")
        check(key.right, right, outer, "right key")
        if key.left.type.physicalType != key.right.type.physicalType {
            complaints.append("keys of \(key.left.type) and \(key.right.type)")
        }
    }

    private mutating func check(
        _ expression: BoundExpression, _ available: Set<ColumnIdentifier>,
        _ outer: Set<ColumnIdentifier>, _ place: String
    ) {
        var found: [String] = []
        expression.forEachPart { part in
            switch part.node {
            case .column(let id):
                if !available.contains(id) {
                    found.append("column \(id.number) is missing in \(place)")
                }
            case .outerColumn(let id):
                if !outer.contains(id) {
                    found.append("outer column \(id.number) is unknown in \(place)")
                }
            case .comparison(_, let a, let b), .isDistinct(let a, let b):
                if a.type.physicalType != b.type.physicalType
                    || a.type.numericScale != b.type.numericScale
                {
                    found.append("\(a.type) is compared with \(b.type)")
                }
            case .and(let operands), .or(let operands):
                if operands.count < 2 { found.append("a connection of \(operands.count)") }
            default: break
            }
        }
        complaints += found
    }
}
