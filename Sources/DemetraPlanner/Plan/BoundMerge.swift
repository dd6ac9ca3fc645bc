package import DemetraCatalog

/// MERGE: `plan` gives the row id, the number of the WHEN that counts, then one new value per table column, in order.
package struct BoundMerge: Sendable {
    /// What a WHEN does.
    package enum Action: Sendable {
        case nothing
        case delete
        case update
        case insert
    }

    /// The table.
    package let table: TableDefinition
    /// The rows of which something becomes; the row id is NULL in new ones.
    package let plan: LogicalPlan
    /// Of each WHEN.
    package let actions: [Action]
    /// CHECK conditions over the plan's columns.
    package let checks: [(name: String, condition: BoundExpression)]

    /// Makes a MERGE.
    package init(
        table: TableDefinition, plan: LogicalPlan, actions: [Action],
        checks: [(name: String, condition: BoundExpression)]
    ) {
        self.table = table
        self.plan = plan
        self.actions = actions
        self.checks = checks
    }
}
