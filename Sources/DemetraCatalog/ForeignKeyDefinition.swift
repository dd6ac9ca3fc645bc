/// What happens to rows that refer to a row whose key goes or changes.
package enum ReferenceAction: UInt8, Sendable, Hashable {
    /// The statement fails when rows refer to a key that is gone at its end, or at that of the transaction.
    case noAction
    /// The statement fails at once, even if another row has got the key.
    case restrict
    /// They go with it, or take its new key.
    case cascade
    case setNull
    case setDefault
}

/// When a constraint is checked.
package enum CheckTime: UInt8, Sendable, Hashable {
    /// At the end of each statement.
    case statement
    /// So, unless SET CONSTRAINTS defers it.
    case deferrable
    /// At the end of the transaction, unless SET CONSTRAINTS says otherwise.
    case transaction
}

/// A FOREIGN KEY constraint: values of some columns are a key of another table, or NULL.
package struct ForeignKeyDefinition: Sendable, Hashable {
    /// The constraint's name, such as `predictions_campaign_id_fkey`.
    package var name: String
    /// Ids of the columns that refer.
    package let columns: [Int32]
    /// The table referred to.
    package var target: TableID
    /// Ids of the columns of its key, in the order of `columns`.
    package let targetColumns: [Int32]
    /// What deleting the row referred to does.
    package let onDelete: ReferenceAction
    /// What changing its key does.
    package let onUpdate: ReferenceAction
    /// MATCH FULL: either all columns are NULL or none is.
    package let matchesFully: Bool
    /// When it is checked.
    package let checkTime: CheckTime
    /// COMMENT ON CONSTRAINT.
    package var comment: String?

    /// Makes a constraint.
    package init(
        name: String, columns: [Int32], target: TableID, targetColumns: [Int32],
        onDelete: ReferenceAction = .noAction, onUpdate: ReferenceAction = .noAction,
        matchesFully: Bool = false, checkTime: CheckTime = .statement
    ) {
        self.name = name
        self.columns = columns
        self.target = target
        self.targetColumns = targetColumns
        self.onDelete = onDelete
        self.onUpdate = onUpdate
        self.matchesFully = matchesFully
        self.checkTime = checkTime
    }
}

extension TableDefinition {
    /// The positions of columns by their ids; nil when one is not there.
    package func positions(of ids: [Int32]) -> [Int]? {
        let positions = ids.compactMap { id in columns.firstIndex { $0.id == id } }
        return positions.count == ids.count ? positions : nil
    }
}
