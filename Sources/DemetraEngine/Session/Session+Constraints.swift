import DemetraCatalog
import DemetraPlanner
import DemetraSQL
import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

extension Session {
    /// SET CONSTRAINTS: when the open transaction checks its foreign keys; no names for all of them.
    ///
    /// - Throws: 42704 for a name that no constraint has, 42809 for one that is not deferrable, 23503 when one that waits
    ///   no more is broken.
    func setConstraints(
        _ names: [ObjectName], _ isDeferred: Bool, _ output: any StatementOutput
    ) throws(DemetraError) {
        let snapshot = snapshot
        var constraints: [(table: TableID, name: String)] = []
        for name in names { constraints += try deferrable(name, isDeferred, snapshot.catalog) }
        let store = engine.store
        let isInside = try transaction.withLock { transaction throws(DemetraError) in
            try transaction?.setConstraints(
                names.isEmpty ? nil : constraints, isDeferred: isDeferred, store) != nil
        }
        guard !isInside else { return }
        output.notice(
            Notice(
                "SET CONSTRAINTS can only be used in transaction blocks", severity: .warning,
                sqlState: .noActiveTransaction))
    }

    /// The deferrable foreign keys of a name: those of the first schema of the search path that has any.
    private func deferrable(
        _ name: ObjectName, _ isDeferred: Bool, _ catalog: Catalog
    ) throws(DemetraError) -> [(table: TableID, name: String)] {
        let wanted = name.last.name
        let schemas =
            name.parts.count > 1
            ? [name.parts[name.parts.count - 2].name] : searchPath(catalog).schemas
        for schema in schemas {
            let tables = catalog.tables.values.filter { $0.schemaName == schema }
            let keys = tables.flatMap { table in
                table.foreignKeys.filter { $0.name == wanted }.map { (table, $0) }
            }
            let hasOther = tables.contains { table in
                table.keys.contains { $0.name == wanted }
                    || table.checks.contains { $0.name == wanted }
            }
            if keys.isEmpty, !hasOther { continue }
            let found = keys.filter { $0.1.checkTime != .statement }
            guard !found.isEmpty else {
                throw DemetraError(
                    .wrongObjectType, "constraint \"\(wanted)\" is not deferrable",
                    hint: "Only foreign keys that are DEFERRABLE can wait for the commit."
                ).at(name.range)
            }
            return found.map { ($0.0.id, $0.1.name) }
        }
        let known = catalog.tables.values.flatMap { $0.foreignKeys.map(\.name) }
        throw DemetraError(
            .undefinedObject, "constraint \"\(wanted)\" does not exist",
            hint: NearestName.find(wanted, among: known).map { "Perhaps you meant \"\($0)\"." }
        ).at(name.range)
    }
}
