import DemetraCatalog
import DemetraStorage
import DemetraTesting
import DemetraTypes
import DemetraVectors

/// A row of the tables that the tests use.
struct TestRow: Hashable {
    var key: Int64
    var text: String?
    var amount: Int64
    var factor: Double?

    var values: [Value] {
        [
            .integer(key), text.map { .text($0) } ?? .null,
            .numeric(Decimal(unscaled: Int128(amount), scale: 2)),
            .timestamp(Timestamp(microseconds: amount * 3_600_000_000)),
            factor.map { .double($0) } ?? .null,
        ]
    }

    init(key: Int64, text: String?, amount: Int64, factor: Double?) {
        self.key = key
        self.text = text
        self.amount = amount
        self.factor = factor
    }

    static func random(_ key: Int64, _ random: inout SeededGenerator) -> TestRow {
        TestRow(
            key: key, text: random.oneIn(5) ? nil : "campaign \(random.below(9))",
            amount: Int64(random.below(100_000)) - 1_000,
            factor: random.oneIn(6) ? nil : Double(random.below(1_000)) / 8)
    }
}

/// A store over a file system, spoken to in rows.
struct StoreFixture {
    static let path = "db"

    /// Small limits, so that a few rows make memtables, segments and merges.
    static let small = StoreConfiguration(
        cacheBytes: 64 << 10, memtableBytes: 2_000, logBytes: 20_000, logFileBytes: 3_000,
        bulkRows: 60, chunkBytes: 3_000,
        processorCount: 1, flushesInBackground: false)

    let store: Store
    /// Whether half of what is more than a memtable takes comes as a stream, in several chunks.
    var streams = false

    init(store: Store) { self.store = store }

    init(
        _ fileSystem: any FileSystem, configuration: StoreConfiguration = StoreFixture.small,
        clock: any Clock = ManualClock(start: Timestamp(microseconds: 0)),
        path: String = StoreFixture.path, streams: Bool = false
    ) throws(DemetraError) {
        self.streams = streams
        store = try Store.open(
            path: path, fileSystem: fileSystem, clock: clock, configuration: configuration)
    }

    /// `table`, or `schema.table`.
    static func relation(_ name: String) -> RelationName {
        let parts = name.split(separator: ".").map { String($0) }
        return parts.count > 1 ? RelationName(parts[1], schema: parts[0]) : RelationName(name)
    }

    static func definition(_ id: Int64, _ name: String, isKeyed: Bool = true) -> TableDefinition {
        TableDefinition(
            id: TableID(id), name: relation(name).name, schemaName: relation(name).schema,
            columns: [
                ColumnDefinition(id: 1, name: "key", type: .bigint, isNullable: false),
                ColumnDefinition(id: 2, name: "text", type: .text),
                ColumnDefinition(
                    id: 3, name: "amount", type: .numeric(NumericModifier(precision: 12, scale: 2))),
                ColumnDefinition(id: 4, name: "time", type: .timestamp),
                ColumnDefinition(id: 5, name: "factor", type: .double),
            ],
            keys: isKeyed
                ? [KeyDefinition(name: "\(name)_pkey", columns: [0], isPrimary: true)] : [])
    }

    // MARK: Writing

    /// - Parameter change: options of the table.
    func create(
        _ name: String, isKeyed: Bool = true, _ change: (inout TableDefinition) -> Void = { _ in }
    ) throws(DemetraError) {
        let snapshot = store.snapshot()
        var transaction = WriteTransaction(snapshot: snapshot)
        var table = Self.definition(snapshot.catalog.nextTableNumber, name, isKeyed: isKeyed)
        change(&table)
        transaction.change(.putTable(table))
        try store.commit(transaction)
    }

    /// Changes the definition of a table.
    func alter(
        _ name: String, _ change: (inout TableDefinition) -> Void
    ) throws(DemetraError) {
        let snapshot = store.snapshot()
        guard var table = snapshot.catalog.tables[Self.relation(name)] else { return }
        change(&table)
        var transaction = WriteTransaction(snapshot: snapshot)
        transaction.change(.putTable(table))
        try store.commit(transaction)
    }

    /// Partitions of a time column.
    static func partitioned(_ days: Int32) -> (inout TableDefinition) -> Void {
        { table in
            table.timeColumn = 3
            if let interval = PartitionInterval(Interval(days: days)) { table.partition = interval }
        }
    }

