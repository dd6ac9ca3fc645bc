package import DemetraCatalog
package import DemetraTypes

/// What a column of `changes(...)` tells.
package enum ChangeContent: Sendable, Hashable {
    case commitTime
    case commitSequence
    case kind
    /// A column of the table after the change, or before it where there is no row any more.
    case either(Int)
    /// A column of the table before the change.
    case old(Int)
    /// A column of the table after the change.
    case new(Int)
}

/// The changes of a table's rows after one time and not after another.
package struct ChangeScan: Sendable {
    /// The table.
    package var table: TableDefinition
    /// The columns given out.
    package var columns: [(column: PlanColumn, content: ChangeContent)]
    /// nil for the earliest time that is known.
    package var start: Timestamp?
    /// nil for the present.
    package var end: Timestamp?

    /// Makes a scan.
    package init(
        table: TableDefinition, columns: [(column: PlanColumn, content: ChangeContent)],
        start: Timestamp?, end: Timestamp?
    ) {
        self.table = table
        self.columns = columns
        self.start = start
        self.end = end
    }
}
