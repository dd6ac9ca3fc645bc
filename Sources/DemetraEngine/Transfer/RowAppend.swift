import DemetraCatalog
import DemetraStorage
package import DemetraTypes
package import DemetraVectors

extension Session {
    /// Adds rows to a table, all or none of them; `replacing` lets a row take the place of the one
    /// with its key.
    ///
    /// - Throws: 23505 when a key exists and `replacing` is false, 42804 when a value has a type that does
    ///   not convert to its column's, 22003 and kin when it does not fit.
    package func append(
        _ rows: [[Value]], to name: String, replacing: Bool
    ) throws(DemetraError) -> Int {
        let table = try table(name)
        var batches: [Batch] = []
        for (start, count) in BatchRanges(rows.count) {
            let part = rows[start..<(start + count)]
            var vectors: [Vector] = []
            for (index, column) in table.columns.enumerated() {
                var values: [Value] = []
                values.reserveCapacity(count)
                for row in part { values.append(try converted(row[index], to: column)) }
                vectors.append(Vector(values, type: column.type))
            }
            batches.append(Batch(vectors, count: count))
        }
        return try append(batches, to: name, replacing: replacing)
    }

    /// Adds rows that are columns already: each batch has the table's columns in order, of their types.
    ///
    /// - Throws: 23502 for a NULL where none may stand, 23505 when a key exists and `replacing` is
    ///   false, 42804 when a vector has another type than its column.
    package func append(
        _ batches: [Batch], to name: String, replacing: Bool
    ) throws(DemetraError) -> Int {
        let snapshot = engine.store.snapshot()
        let table = try table(name, in: snapshot)
        var count = 0
        for batch in batches {
            try verify(batch, table)
            count += batch.count
        }
        var transaction = WriteTransaction(snapshot: snapshot)
        transaction.insert(table.id, batches, onConflict: replacing ? .replace : .error)
        _ = try engine.store.commit(transaction)
        return count
    }

    private func verify(_ batch: Batch, _ table: TableDefinition) throws(DemetraError) {
        guard batch.vectors.map(\.type) == table.columns.map(\.type) else {
            throw DemetraError(
                .datatypeMismatch, "the rows do not have the columns of table \"\(table.name)\"")
        }
        for (column, vector) in zip(table.columns, batch.vectors)
        where !column.isNullable && vector.hasNulls {
            throw DemetraError(
                .notNullViolation,
                "null value in column \"\(column.name)\" of relation \"\(table.name)\" violates "
                    + "not-null constraint")
        }
    }
}

extension Session {
    /// A value as one of a column's type, converted as an INSERT would.
    private func converted(
        _ value: Value, to column: ColumnDefinition
    ) throws(DemetraError) -> Value {
        if value.isKept(by: column.type) { return value }
        let caster = ValueCaster(
            source: value.naturalType, target: column.type, isExplicit: false,
            CastContext(zone: timeZone, zones: engine.timeZones))
        do {
            return try caster.cast(value)
        } catch {
            guard error.sqlState == .cannotCoerce else { throw error }
            throw DemetraError(
                .datatypeMismatch,
                "column \"\(column.name)\" is of type \(column.type), not \(value.naturalType)")
        }
    }
}

extension Value {
    /// True for NULL and for values that a column of the type keeps as they are, whatever they are.
    fileprivate func isKept(by type: LogicalType) -> Bool {
        switch (self, type) {
        case (.null, _), (.boolean, .boolean), (.integer, .bigint), (.double, .double),
            (.text, .text), (.date, .date), (.timestamp, .timestamp), (.timestamptz, .timestamptz),
            (.interval, .interval):
            true
        default: false
        }
    }

    /// The type a value has by itself.
    fileprivate var naturalType: LogicalType {
        switch self {
        case .null: .unknown
        case .boolean: .boolean
        case .integer: .bigint
        case .double: .double
        case .numeric: .numeric(nil)
        case .text: .text
        case .bytes: .bytea
        case .date: .date
        case .time: .time
        case .timestamp: .timestamp
        case .timestamptz: .timestamptz
        case .interval: .interval
        }
    }
}
