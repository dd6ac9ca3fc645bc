package import DemetraTypes

/// MERGE: what becomes of the rows of a table that a query's rows match, and of those rows that match none.
package struct MergeStatement: Sendable, Hashable {
    /// One WHEN; of several the first whose condition holds counts.
    package struct Clause: Sendable, Hashable {
        /// WHEN MATCHED, not WHEN NOT MATCHED.
        package let isMatched: Bool
        /// AND.
        package let condition: Expression?
        /// THEN.
        package let action: Action
        /// Where it stands.
        package let range: SourceRange

        /// Makes a clause.
        package init(
            isMatched: Bool, condition: Expression?, action: Action, range: SourceRange
        ) {
            self.isMatched = isMatched
            self.condition = condition
            self.action = action
            self.range = range
        }
    }

    /// What is done to a row.
    package enum Action: Sendable, Hashable {
        /// DO NOTHING.
        case nothing
        case delete
        case update([Assignment])
        /// INSERT; no values for DEFAULT VALUES.
        case insert([Identifier], values: [Expression]?, InsertStatement.Overriding?)
    }

    /// The table.
    package let table: ObjectName
    /// Its alias.
    package let alias: Identifier?
    /// USING.
    package let source: TableReference
    /// ON.
    package let condition: Expression
    /// The WHENs.
    package let clauses: [Clause]

    /// Makes a MERGE.
    package init(
        table: ObjectName, alias: Identifier?, source: TableReference, condition: Expression,
        clauses: [Clause]
    ) {
        self.table = table
        self.alias = alias
        self.source = source
        self.condition = condition
        self.clauses = clauses
    }
}
