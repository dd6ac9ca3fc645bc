package import DemetraCatalog
package import DemetraFunctions
package import DemetraTypes

/// A column a plan node gives out.
package struct PlanColumn: Sendable, Hashable {
    /// Names it in the plan.
    package let id: ColumnIdentifier
    /// The name clients see.
    package let name: String
    /// The type.
    package let type: LogicalType

    /// Makes a column.
    package init(id: ColumnIdentifier, name: String, type: LogicalType) {
        self.id = id
        self.name = name
        self.type = type
    }
}

/// A computed column.
package struct ProjectedColumn: Sendable {
    /// The column it makes.
    package let column: PlanColumn
    /// How.
    package let expression: BoundExpression

    /// Makes a computed column.
    package init(column: PlanColumn, expression: BoundExpression) {
        self.column = column
        self.expression = expression
    }
}

/// One key of a sort.
package struct PlanSortKey: Sendable {
    /// What to sort by.
    package let expression: BoundExpression
    /// DESC.
    package let descending: Bool
    /// NULLs before the others.
    package let nullsFirst: Bool

    /// Makes a key.
    package init(expression: BoundExpression, descending: Bool, nullsFirst: Bool) {
        self.expression = expression
        self.descending = descending
        self.nullsFirst = nullsFirst
    }
}

/// What to compute: a typed, immutable tree that names columns by identifier.
///
/// Every node's columns are `columns`; parents refer to them by `ColumnIdentifier`, so rules can move
/// nodes without renumbering.
package indirect enum LogicalPlan: Sendable {
    /// One row without columns: SELECT without FROM.
    case oneRow
    /// No rows.
    case empty([PlanColumn])
    /// Rows of a stored table that pass a conjunction of pushed filters.
    case scan(TableScan)
    /// Rows written in the statement; expressions use no columns.
    case values([PlanColumn], rows: [[BoundExpression]])
    /// Computes columns; those of the input that are not listed are gone.
    case project(LogicalPlan, [ProjectedColumn])
    /// Keeps rows for which the predicate is true.
    case filter(LogicalPlan, BoundExpression)
    case aggregate(Aggregation)
    case window(WindowPlan)
    /// A row for every bucket of every series.
    case gapFill(GapFillPlan)
    case join(JoinPlan)
    case apply(ApplyPlan)
    /// Sorts; stable.
    case sort(LogicalPlan, [PlanSortKey])
    case limit(LimitPlan)
    /// Distinct rows; with keys, the first row for each distinct key in input order (DISTINCT ON).
    case distinct(LogicalPlan, on: [BoundExpression]?)
    case setOperation(SetOperationPlan)
    case tableFunction(TableFunctionPlan)
    case expand(ExpandPlan)
    /// What became of a table's rows between two times.
    case changes(ChangeScan)
    /// Computes `definition` once, then `body`, which reads it by `commonTable` nodes of that id.
    case with(id: Int, definition: LogicalPlan, body: LogicalPlan)
    /// The rows of a `with`, under new columns, position by position.
    case commonTable(id: Int, columns: [PlanColumn])
    /// `base`, then `step` again and again over the rows of the last round (`commonTable` of that id).
    case recursive(id: Int, base: LogicalPlan, step: LogicalPlan, columns: [PlanColumn], all: Bool)
}

/// A scan of a stored table.
package struct TableScan: Sendable {
    /// The table.
    package var table: TableDefinition
    /// The columns read and their positions in the table.
    package var columns: [(column: PlanColumn, position: Int)]
    /// Conjuncts that every row given out satisfies; they may use columns of the table only.
    package var predicates: [BoundExpression]
    /// When set, a bigint column that locates the row for UPDATE and DELETE.
    package var rowID: PlanColumn?
    /// AS OF: the time whose state is shown; nil for the present.
    package var asOf: Timestamp?

    /// Makes a scan.
    package init(
        table: TableDefinition, columns: [(column: PlanColumn, position: Int)],
        predicates: [BoundExpression] = [], rowID: PlanColumn? = nil, asOf: Timestamp? = nil
    ) {
        self.asOf = asOf
        self.table = table
        self.columns = columns
        self.predicates = predicates
        self.rowID = rowID
    }
}