    func drop(_ name: String) throws(DemetraError) {
        let snapshot = store.snapshot()
        guard let table = snapshot.catalog.tables[Self.relation(name)] else { return }
        var transaction = WriteTransaction(snapshot: snapshot)
        transaction.change(.dropTable(table.id))
        try store.commit(transaction)
    }

    static func batch(_ rows: [TestRow], _ table: TableDefinition) -> Batch {
        let values = rows.map(\.values)
        return Batch(
            table.columns.enumerated().map { index, column in
                // Columns that were added later stay empty.
                Vector(
                    values.map { $0.count > index ? $0[index] : .null }, type: column.type)
            }, count: rows.count)
    }

    func insert(
        _ rows: [TestRow], into name: String, onConflict: ConflictAction = .replace
    ) throws(DemetraError) {
        let snapshot = store.snapshot()
        guard let table = snapshot.catalog.tables[Self.relation(name)] else { return }
        var transaction = WriteTransaction(snapshot: snapshot)
        if streams, rows.count > 60, rows[0].key % 2 == 0 {
            transaction.insert(
                table.id, try stream(rows, table, onConflict), onConflict: onConflict)
        } else {
            transaction.insert(table.id, [Self.batch(rows, table)], onConflict: onConflict)
        }
        try store.commit(transaction)
    }

    /// Rows into two tables, or into none.
    func insert(
        _ rows: [TestRow], into first: String, and second: String
    ) throws(DemetraError) {
        let snapshot = store.snapshot()
        var transaction = WriteTransaction(snapshot: snapshot)
        for name in [first, second] {
            guard let table = snapshot.catalog.tables[Self.relation(name)] else { return }
            transaction.insert(table.id, [Self.batch(rows, table)], onConflict: .replace)
        }
        try store.commit(transaction)
    }

    /// Adds a column, or drops the one that was added last.
    func alter(_ name: String, adds: Bool) throws(DemetraError) {
        let snapshot = store.snapshot()
        guard var table = snapshot.catalog.tables[Self.relation(name)] else { return }
        if adds {
            let id = (table.columns.map(\.id).max() ?? 0) + 1
            table.columns.append(
                ColumnDefinition(id: id, name: "extra \(id)", type: .integer))
        } else if table.columns.count > 5 {
            table.columns.removeLast()
        }
        var transaction = WriteTransaction(snapshot: snapshot)
        transaction.change(.putTable(table))
        try store.commit(transaction)
    }

    /// Lets several writers insert at once, each row a commit of its own, with keys 0..<writers * rows.
    ///
    /// - Parameter meanwhile: is called again and again until all have ended.
    /// - Returns: what failed.
    func insert(
        writers: Int, rows: Int, into name: String, text: @escaping @Sendable (Int) -> String?,
        meanwhile: (() throws -> Void)? = nil
    ) throws -> [DemetraError] {
        let errors = Monitor([DemetraError]())
        let done = Monitor(0)
        for writer in 0..<writers {
            SystemThread.start {
                do throws(DemetraError) {
                    for row in 0..<rows {
                        let key = Int64(writer * rows + row)
                        try insert(
                            [TestRow(key: key, text: text(writer), amount: key, factor: nil)],
                            into: name)
                    }
                } catch {
                    errors.withLock { $0.append(error) }
                }
                done.withLock(notify: true) { $0 += 1 }
            }
        }
        if let meanwhile {
            while done.withLock({ $0 }) < writers { try meanwhile() }
        } else {
            done.wait { $0 == writers ? () : nil }
        }
        return errors.withLock { $0 }
    }

    /// Rows by a stream of batches, prepared for a commit.
    func stream(
        _ rows: [TestRow], _ table: TableDefinition, _ onConflict: ConflictAction,
        batchRows: Int = 25
    ) throws(DemetraError) -> BulkRows {
        let writer = BulkWriter(
            store: store, snapshot: store.snapshot(), table: table, onConflict: onConflict,
            budget: store.memory)
        var start = 0
        while start < rows.count {
            let end = min(rows.count, start + batchRows)
            try writer.append(Self.batch(Array(rows[start..<end]), table))
            start = end
        }
        return try writer.finish()
    }

