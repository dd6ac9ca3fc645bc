package import DemetraCatalog

/// Which foreign keys wait for the end of a transaction: those that are so by definition, and what SET CONSTRAINTS
/// has said since.
package struct ConstraintDeferral: Sendable {
    /// A constraint of a table.
    private struct Constraint: Hashable {
        let table: TableID
        let name: String
    }

    private var all: Bool?
    private var named: [Constraint: Bool] = [:]

    /// Everything as it is defined.
    package init() {}

    /// Whether a foreign key of a table waits.
    package func defers(_ key: ForeignKeyDefinition, of table: TableID) -> Bool {
        guard key.checkTime != .statement else { return false }
        return named[Constraint(table: table, name: key.name)] ?? all
            ?? (key.checkTime == .transaction)
    }

    /// SET CONSTRAINTS ALL.
    mutating func set(all isDeferred: Bool) { (all, named) = (isDeferred, [:]) }

    /// SET CONSTRAINTS name.
    mutating func set(_ name: String, of table: TableID, _ isDeferred: Bool) {
        named[Constraint(table: table, name: name)] = isDeferred
    }
}