/// One aggregate of an aggregation.
package struct AggregateCall: Sendable {
    /// The column it makes.
    package var column: PlanColumn
    /// The function.
    package var function: AggregateFunction
    /// Arguments; for ordered-set aggregates the direct ones, then the sorted one.
    package var arguments: [BoundExpression]
    /// DISTINCT.
    package var isDistinct: Bool
    /// With `isDistinct`, what tells rows apart beside the arguments; the function does not see it.
    package var rowKeys: [BoundExpression] = []
    /// FILTER.
    package var filter: BoundExpression?
    /// ORDER BY inside the call, or of WITHIN GROUP.
    package var orderBy: [PlanSortKey]

    /// Makes a call.
    package init(
        column: PlanColumn, function: AggregateFunction, arguments: [BoundExpression],
        isDistinct: Bool = false, filter: BoundExpression? = nil, orderBy: [PlanSortKey] = []
    ) {
        self.column = column
        self.function = function
        self.arguments = arguments
        self.isDistinct = isDistinct
        self.filter = filter
        self.orderBy = orderBy
    }
}

/// GROUP BY: the groups' columns, then the aggregates', then `groupingColumn`.
package struct Aggregation: Sendable {
    /// The rows.
    package var input: LogicalPlan
    /// Keys; none for one group over everything, which then always gives one row.
    package var groups: [ProjectedColumn]
    /// Aggregates.
    package var calls: [AggregateCall]
    /// With GROUPING SETS: the positions of `groups` in each set. nil for the one set of all.
    package var sets: [[Int]]?
    /// With GROUPING SETS: an integer column whose bit i (from the right) is set where key
    /// `groups.count - 1 - i` is not in the row's set.
    package var groupingColumn: PlanColumn?

    /// Makes an aggregation.
    package init(
        input: LogicalPlan, groups: [ProjectedColumn], calls: [AggregateCall],
        sets: [[Int]]? = nil, groupingColumn: PlanColumn? = nil
    ) {
        self.input = input
        self.groups = groups
        self.calls = calls
        self.sets = sets
        self.groupingColumn = groupingColumn
    }
}

/// What a window call computes.
package enum WindowCallFunction: Sendable {
    case window(WindowFunction)
    case aggregate(AggregateFunction)
}

/// One end of a bound frame; offsets are constants of the statement.
package enum PlanFrameBound: Sendable {
    case unboundedPreceding
    case preceding(BoundExpression)
    case currentRow
    case following(BoundExpression)
    case unboundedFollowing
}

/// A bound frame.
package struct PlanFrame: Sendable {
    /// What the bounds count.
    package enum Unit: Sendable, Hashable { case rows, range, groups }
    /// EXCLUDE.
    package enum Exclusion: Sendable, Hashable { case none, currentRow, group, ties }

    /// The unit.
    package var unit: Unit
    /// The start.
    package var start: PlanFrameBound
    /// The end.
    package var end: PlanFrameBound
    /// The exclusion.
    package var exclusion: Exclusion

    /// Makes a frame.
    package init(
        unit: Unit, start: PlanFrameBound, end: PlanFrameBound, exclusion: Exclusion = .none
    ) {
        self.unit = unit
        self.start = start
        self.end = end
        self.exclusion = exclusion
    }
}

/// One window call.
package struct WindowCall: Sendable {
    /// The column it makes.
    package var column: PlanColumn
    /// The function.
    package var function: WindowCallFunction
    /// Its arguments.
    package var arguments: [BoundExpression]
    /// FILTER.
    package var filter: BoundExpression?
    /// PARTITION BY.
    package var partitionBy: [BoundExpression]
    /// ORDER BY.
    package var orderBy: [PlanSortKey]
    /// The frame, with the default filled in.
    package var frame: PlanFrame

    /// Makes a call.
    package init(
        column: PlanColumn, function: WindowCallFunction, arguments: [BoundExpression],
        filter: BoundExpression?, partitionBy: [BoundExpression], orderBy: [PlanSortKey],
        frame: PlanFrame
    ) {
        self.column = column
        self.function = function
        self.arguments = arguments
        self.filter = filter
        self.partitionBy = partitionBy
        self.orderBy = orderBy
        self.frame = frame
    }
}

