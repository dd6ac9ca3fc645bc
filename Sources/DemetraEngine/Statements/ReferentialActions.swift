import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// ON DELETE and ON UPDATE: what a statement that deletes rows or changes keys does to the rows that refer to them.
///
/// All of it is part of the statement's one commit. What is left then is checked there: a row that refers to nothing
/// fails the statement, whatever the actions were.
///
/// - Complexity: a hash lookup for each group of the referring tables that zone maps leave, per action.
struct ReferentialActions {
    let run: StatementRun
    let snapshot: Snapshot
    private let context: ExecutionContext
    /// Rows that leave, each once.
    private var removed: [TableID: Set<Int64>] = [:]
    /// Rows that enter in the place of others: the stored row, and its new version.
    private var replaced: [TableID: [Int64: [Value]]] = [:]

    init(run: StatementRun, snapshot: Snapshot) {
        self.run = run
        self.snapshot = snapshot
        context = run.context(snapshot)
    }

    /// Whether any rows can refer to those of a table by an action.
    static func concern(_ table: TableDefinition, _ catalog: Catalog) -> Bool {
        catalog.references(to: table.id).contains {
            $0.key.onDelete.changesRows || $0.key.onUpdate != .noAction
        }
    }

    /// Adds what ON UPDATE of other tables asks for when rows of a table get new values.
    ///
    /// - Parameter updates: ids of rows, and all their columns as they will be.
    static func add(
        updates: [(ids: Vector, new: [Vector])], of table: TableDefinition, _ run: StatementRun,
        _ snapshot: Snapshot, to write: inout WriteTransaction
    ) throws(DemetraError) {
        guard concern(table, snapshot.catalog) else { return }
        var actions = ReferentialActions(run: run, snapshot: snapshot)
        var own: Set<Int64> = []
        for update in updates {
            let ids = numbers(update.ids)
            own.formUnion(ids)
            try actions.update(table, ids, update.new)
        }
        try actions.add(to: &write, beside: table, own: own)
    }

    /// Row ids of a bigint vector.
    static func numbers(_ ids: Vector) -> [Int64] {
        guard case .int64(let numbers) = ids.flattened().storage else { return [] }
        return Array(numbers.array.prefix(ids.count))
    }

    // MARK: DELETE

    /// Rows of a table go.
    mutating func delete(_ table: TableDefinition, _ ids: [Int64]) throws(DemetraError) {
        let fresh = ids.filter { removed[table.id, default: []].insert($0).inserted }
        guard !fresh.isEmpty else { return }
        try context.cancellation.check()
        for id in fresh { replaced[table.id]?[id] = nil }
        for (referring, key) in snapshot.catalog.references(to: table.id)
        where key.onDelete.changesRows {
            let keys = try storedKeys(table, key, fresh)
            let (rows, _) = try referringRows(referring, key, keys, fresh.count)
            let left = rows.filter { removed[referring.id]?.contains($0) != true }
            switch key.onDelete {
            case .cascade: try delete(referring, left)
            case .setNull, .setDefault:
                try assign(referring, key, left, isDefault: key.onDelete == .setDefault)
            default: continue
            }
        }
    }

    // MARK: UPDATE

    /// Rows of a table get new values: their ids, and all their columns as they were and as they will be.
    mutating func update(
        _ table: TableDefinition, _ ids: [Int64], _ new: [Vector]
    ) throws(DemetraError) {
        for (referring, key) in snapshot.catalog.references(to: table.id)
        where key.onUpdate != .noAction {
            guard let positions = table.positions(of: key.targetColumns) else { continue }
            let old = try storedKeys(table, key, ids)
            let changed = ids.indices.filter { row in
                zip(old, positions).contains { $0.value(at: row) != new[$1].value(at: row) }
            }
            guard !changed.isEmpty else { continue }
            let selection = SelectionVector(Buffer(changed.map { Int32($0) }))
            let (rows, which) = try referringRows(
                referring, key, old.map { $0.taking(selection) }, changed.count)
            switch key.onUpdate {
            case .restrict:
                // Rows that the statement changes itself are looked at when it has done so.
                let others = rows.indices.filter {
                    removed[referring.id]?.contains(rows[$0]) != true
                        && !(referring.id == table.id && ids.contains(rows[$0]))
                }
                guard let first = others.first else { continue }
                throw TableReferences.stillReferenced(
                    key, from: referring, to: table, old, changed[which[first]])
            case .cascade:
                let values = try assigned(
                    positions.map { new[$0].taking(selection) }, to: referring, key)
                try assign(referring, key, rows) { index in
                    values.map { $0.value(at: which[index]) }
                }
            case .setNull, .setDefault:
                try assign(referring, key, rows, isDefault: key.onUpdate == .setDefault)
            default: continue
            }
        }
    }

    // MARK: Rows