    func delete(_ keys: [Int64], from name: String) throws(DemetraError) {
        let snapshot = store.snapshot()
        guard let table = snapshot.catalog.tables[Self.relation(name)], let key = table.primaryKey
        else { return }
        let found = try snapshot.existingRows(
            in: table.id, key: key, [Vector(keys.map { .integer($0) }, type: .bigint)],
            count: keys.count)
        let ids = Array(Set(found.filter { $0 >= 0 })).sorted()
        var transaction = WriteTransaction(snapshot: snapshot)
        transaction.delete(
            table.id,
            rowIDs: Vector(type: .bigint, count: ids.count, storage: .int64(Buffer(ids))))
        try store.commit(transaction)
    }

    /// Rows in the place of others, in one commit.
    func update(_ keys: [Int64], to rows: [TestRow], in name: String) throws(DemetraError) {
        let snapshot = store.snapshot()
        guard let table = snapshot.catalog.tables[Self.relation(name)], let key = table.primaryKey
        else { return }
        let ids = try snapshot.existingRows(
            in: table.id, key: key, [Vector(keys.map { .integer($0) }, type: .bigint)],
            count: keys.count)
        var transaction = WriteTransaction(snapshot: snapshot)
        transaction.delete(
            table.id,
            rowIDs: Vector(type: .bigint, count: ids.count, storage: .int64(Buffer(ids))))
        transaction.insert(table.id, [Self.batch(rows, table)], onConflict: .error)
        try store.commit(transaction)
    }

    // MARK: Reading

    /// All rows of a table, in stored order.
    static func rows(
        _ name: String, _ snapshot: Snapshot, pruning: PruningPredicate? = nil
    ) throws(DemetraError) -> [TestRow] {
        guard let id = snapshot.catalog.tables[Self.relation(name)]?.id,
            let table = snapshot.table(id)
        else {
            return []
        }
        let rows = try rows(table, pruning: pruning)
        guard rows.count == table.rowCount || pruning != nil else {
            throw DemetraError(
                .internalError, "\(rows.count) rows were read of \(table.rowCount)")
        }
        return rows
    }

    /// The rows of a table that are shown, in stored order.
    static func rows(
        _ table: TableSnapshot, pruning: PruningPredicate? = nil
    ) throws(DemetraError) -> [TestRow] {
        var rows: [TestRow] = []
        for morsel in table.morsels(pruning) {
            let reader = try morsel.makeReader(columns: [0, 1, 2, 3, 4])
            for batch in 0..<reader.batchCount {
                var vectors: [Vector] = []
                for column in 0..<5 {
                    vectors.append(try reader.read(column: column, batch: batch))
                }
                let visible = reader.selection(batch: batch)?.indices.array.map { Int($0) }
                for row in visible ?? Array(0..<reader.rowCount(batch: batch)) {
                    rows.append(try Self.row(vectors, row))
                }
            }
        }
        return rows
    }

    private static func row(_ vectors: [Vector], _ row: Int) throws(DemetraError) -> TestRow {
        guard let result = try Self.row(vectors.map { $0.value(at: row) }) else {
            throw DemetraError(.internalError, "a row lost its key")
        }
        return result
    }

    /// A row by its values; nil when they are NULL, as those of no row.
    static func row(_ values: [Value]) throws(DemetraError) -> TestRow? {
        if case .null = values[0] { return nil }
        guard case .integer(let key) = values[0], case .numeric(let amount) = values[2],
            case .timestamp(let time) = values[3]
        else { throw DemetraError(.internalError, "a row lost its values") }
        var result = TestRow(
            key: key, text: nil, amount: Int64(amount.unscaled.narrow ?? 0), factor: nil)
        if case .text(let text) = values[1] { result.text = text }
        if case .double(let factor) = values[4] { result.factor = factor }
        guard time.microseconds == result.amount * 3_600_000_000 else {
            throw DemetraError(.internalError, "columns of different rows were mixed")
        }
        return result
    }

    func rows(_ name: String) throws(DemetraError) -> [TestRow] {
        try Self.rows(name, store.snapshot())
    }

    /// Every table with its rows by key.
    func contents() throws(DemetraError) -> [String: [Int64: TestRow]] {
        let snapshot = store.snapshot()
        var result: [String: [Int64: TestRow]] = [:]
        for name in snapshot.catalog.tables.keys.map(\.text) {
            var table: [Int64: TestRow] = [:]
            for row in try Self.rows(name, snapshot) {
                guard table.updateValue(row, forKey: row.key) == nil else {
                    throw DemetraError(.internalError, "key \(row.key) is there twice")
                }
            }
            result[name] = table
        }
        return result
    }
}
