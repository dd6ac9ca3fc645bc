import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Rows that a commit has added and hidden, as far as foreign keys want to know of them.
struct ReferenceWork {
    /// Columns of rows that were added to a table that refers to others.
    var added: [(table: TableID, columns: [Vector], count: Int)] = []
    /// Segments that were attached to one.
    var attached: [(table: TableID, reader: SegmentReader)] = []
    /// Rows that were hidden in a table that others refer to, as they were.
    var removed: [(table: TableID, columns: [Vector], count: Int)] = []

    var isEmpty: Bool { added.isEmpty && attached.isEmpty && removed.isEmpty }
}

/// FOREIGN KEY, checked on the state at the end of a statement, and again at the commit of its transaction if others
/// were faster.
///
/// Commits are serial, so what is checked here holds: no row can be deleted beside the row that begins to refer to it.
///
/// - Complexity: a hash lookup a row in the groups that zone maps and bloom filters leave; no scan a row.
struct ReferenceCheck {
    let catalog: Catalog
    let states: [TableID: TableState]
    /// What is not asked yet; nil: everything is asked.
    var deferral: ConstraintDeferral?

    /// Whether some of the work is left for later.
    func leaves(_ work: ReferenceWork) -> Bool {
        guard let deferral else { return false }
        let added = work.added.map(\.table) + work.attached.map(\.table)
        return added.contains { id in
            states[id]?.definition.foreignKeys.contains { deferral.defers($0, of: id) } ?? false
        }
            || work.removed.contains { rows in
                catalog.references(to: rows.table).contains {
                    deferral.defers($0.key, of: $0.table.id)
                }
            }
    }

    private func waits(_ key: ForeignKeyDefinition, of table: TableID) -> Bool {
        deferral?.defers(key, of: table) ?? false
    }

    func verify(_ work: ReferenceWork) throws(DemetraError) {
        for rows in work.added { try verify(rows.table, rows.columns, rows.count) }
        for segment in work.attached { try verify(segment.table, segment.reader) }
        for rows in work.removed { try verifyRemoved(rows.table, rows.columns, rows.count) }
    }

    /// Some foreign keys in all rows of their table.
    func verifyStored(
        _ table: TableID, _ keys: [ForeignKeyDefinition]
    ) throws(DemetraError) {
        guard let state = states[table], !keys.isEmpty else { return }
        for visible in state.groups where visible.visibleCount > 0 {
            let rows = (0..<visible.group.count).filter { !visible.isHidden($0) }
            let selection = SelectionVector(Buffer(rows.map { Int32($0) }))
            for key in keys {
                guard let positions = state.definition.positions(of: key.columns) else { continue }
                var vectors: [Vector] = []
                for position in positions {
                    vectors.append(try visible.group.vector(position).taking(selection))
                }
                try verify(key, of: state.definition, vectors, rows.count)
            }
        }
    }

    // MARK: Rows that refer

    private func verify(
        _ id: TableID, _ columns: [Vector], _ count: Int
    ) throws(DemetraError) {
        guard let table = states[id]?.definition else { return }
        for key in table.foreignKeys where !waits(key, of: id) {
            guard let positions = table.positions(of: key.columns) else { continue }
            try verify(key, of: table, positions.map { columns[$0] }, count)
        }
    }

    private func verify(_ id: TableID, _ reader: SegmentReader) throws(DemetraError) {
        guard let table = states[id]?.definition else { return }
        for group in reader.groups(table) {
            for key in table.foreignKeys where !waits(key, of: id) {
                guard let positions = table.positions(of: key.columns) else { continue }
                var vectors: [Vector] = []
                for position in positions { vectors.append(try group.vector(position)) }
                try verify(key, of: table, vectors, group.count)
            }
        }
    }