/// Adds window columns to the input's.
package struct WindowPlan: Sendable {
    /// The rows.
    package var input: LogicalPlan
    /// The calls.
    package var calls: [WindowCall]

    /// Makes a window.
    package init(input: LogicalPlan, calls: [WindowCall]) {
        self.input = input
        self.calls = calls
    }
}

/// How two inputs are joined.
package enum PlanJoinKind: Sendable, Hashable {
    case inner
    /// All rows of the left side; NULLs where nothing matches.
    case left
    case right
    case full
    /// Rows of the left side with a match; only the left columns.
    case semi
    /// Rows of the left side without a match; only the left columns.
    case anti
    /// `NOT IN`: as anti over the key pairs, but a NULL on either side never passes (three-valued).
    case nullAwareAnti
    /// Left columns and a boolean column: does the row have a match? `isNullAware` for IN, whose answer
    /// can be NULL.
    case mark(PlanColumn, isNullAware: Bool)
    /// Left join that fails with 21000 on a second match: a scalar subquery.
    case single
    /// For each left row the right row with the nearest key: the last of `keys` is the inequality.
    case asof
    case asofLeft
}

/// One pair of join keys: left `comparison` right, each over its own side's columns.
package struct JoinKey: Sendable {
    /// Over the left side's columns.
    package var left: BoundExpression
    /// Over the right side's columns.
    package var right: BoundExpression
    /// Equality, but for the last key of an ASOF join.
    package var comparison: Comparison
    /// IS NOT DISTINCT FROM: NULLs match.
    package var nullsMatch: Bool

    /// Makes a pair.
    package init(
        left: BoundExpression, right: BoundExpression, comparison: Comparison = .equal,
        nullsMatch: Bool = false
    ) {
        self.left = left
        self.right = right
        self.comparison = comparison
        self.nullsMatch = nullsMatch
    }
}

/// A join: hash keys and what else must hold. Without keys every pair is looked at.
package struct JoinPlan: Sendable {
    /// How.
    package var kind: PlanJoinKind
    /// The side that is streamed.
    package var left: LogicalPlan
    /// The side that is built.
    package var right: LogicalPlan
    /// Equality keys.
    package var keys: [JoinKey]
    /// A further condition over the columns of both sides; part of the match, not a filter behind it.
    package var condition: BoundExpression?

    /// Makes a join.
    package init(
        kind: PlanJoinKind, left: LogicalPlan, right: LogicalPlan, keys: [JoinKey] = [],
        condition: BoundExpression? = nil
    ) {
        self.kind = kind
        self.left = left
        self.right = right
        self.keys = keys
        self.condition = condition
    }
}

/// Runs `right` once for each distinct row of correlated values of `left`: what no rule could turn
/// into a join. The kinds inner (LATERAL), left, semi, anti, mark and single make sense.
package struct ApplyPlan: Sendable {
    /// How the rows of `right` meet those of `left`.
    package var kind: PlanJoinKind
    /// The outer rows.
    package var left: LogicalPlan
    /// The inner plan, which uses `outerColumn` nodes.
    package var right: LogicalPlan
    /// The columns of `left` that `right` uses.
    package var correlated: [PlanColumn]
    /// For a null-aware mark (IN): left value and right column.
    package var keys: [JoinKey]

    /// Makes an apply.
    package init(
        kind: PlanJoinKind, left: LogicalPlan, right: LogicalPlan, correlated: [PlanColumn],
        keys: [JoinKey] = []
    ) {
        self.kind = kind
        self.left = left
        self.right = right
        self.correlated = correlated
        self.keys = keys
    }
}

