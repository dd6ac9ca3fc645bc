import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// Keys and foreign keys that ALTER TABLE adds, over the rows that are there.
struct AddedKeys {
    let table: TableDefinition
    let names: Set<String>
    let snapshot: Snapshot

    /// The tables whose rows must not change until the commit.
    var targets: [TableID] { foreignKeys.map(\.target).filter { $0 != table.id } }

    private var foreignKeys: [ForeignKeyDefinition] {
        table.foreignKeys.filter { names.contains($0.name) }
    }

    /// - Parameter batches: all rows, in the table's columns.
    /// - Throws: 23505 and 23503 for the first row that breaks one.
    func verify(_ batches: [Batch]) throws(DemetraError) {
        for key in table.keys where names.contains(key.name) { try verify(key, batches) }
        for key in foreignKeys { try verify(key, batches) }
    }

    private func verify(_ key: KeyDefinition, _ batches: [Batch]) throws(DemetraError) {
        let seen = DistinctTable(keyTypes: key.columns.map { table.columns[$0].type })
        for batch in batches where batch.count > 0 {
            let keys = key.columns.map { batch.vectors[$0] }
            let isFirst = Set(try seen.insert(keys, count: batch.count).indices.array)
            let repeated = (0..<batch.count).first { row in
                !isFirst.contains(Int32(row)) && keys.allSatisfy { $0.isValid(row) }
            }
            guard let row = repeated else { continue }
            throw DemetraError(
                .uniqueViolation, "could not create unique index \"\(key.name)\"",
                detail: "Key (\(names(key.columns)))=(\(text(keys, row))) is duplicated.",
                hint: "Delete or change the rows that share it first.")
        }
    }

    private func verify(
        _ key: ForeignKeyDefinition, _ batches: [Batch]
    ) throws(DemetraError) {
        guard let own = table.positions(of: key.columns) else { return }
        for batch in batches where batch.count > 0 {
            let values = own.map { batch.vectors[$0] }
            guard
                let row = try ForeignKeyLookup(key: key, snapshot: snapshot, ownTable: table)
                    .firstMissing(values, batch.count, batches)
            else { continue }
            let target = snapshot.catalog.table(id: key.target)?.name ?? table.name
            throw DemetraError(
                .foreignKeyViolation,
                "insert or update on table \"\(table.name)\" violates foreign key constraint "
                    + "\"\(key.name)\"",
                detail: "Key (\(names(own)))=(\(text(values, row))) is not present in table "
                    + "\"\(target)\".",
                hint: "Insert that row first, or delete those that refer to it.")
        }
    }

    private func names(_ columns: [Int]) -> String {
        columns.map { table.columns[$0].name }.joined(separator: ", ")
    }

    private func text(_ keys: [Vector], _ row: Int) -> String {
        keys.map { ValueText.text($0.value(at: row), type: $0.type) ?? "NULL" }
            .joined(separator: ", ")
    }
}

/// The rows of a batch whose foreign key finds no row.
private struct ForeignKeyLookup {
    let key: ForeignKeyDefinition
    let snapshot: Snapshot
    let ownTable: TableDefinition

    /// - Parameter rows: all rows of the table itself, for a key that refers to it.
    func firstMissing(
        _ values: [Vector], _ count: Int, _ rows: [Batch]
    ) throws(DemetraError) -> Int? {
        let isItself = key.target == ownTable.id
        guard let target = isItself ? ownTable : snapshot.catalog.table(id: key.target),
            let positions = target.positions(of: key.targetColumns)
        else { return nil }
        var keys: [Vector] = []
        for (vector, position) in zip(values, positions) {
            keys.append(
                try CastKernel.cast(
                    vector, to: target.columns[position].type, isExplicit: true, CastContext()))
        }
        let found: [Bool]
        if isItself {
            let seen = DistinctTable(keyTypes: positions.map { target.columns[$0].type })
            for batch in rows {
                _ = try seen.insert(positions.map { batch.vectors[$0] }, count: batch.count)
            }
            let fresh = Set(try seen.insert(keys, count: count).indices.array)
            // A key that is missing is missing for all rows that have it, the first of them included.
            found = (0..<count).map { !fresh.contains(Int32($0)) }
        } else {
            let definition = KeyDefinition(name: key.name, columns: positions, isPrimary: false)
            found = try snapshot.existingRows(in: target.id, key: definition, keys, count: count)
                .map { $0 >= 0 }
        }
        return (0..<count).first { row in
            !found[row] && values.allSatisfy { $0.isValid(row) }
        }
    }
}
