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
        guard let own = table.positions(of: key.columns),
            let lookup = try ForeignKeyLookup(key, of: table, rows: batches, snapshot)
        else { return }
        for batch in batches where batch.count > 0 {
            let values = own.map { batch.vectors[$0] }
            if key.matchesFully, (0..<batch.count).contains(where: { isMixed(values, $0) }) {
                throw DemetraError(
                    .foreignKeyViolation,
                    "insert or update on table \"\(table.name)\" violates foreign key constraint "
                        + "\"\(key.name)\"",
                    detail: "MATCH FULL does not allow mixing of null and nonnull key values.")
            }
            guard let row = try lookup.firstMissing(values, batch.count) else { continue }
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

    private func isMixed(_ values: [Vector], _ row: Int) -> Bool {
        values.contains { $0.isValid(row) } && !values.allSatisfy { $0.isValid(row) }
    }

    private func names(_ columns: [Int]) -> String {
        columns.map { table.columns[$0].name }.joined(separator: ", ")
    }

    private func text(_ keys: [Vector], _ row: Int) -> String {
        keys.map { ValueText.text($0.value(at: row), type: $0.type) ?? "NULL" }
            .joined(separator: ", ")
    }
}

/// Tells which rows have a foreign key that finds no row.
private struct ForeignKeyLookup {
    private let key: ForeignKeyDefinition
    private let snapshot: Snapshot
    private let target: TableDefinition
    private let positions: [Int]
    /// The keys that are there, where the table refers to itself: its new columns are in no snapshot.
    private let own: DistinctTable?

    /// - Parameter rows: all rows of the table that refers.
    init?(
        _ key: ForeignKeyDefinition, of table: TableDefinition, rows: [Batch],
        _ snapshot: Snapshot
    ) throws(DemetraError) {
        let isItself = key.target == table.id
        guard let target = isItself ? table : snapshot.catalog.table(id: key.target),
            let positions = target.positions(of: key.targetColumns)
        else { return nil }
        (self.key, self.snapshot, self.target, self.positions) = (key, snapshot, target, positions)
        guard isItself else {
            own = nil
            return
        }
        let keys = DistinctTable(keyTypes: positions.map { target.columns[$0].type })
        for batch in rows {
            _ = try keys.insert(positions.map { batch.vectors[$0] }, count: batch.count)
        }
        own = keys
    }

    func firstMissing(_ values: [Vector], _ count: Int) throws(DemetraError) -> Int? {
        let keys = try ReferenceKeys.matching(
            values, positions.map { target.columns[$0].type })
        let found: [Bool]
        if let own {
            // The first row that is missing is the one that is asked for: later ones do not matter.
            let fresh = Set(try own.insert(keys, count: count).indices.array)
            found = (0..<count).map { !fresh.contains(Int32($0)) }
        } else {
            let definition = KeyDefinition(name: key.name, columns: positions, isPrimary: false)
            found = try snapshot.existingRows(in: target.id, key: definition, keys, count: count)
                .map { $0 >= 0 }
        }
        return (0..<count).first { row in
            values.allSatisfy { $0.isValid(row) }
                && !(found[row] && keys.allSatisfy { $0.isValid(row) })
        }
    }
}
