/// How a value is found where there is none.
package enum GapFillKind: Sendable, Hashable {
    /// The last known one before it.
    case previous
    /// On the line between the last known one before it and the first behind it.
    case linear
    /// A constant, in buckets without rows.
    case constant
}

/// A column that has a value in gaps too.
package struct GapFillColumn: Sendable {
    /// The column it makes.
    package var column: PlanColumn
    /// How.
    package var kind: GapFillKind
    /// What is filled, over the columns of the input.
    package var value: BoundExpression
    /// The constant, or how far a known value reaches (an interval); uses no columns.
    package var argument: BoundExpression?

    /// Makes a column.
    package init(
        column: PlanColumn, kind: GapFillKind, value: BoundExpression, argument: BoundExpression?
    ) {
        self.column = column
        self.kind = kind
        self.value = value
        self.argument = argument
    }
}

/// `time_bucket_gapfill`: a row for every bucket of every series, then the filled columns.
///
/// A series is the rows with equal values of all keys but the bucket.
package struct GapFillPlan: Sendable {
    /// Where buckets begin or end; uses no columns, of the type of the bucketed time.
    package struct Bound: Sendable {
        /// The time.
        package var value: BoundExpression
        /// Whether the bucket that the time is in belongs to it, even where it begins at the time.
        package var isInclusive: Bool

        /// Makes a bound.
        package init(value: BoundExpression, isInclusive: Bool) {
            self.value = value
            self.isInclusive = isInclusive
        }
    }

    /// The groups.
    package var input: LogicalPlan
    /// The column of the input that holds the bucket's begin.
    package var bucket: PlanColumn
    /// The other keys.
    package var series: [PlanColumn]
    /// How long a bucket is: an interval; uses no columns.
    package var width: BoundExpression
    /// The name of the time zone of the buckets; nil for the session's.
    package var zone: BoundExpression?
    /// The first bucket is the one this is in; nil for the first of the rows.
    package var start: Bound?
    /// The last bucket begins before this; nil for the last of the rows.
    package var finish: Bound?
    /// The filled columns.
    package var fills: [GapFillColumn]

    /// Makes a plan.
    package init(
        input: LogicalPlan, bucket: PlanColumn, series: [PlanColumn], width: BoundExpression,
        zone: BoundExpression?, start: Bound?, finish: Bound?, fills: [GapFillColumn]
    ) {
        self.input = input
        self.bucket = bucket
        self.series = series
        self.width = width
        self.zone = zone
        self.start = start
        self.finish = finish
        self.fills = fills
    }

    /// The plan with `change` applied to each expression.
    func mappingExpressions(_ change: (BoundExpression) -> BoundExpression) -> GapFillPlan {
        var result = self
        result.width = change(width)
        result.zone = zone.map(change)
        if let start { result.start?.value = change(start.value) }
        if let finish { result.finish?.value = change(finish.value) }
        for index in fills.indices {
            result.fills[index].value = change(fills[index].value)
            result.fills[index].argument = fills[index].argument.map(change)
        }
        return result
    }
}