    private func verify(
        _ key: ForeignKeyDefinition, of table: TableDefinition, _ values: [Vector], _ count: Int
    ) throws(DemetraError) {
        let isValid = (0..<count).map { row in values.allSatisfy { $0.isValid(row) } }
        if key.matchesFully,
            (0..<count).contains(where: { row in
                !isValid[row] && values.contains { $0.isValid(row) }
            })
        {
            throw DemetraError(
                .foreignKeyViolation,
                "insert or update on table \"\(table.name)\" violates foreign key constraint "
                    + "\"\(key.name)\"",
                detail: "MATCH FULL does not allow mixing of null and nonnull key values.")
        }
        guard isValid.contains(true) else { return }
        guard let target = states[key.target],
            let positions = target.definition.positions(of: key.targetColumns)
        else { return }
        let types = positions.map { target.definition.columns[$0].type }
        let keys = try ReferenceKeys.matching(values, types)
        // What the other side cannot have is not there, and counts as NULL below.
        if let row = (0..<count).first(where: { row in
            isValid[row] && !keys.allSatisfy { $0.isValid(row) }
        }) {
            throw missing(key, table, target.definition, values, row)
        }
        // The keys of a batch are few different ones, as a rule.
        let distinct = try DistinctTable(keyTypes: types).insert(keys, count: count)
        let looked = keys.map { $0.taking(distinct) }
        let found = try KeyLookup(
            state: target,
            key: KeyDefinition(name: key.name, columns: positions, isPrimary: false)
        ).find(looked, count: distinct.count)
        for index in 0..<distinct.count where found[index] < 0 {
            let row = Int(distinct.indices[index])
            if isValid[row] { throw missing(key, table, target.definition, values, row) }
        }
    }

    private func missing(
        _ key: ForeignKeyDefinition, _ table: TableDefinition, _ target: TableDefinition,
        _ values: [Vector], _ row: Int
    ) -> DemetraError {
        DemetraError(
            .foreignKeyViolation,
            "insert or update on table \"\(table.name)\" violates foreign key constraint "
                + "\"\(key.name)\"",
            detail: "Key (\(Self.names(key.columns, of: table)))=(\(Self.text(values, row))) "
                + "is not present in table \"\(target.name)\".",
            hint: "Insert that row first.")
    }

    // MARK: Rows referred to

    private func verifyRemoved(
        _ id: TableID, _ columns: [Vector], _ count: Int
    ) throws(DemetraError) {
        guard let target = states[id] else { return }
        for referring in catalog.tables.values.sorted(by: { $0.id < $1.id }) {
            for key in referring.foreignKeys
            where key.target == id && (key.onDelete == .restrict || !waits(key, of: referring.id)) {
                guard let positions = target.definition.positions(of: key.targetColumns),
                    let own = referring.positions(of: key.columns), let state = states[referring.id]
                else { continue }
                let gone = try goneKeys(
                    positions.map { columns[$0] }, count, positions, target, key.name)
                guard gone.count > 0 else { continue }
                let keys = try ReferenceKeys.matching(
                    positions.map { columns[$0].taking(gone) },
                    own.map { referring.columns[$0].type })
                let found = try ReferenceLookup(state: state, columns: own)
                    .find(keys, count: gone.count, limit: 1)
                guard let row = found.keys.first else { continue }
                let values = positions.map { columns[$0].taking(gone) }
                throw Self.stillReferenced(key, referring, target.definition, values, row)
            }
        }
    }

    /// 23503 for a row of `values` that rows of another table refer to.
    static func stillReferenced(
        _ key: ForeignKeyDefinition, _ referring: TableDefinition, _ target: TableDefinition,
        _ values: [Vector], _ row: Int
    ) -> DemetraError {
        DemetraError(
            .foreignKeyViolation,
            "update or delete on table \"\(target.name)\" violates foreign key "
                + "constraint \"\(key.name)\" on table \"\(referring.name)\"",
            detail: "Key (\(names(key.targetColumns, of: target)))="
                + "(\(text(values, row))) is still referenced from table "
                + "\"\(referring.name)\".",
            hint: "Delete or change the rows that refer to it first.")
    }

    /// Those of some keys that the table has no more.
    private func goneKeys(
        _ keys: [Vector], _ count: Int, _ positions: [Int], _ target: TableState, _ name: String
    ) throws(DemetraError) -> SelectionVector {
        let found = try KeyLookup(
            state: target, key: KeyDefinition(name: name, columns: positions, isPrimary: false)
        ).find(keys, count: count)
        let gone = (0..<count).filter { row in
            found[row] < 0 && keys.allSatisfy { $0.isValid(row) }
        }
        return SelectionVector(Buffer(gone.map { Int32($0) }))
    }

    // MARK: Values

    private static func names(_ columns: [Int32], of table: TableDefinition) -> String {
        (table.positions(of: columns) ?? []).map { table.columns[$0].name }
            .joined(separator: ", ")
    }

    private static func text(_ values: [Vector], _ row: Int) -> String {
        values.map { ValueText.text($0.value(at: row), type: $0.type) ?? "NULL" }
            .joined(separator: ", ")
    }
}