/// LIMIT and OFFSET; the expressions use no columns and are bigint.
package struct LimitPlan: Sendable {
    /// The rows.
    package var input: LogicalPlan
    /// The most rows, or nil.
    package var limit: BoundExpression?
    /// Rows left out first, or nil.
    package var offset: BoundExpression?
    /// WITH TIES: rows equal to the last one by these keys come too.
    package var ties: [PlanSortKey]?

    /// Makes a limit.
    package init(
        input: LogicalPlan, limit: BoundExpression?, offset: BoundExpression?,
        ties: [PlanSortKey]? = nil
    ) {
        self.input = input
        self.limit = limit
        self.offset = offset
        self.ties = ties
    }
}

/// UNION, INTERSECT, EXCEPT: both sides have the columns' types, position by position.
package struct SetOperationPlan: Sendable {
    /// Which.
    package enum Kind: Sendable, Hashable { case union, intersect, except }

    /// Which.
    package var kind: Kind
    /// ALL.
    package var all: Bool
    /// The left side.
    package var left: LogicalPlan
    /// The right side.
    package var right: LogicalPlan
    /// The columns given out.
    package var columns: [PlanColumn]

    /// Makes a set operation.
    package init(
        kind: Kind, all: Bool, left: LogicalPlan, right: LogicalPlan, columns: [PlanColumn]
    ) {
        self.kind = kind
        self.all = all
        self.left = left
        self.right = right
        self.columns = columns
    }
}

/// Rows of a table function.
package struct TableFunctionPlan: Sendable {
    /// The SQL name.
    package var name: String
    /// The function with its arguments.
    package var function: BoundTableFunction
    /// The plans of its relation arguments.
    package var inputs: [LogicalPlan]
    /// The columns given out; `ordinality` adds a bigint row number behind those of the function.
    package var columns: [PlanColumn]
    /// WITH ORDINALITY.
    package var withOrdinality: Bool

    /// Makes a plan.
    package init(
        name: String, function: BoundTableFunction, inputs: [LogicalPlan], columns: [PlanColumn],
        withOrdinality: Bool = false
    ) {
        self.name = name
        self.function = function
        self.inputs = inputs
        self.columns = columns
        self.withOrdinality = withOrdinality
    }
}

extension LogicalPlan {
    /// The columns the node gives out, in order.
    package var columns: [PlanColumn] {
        switch self {
        case .oneRow: []
        case .empty(let columns): columns
        case .scan(let scan): scan.columns.map(\.column) + (scan.rowID.map { [$0] } ?? [])
        case .values(let columns, _): columns
        case .project(_, let columns): columns.map(\.column)
        case .filter(let input, _), .sort(let input, _), .distinct(let input, _): input.columns
        case .aggregate(let aggregation):
            aggregation.groups.map(\.column) + aggregation.calls.map(\.column)
                + (aggregation.groupingColumn.map { [$0] } ?? [])
        case .window(let window): window.input.columns + window.calls.map(\.column)
        case .gapFill(let plan): plan.input.columns + plan.fills.map(\.column)
        case .join(let join): Self.joined(join.kind, join.left, join.right)
        case .apply(let apply): Self.joined(apply.kind, apply.left, apply.right)
        case .limit(let limit): limit.input.columns
        case .setOperation(let operation): operation.columns
        case .tableFunction(let function): function.columns
        case .expand(let expand): expand.input.columns + expand.added
        case .changes(let scan): scan.columns.map(\.column)
        case .with(_, _, let body): body.columns
        case .commonTable(_, let columns), .recursive(_, _, _, let columns, _): columns
        }
    }

    private static func joined(
        _ kind: PlanJoinKind, _ left: LogicalPlan, _ right: LogicalPlan
    ) -> [PlanColumn] {
        switch kind {
        case .semi, .anti, .nullAwareAnti: left.columns
        case .mark(let column, _): left.columns + [column]
        default: left.columns + right.columns
        }
    }
}
