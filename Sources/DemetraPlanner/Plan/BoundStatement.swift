package import DemetraCatalog
package import DemetraFunctions
package import DemetraSQL

/// A statement with names and types resolved: what the engine carries out.
package indirect enum BoundStatement: Sendable {
    /// Rows for the client, in the plan's columns.
    case query(LogicalPlan)
    /// A statement behind a WITH that changes rows or stands before one that does: all of them see the same
    /// snapshot, and the last one answers.
    case staged([BoundStage], BoundStatement)
    case insert(BoundInsert)
    case update(BoundUpdate)
    case delete(BoundDelete)
    case merge(BoundMerge)
    /// TRUNCATE; `restarting` are sequences that begin anew.
    case truncate([TableDefinition], restarting: [SequenceDefinition])
    /// ALTER SEQUENCE; without `restart` it goes on where it stands. One of another id takes its place.
    case alterSequence(
        from: SequenceDefinition, to: SequenceDefinition, restart: SequencePosition?)
    case copyFrom(BoundCopyFrom)
    /// `options` as parsed: the engine's formats read them.
    case copyTo(
        LogicalPlan, CopyStatement.Endpoint, options: [String: CopyStatement.OptionValue])
    /// Changes of the catalog, applied together; `notice` is shown to the client.
    case define([CatalogChange], tag: String, notice: String?)
    /// CREATE TABLE AS: the definition, then its rows.
    case createTableAs(TableDefinition, LogicalPlan)
    case alterTable(BoundAlterTable)
    /// VACUUM of some tables, or all.
    case vacuum([TableDefinition]?)
    case createModel(BoundCreateModel)
    /// CREATE ALERT: the rule, already bound once so that its mistakes have shown.
    case createAlert(AlertDefinition)
    /// CHECK ALERTS, or CHECK ALERT name.
    case checkAlerts(String?)
    /// ACKNOWLEDGE ALERT: a plan of one row with the id, a bigint.
    case acknowledgeAlert(LogicalPlan)
    case explain(BoundStatement, analyze: Bool, format: String)
    /// Everything that the session answers without the catalog: SET, SHOW, BEGIN, PREPARE, ...
    case session(Statement)
}

/// What WITH computes before its statement.
package enum BoundStage: Sendable {
    /// The rows of a query.
    case rows(id: Int, LogicalPlan)
    /// A change; its rows are those of RETURNING.
    case change(id: Int, BoundStatement)
}

extension BoundStatement {
    /// What RETURNING of a change gives.
    package var returning: [ProjectedColumn] {
        switch self {
        case .insert(let insert): insert.returning
        case .update(let update): update.returning
        case .delete(let delete): delete.returning
        default: []
        }
    }
}

/// INSERT: `plan` gives one column per table column, in order, already of the column's type.
package struct BoundInsert: Sendable {
    /// What a conflict does.
    package enum Conflict: Sendable {
        /// 23505, or the last writer wins when the table restates.
        case fail
        case nothing(KeyDefinition?)
        /// New values for the existing row: each over `existing` and `excluded` columns.
        case update(
            KeyDefinition, existing: [PlanColumn], excluded: [PlanColumn],
            assignments: [(position: Int, value: BoundExpression)], where: BoundExpression?)
    }

    /// The table.
    package var table: TableDefinition
    /// The rows.
    package var plan: LogicalPlan
    /// ON CONFLICT.
    package var conflict: Conflict
    /// CHECK conditions over the plan's columns.
    package var checks: [(name: String, condition: BoundExpression)]
    /// RETURNING, over the plan's columns; empty without.
    package var returning: [ProjectedColumn]

    /// Makes an INSERT.
    package init(
        table: TableDefinition, plan: LogicalPlan, conflict: Conflict,
        checks: [(name: String, condition: BoundExpression)], returning: [ProjectedColumn]
    ) {
        self.table = table
        self.plan = plan
        self.conflict = conflict
        self.checks = checks
        self.returning = returning
    }
}

/// UPDATE: `plan` gives the row id first, then one new value per table column, in order.
package struct BoundUpdate: Sendable {
    /// The table.
    package var table: TableDefinition
    /// Row id and new values.
    package var plan: LogicalPlan
    /// CHECK conditions over the plan's columns.
    package var checks: [(name: String, condition: BoundExpression)]
    /// RETURNING, over the plan's columns.
    package var returning: [ProjectedColumn]

    /// Makes an UPDATE.
    package init(
        table: TableDefinition, plan: LogicalPlan,
        checks: [(name: String, condition: BoundExpression)], returning: [ProjectedColumn]
    ) {
        self.table = table
        self.plan = plan
        self.checks = checks
        self.returning = returning
    }
}