    private func storedKeys(
        _ table: TableDefinition, _ key: ForeignKeyDefinition, _ ids: [Int64]
    ) throws(DemetraError) -> [Vector] {
        guard let positions = table.positions(of: key.targetColumns),
            let rows = snapshot.table(table.id)
        else { return [] }
        return try rows.rows(withIDs: Self.vector(ids), columns: positions)
    }

    private static func vector(_ ids: [Int64]) -> Vector {
        Vector(type: .bigint, count: ids.count, storage: .int64(Buffer(ids)))
    }

    private func referringRows(
        _ referring: TableDefinition, _ key: ForeignKeyDefinition, _ keys: [Vector], _ count: Int
    ) throws(DemetraError) -> (rows: [Int64], keys: [Int]) {
        guard let positions = referring.positions(of: key.columns), keys.count == positions.count
        else { return ([], []) }
        let own = try ReferenceKeys.matching(
            keys, positions.map { referring.columns[$0].type })
        return try snapshot.referringRows(
            in: referring.id, columns: positions, to: own, count: count)
    }

    /// New values of a key as values of the columns that refer to it.
    ///
    /// - Throws: 22003 and 22001 for those that do not fit.
    private func assigned(
        _ values: [Vector], to referring: TableDefinition, _ key: ForeignKeyDefinition
    ) throws(DemetraError) -> [Vector] {
        var result: [Vector] = []
        for (vector, position) in zip(values, referring.positions(of: key.columns) ?? []) {
            result.append(
                try CastKernel.cast(
                    vector, to: referring.columns[position].type, isExplicit: false, CastContext()))
        }
        return result
    }

    private mutating func assign(
        _ table: TableDefinition, _ key: ForeignKeyDefinition, _ rows: [Int64], isDefault: Bool
    ) throws(DemetraError) {
        guard let positions = table.positions(of: key.columns), !rows.isEmpty else { return }
        var values = positions.map { _ in Value.null }
        if isDefault {
            let binder = run.session.makeBinder(snapshot, Folder(context: context))
            let folder = Folder(context: context)
            for (index, position) in positions.enumerated() {
                values[index] = try folder.value(
                    of: try binder.defaultValue(table.columns[position], table))
            }
        }
        try assign(table, key, rows) { _ in values }
    }

    /// Gives the columns of a foreign key new values in some rows.
    private mutating func assign(
        _ table: TableDefinition, _ key: ForeignKeyDefinition, _ rows: [Int64],
        _ values: (Int) -> [Value]
    ) throws(DemetraError) {
        guard let positions = table.positions(of: key.columns), !rows.isEmpty,
            let stored = snapshot.table(table.id)
        else { return }
        let vectors = try stored.rows(
            withIDs: Self.vector(rows), columns: Array(table.columns.indices))
        var changed: [[Value]] = []
        for (index, id) in rows.enumerated() {
            var row = replaced[table.id]?[id] ?? vectors.map { $0.value(at: index) }
            for (position, value) in zip(positions, values(index)) { row[position] = value }
            replaced[table.id, default: [:]][id] = row
            changed.append(row)
        }
        // The columns may themselves be a key that others refer to.
        let new = table.columns.enumerated().map { position, column in
            Vector(changed.map { $0[position] }, type: column.type)
        }
        try update(table, rows, new)
    }

    // MARK: Writing

    /// Adds everything but what the statement itself does to its table.
    ///
    /// - Parameter table: the statement's, whose rows `own` it removes by itself.
    func add(
        to write: inout WriteTransaction, beside table: TableDefinition, own: Set<Int64>
    ) throws(DemetraError) {
        for (id, rows) in removed.sorted(by: { $0.key < $1.key }) {
            let rest = rows.filter { id != table.id || !own.contains($0) }
            if !rest.isEmpty { write.delete(id, rowIDs: Self.vector(rest.sorted())) }
        }
        for (id, rows) in replaced.sorted(by: { $0.key < $1.key }) {
            guard let definition = snapshot.catalog.table(id: id) else { continue }
            let kept = rows.filter { row in
                removed[id]?.contains(row.key) != true && (id != table.id || !own.contains(row.key))
            }.sorted { $0.key < $1.key }
            guard !kept.isEmpty else { continue }
            let batch = Batch(
                definition.columns.enumerated().map { position, column in
                    Vector(kept.map { $0.value[position] }, type: column.type)
                }, count: kept.count)
            let binder = run.session.makeBinder(snapshot)
            let columns = definition.columns.map { binder.newColumn($0.name, $0.type) }
            let constraints = try RowConstraints(
                table: definition, checks: try binder.checks(definition, columns),
                layout: ColumnLayout(columns))
            try constraints.verify(rows: batch.vectors, batch: batch, context)
            write.delete(id, rowIDs: Self.vector(kept.map(\.key)))
            write.insert(id, [batch], onConflict: .error)
        }
    }
}

extension ReferenceAction {
    /// Whether it changes rows, instead of failing the statement.
    var changesRows: Bool { self == .cascade || self == .setNull || self == .setDefault }
}
