import DemetraCatalog
import DemetraTypes

/// Looks at what definitions say of one another, and at rows that refer to rows of other tables.
struct DefinitionCheck {
    let snapshot: Snapshot

    private var catalog: Catalog { snapshot.catalog }

    /// - Parameter isReadable: whether the rows of a table can be read; references of others are not looked up.
    func run(isReadable: (TableID) -> Bool) -> [CheckReport.Finding] {
        var findings: [CheckReport.Finding] = []
        for sequence in catalog.sequences.values.sorted(by: { $0.id < $1.id }) {
            findings += check(sequence)
        }
        let references = ReferenceCheck(catalog: catalog, states: snapshot.states)
        for table in catalog.tables.values.sorted(by: { $0.id < $1.id }) {
            let broken = table.foreignKeys.filter { !isWhole($0, of: table) }
            findings += broken.map {
                finding(name(table), "has the foreign key \"\($0.name)\", which refers to nothing")
            }
            let tables = [table.id] + table.foreignKeys.map(\.target)
            guard broken.isEmpty, tables.allSatisfy(isReadable) else { continue }
            do throws(DemetraError) {
                try references.verifyStored(table.id, table.foreignKeys)
            } catch {
                findings.append(
                    finding(
                        name(table), "has a row that refers to nothing",
                        [error.message, error.detail].compactMap { $0 }.joined(separator: ": ")))
            }
        }
        return findings
    }

    private func check(_ sequence: SequenceDefinition) -> [CheckReport.Finding] {
        var findings: [CheckReport.Finding] = []
        let place = "sequence \"\(sequence.qualifiedName.text)\""
        if let owner = sequence.owner,
            catalog.table(id: owner.table)?.columns.contains(where: { $0.id == owner.column })
                != true
        {
            findings.append(finding(place, "belongs to a column that is not there"))
        }
        let value = snapshot.position(of: sequence).value
        if !(sequence.minimum...sequence.maximum).contains(value) {
            findings.append(
                finding(
                    place, "stands at \(value)",
                    "Its numbers are \(sequence.minimum) to \(sequence.maximum)."))
        }
        return findings
    }

    private func isWhole(_ key: ForeignKeyDefinition, of table: TableDefinition) -> Bool {
        table.positions(of: key.columns) != nil
            && catalog.table(id: key.target)?.positions(of: key.targetColumns) != nil
    }

    private func name(_ table: TableDefinition) -> String {
        "table \"\(table.qualifiedName.text)\""
    }

    private func finding(
        _ place: String, _ what: String, _ detail: String? = nil
    ) -> CheckReport.Finding {
        CheckReport.Finding(.damage, file: "", place: place, "\(place) \(what)", detail: detail)
    }
}