/// DELETE: `plan` gives the row id first, then the table's columns when RETURNING wants them.
package struct BoundDelete: Sendable {
    /// The table.
    package var table: TableDefinition
    /// The rows to hide.
    package var plan: LogicalPlan
    /// RETURNING, over the plan's columns.
    package var returning: [ProjectedColumn]

    /// Makes a DELETE.
    package init(table: TableDefinition, plan: LogicalPlan, returning: [ProjectedColumn]) {
        self.table = table
        self.plan = plan
        self.returning = returning
    }
}

/// COPY table FROM.
package struct BoundCopyFrom: Sendable {
    /// The table.
    package var table: TableDefinition
    /// Positions of the columns in the file, in the file's order.
    package var columns: [Int]
    /// Values of the columns that the file does not carry, by position.
    package var defaults: [(position: Int, value: BoundExpression)]
    /// CHECK conditions over `rowColumns`.
    package var checks: [(name: String, condition: BoundExpression)]
    /// One column per table column, for `checks`.
    package var rowColumns: [PlanColumn]
    /// Where the bytes are.
    package var endpoint: CopyStatement.Endpoint
    /// Options by name.
    package var options: [String: CopyStatement.OptionValue]

    /// Makes a COPY FROM.
    package init(
        table: TableDefinition, columns: [Int],
        defaults: [(position: Int, value: BoundExpression)],
        checks: [(name: String, condition: BoundExpression)], rowColumns: [PlanColumn],
        endpoint: CopyStatement.Endpoint, options: [String: CopyStatement.OptionValue]
    ) {
        self.table = table
        self.columns = columns
        self.defaults = defaults
        self.checks = checks
        self.rowColumns = rowColumns
        self.endpoint = endpoint
        self.options = options
    }
}

/// CREATE MODEL and ALTER MODEL ... RETRAIN.
package struct BoundCreateModel: Sendable {
    /// What may stand under the name when the model is done.
    package enum Replacement: Sendable, Hashable {
        /// Nothing: CREATE MODEL.
        case nothing
        /// The model must be there: ALTER MODEL.
        case existing
        /// Whatever is there: CREATE OR REPLACE MODEL.
        case anything
    }

    /// What to learn.
    package var request: ModelRequest
    /// The training rows.
    package var plan: LogicalPlan
    /// The CREATE MODEL statement, kept with the model.
    package var text: String
    /// What the model may take the place of.
    package var replacing: Replacement
    /// Whose it is.
    package var access = ObjectAccess()

    /// Makes a CREATE MODEL.
    package init(
        request: ModelRequest, plan: LogicalPlan, text: String, replacing: Replacement
    ) {
        self.request = request
        self.plan = plan
        self.text = text
        self.replacing = replacing
    }
}

/// ALTER TABLE: the definition before and after, and what becomes of the rows.
package struct BoundAlterTable: Sendable {
    /// The table as it is.
    package var old: TableDefinition
    /// The table as it will be; of another id when the rows are written anew.
    package var new: TableDefinition
    /// The rows in the new columns.
    package var rows: LogicalPlan
    /// The rows are written anew: a new column has another value in each.
    package var isRewritten: Bool
    /// What the rows that are there have in new columns, one row of values.
    package var missing: LogicalPlan
    /// Positions of those columns in the new table.
    package var missingColumns: [Int]
    /// The rows have to be looked at: for NOT NULL, or because they are written anew.
    package var verifiesRows: Bool
    /// CHECK conditions over the columns of `rows`.
    package var checks: [(name: String, condition: BoundExpression)]
    /// Drops what DROP COLUMN ... CASCADE takes with the column.
    package var cascaded: [CatalogChange]
    /// Shown to the client.
    package var notice: String?
    /// Changes of the catalog beside the table's own: views that name it.
    package var others: [CatalogChange] = []
    /// What the statement answers.
    package var tag = "ALTER TABLE"
    /// Sequences that columns get with the statement; their numbers are asked for before they exist.
    package var newSequences: [SequenceDefinition] = []
    /// Names of keys and foreign keys of the new definition that the rows must meet.
    package var addedKeys: Set<String> = []
    /// Sequences of its columns that begin anew, at their new positions.
    package var restarts:
        [(from: SequenceDefinition, to: SequenceDefinition, restart: SequencePosition?)] = []
}
