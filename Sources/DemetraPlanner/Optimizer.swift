package import DemetraCatalog
package import DemetraTypes

/// Evaluates expressions without columns at plan time; the engine lends it its kernels.
package protocol ConstantFolder {
    /// The value, or nil when the evaluation fails: then the statement fails when it runs, if it gets there.
    func fold(_ expression: BoundExpression) -> Value?

    /// The value.
    ///
    /// - Throws: what the evaluation fails with.
    func value(of expression: BoundExpression) throws(DemetraError) -> Value
}

/// What is known about tables without reading them.
package protocol Statistics {
    /// The number of visible rows.
    func rowCount(of table: TableDefinition) -> Int

    /// The number of distinct values of a column, or nil.
    func distinctCount(of table: TableDefinition, column: Int) -> Int?
}

/// Rewrites a plan into one that computes the same with less work.
///
/// The rules run in a fixed order; each is a file of its own under `Rules/`.
package enum QueryPlanner {
    /// The optimised plan.
    package static func optimize(
        _ plan: LogicalPlan, folder: any ConstantFolder, statistics: any Statistics
    ) throws(DemetraError) -> LogicalPlan {
        var result = FoldConstants(folder: folder).apply(plan)
        result = NarrowNumbers().apply(result)
        result = FlattenExpansions().apply(result)
        result = DecorrelateSubqueries().apply(result)
        result = OrderJoins().apply(result)
        result = PushFilters().apply(result)
        result = ChooseBuildSide(statistics: statistics).apply(result)
        return PruneColumns().apply(result)
    }
}
