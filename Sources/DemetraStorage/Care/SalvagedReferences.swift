import DemetraCatalog
import DemetraTypes

/// Leaves out foreign keys that hold no more, because rows or tables are lost: the rows that are left count.
struct SalvagedReferences {
    let catalog: Catalog
    let states: [TableID: TableState]

    /// The catalog without them; each is a warning.
    func withoutBroken(
        _ kept: inout [TableID: TableState], _ moment: CommitMoment,
        _ report: inout SalvageReport
    ) -> Catalog {
        var result = catalog
        let check = ReferenceCheck(catalog: catalog, states: states)
        for table in catalog.tables.values.sorted(by: { $0.id < $1.id }) {
            let broken = table.foreignKeys.filter { !holds($0, of: table, check) }
            guard !broken.isEmpty else { continue }
            var changed = table
            changed.foreignKeys.removeAll { broken.contains($0) }
            result = result.applying(.putTable(changed))
            kept[table.id] = kept[table.id]?.redefined(changed, moment)
            report.warnings += broken.map {
                "the foreign key \"\($0.name)\" of table \"\(table.qualifiedName.text)\" was left out: "
                    + "rows that it refers to are lost"
            }
        }
        return result
    }

    private func holds(
        _ key: ForeignKeyDefinition, of table: TableDefinition, _ check: ReferenceCheck
    ) -> Bool {
        guard table.positions(of: key.columns) != nil,
            catalog.table(id: key.target)?.positions(of: key.targetColumns) != nil
        else { return false }
        return (try? check.verifyStored(table.id, [key])) != nil
    }
}
