import DemetraCatalog
import DemetraTypes

/// The definition of a table as bytes: its fields in order, then its options, then its schema and foreign keys.
enum TableCodec {
    /// What of it was written.
    enum Form: Comparable {
        /// By format 1: options have their defaults.
        case plain
        /// Before there were schemas: it is in `public`.
        case options
        /// Before there were foreign keys, identities and names of indexes.
        case schemas
        /// Before there were comments.
        case references
        case comments
    }

    static func encode(_ table: TableDefinition, into writer: inout ByteWriter) {
        writer.write(table.id.number)
        writer.write(table.name)
        writer.write(UInt32(table.columns.count))
        for column in table.columns {
            writer.write(column.id)
            writer.write(column.name)
            TypeCodec.encode(column.type, into: &writer)
            writer.write(column.isNullable)
            writer.write(column.defaultExpression != nil)
            writer.write(column.defaultExpression ?? "")
        }
        writer.write(UInt32(table.keys.count))
        for key in table.keys {
            writer.write(key.name)
            writer.write(key.isPrimary)
            writer.write(UInt32(key.columns.count))
            for column in key.columns { writer.write(Int32(column)) }
        }
        writer.write(UInt32(table.checks.count))
        for check in table.checks {
            writer.write(check.name)
            writer.write(check.condition)
        }
        writer.write(Int32(table.timeColumn ?? -1))
        writer.write(table.restates)
        encodeOptions(table, into: &writer)
        writer.write(table.schemaName)
        writer.write(table.onCommit.rawValue)
        for column in table.columns { writer.write(column.identity.map { $0.rawValue + 1 } ?? 0) }
        writer.write(UInt32(table.foreignKeys.count))
        for key in table.foreignKeys { encode(key, into: &writer) }
        writer.write(UInt32(table.indexes.count))
        for index in table.indexes {
            writer.write(index.name)
            writer.write(index.isUnique)
            writer.write(UInt32(index.columns.count))
            for column in index.columns { writer.write(column) }
        }
        CatalogCodec.write(table.comment, &writer)
        for column in table.columns { CatalogCodec.write(column.comment, &writer) }
    }

    private static func encode(_ key: ForeignKeyDefinition, into writer: inout ByteWriter) {
        writer.write(key.name)
        writer.write(key.target.number)
        writer.write(UInt32(key.columns.count))
        for (column, target) in zip(key.columns, key.targetColumns) {
            writer.write(column)
            writer.write(target)
        }
        // The time stands above the action: programs that know none refuse the number, instead of checking too early.
        writer.write(key.onDelete.rawValue | key.checkTime.rawValue << 4)
        writer.write(key.onUpdate.rawValue)
        writer.write(key.matchesFully)
    }

    private static func encodeOptions(_ table: TableDefinition, into writer: inout ByteWriter) {
        write(table.partition.interval, &writer)
        for interval in [table.retention, table.history] {
            writer.write(interval != nil)
            if let interval { write(interval, &writer) }
        }
        writer.write(table.order != nil)
        writer.write(UInt32(table.order?.count ?? 0))
        for column in table.order ?? [] { writer.write(column) }
        writer.write(table.nextColumnID)
        for column in table.columns { write(column.missingValue, &writer) }
    }

    private static func write(_ interval: Interval, _ writer: inout ByteWriter) {
        writer.write(interval.months)
        writer.write(interval.days)
        writer.write(interval.microseconds)
    }

    /// A value of any type: as `ValueCodec` does, and 9 boolean, 10 bytes, 11 interval, 12 array of values.
    private static func write(_ value: Value?, _ writer: inout ByteWriter) {
        switch value {
        case .boolean(let flag):
            writer.write(UInt8(9))
            writer.write(flag)
        case .bytes(let bytes):
            writer.write(UInt8(10))
            writer.write(blob: Array(bytes))
        case .interval(let interval):
            writer.write(UInt8(11))
            write(interval, &writer)
        case .array(let elements):
            writer.write(UInt8(12))
            writer.write(UInt32(elements.count))
            for element in elements { write(element, &writer) }
        default: ValueCodec.encode(value, into: &writer)
        }
    }

    // MARK: Reading

    static func table(
        _ reader: inout ByteReader, form: Form
    ) throws(DemetraError) -> TableDefinition {
        let id = TableID(try reader.integer(Int64.self))
        let name = try reader.text()
        let columns = try columns(&reader)
        let keys = try keys(&reader, columnCount: columns.count)
        var checks: [CheckDefinition] = []
        for _ in 0..<(try reader.count(ofAtLeast: 4)) {
            let checkName = try reader.text()
            checks.append(CheckDefinition(name: checkName, condition: try reader.text()))
        }
        let time = Int(try reader.integer(Int32.self))
        let restates = try reader.flag()
        var table = TableDefinition(
            id: id, name: name, columns: columns, keys: keys, checks: checks,
            timeColumn: columns.indices.contains(time) ? time : nil, restates: restates)
        if form >= .options { try readOptions(&reader, into: &table) }
        if form >= .schemas {
            table.schemaName = try reader.text()
            guard let effect = CommitEffect(rawValue: try reader.integer(UInt8.self)) else {
                throw reader.damaged("an unknown effect of commits")
            }
            table.onCommit = effect
        }
        if form >= .references {
            for index in table.columns.indices {
                let kind = try reader.integer(UInt8.self)
                guard kind > 0 else { continue }
                guard let identity = IdentityKind(rawValue: kind - 1) else {
                    throw reader.damaged("an unknown kind of identity")
                }
                table.columns[index].identity = identity
            }
            for _ in 0..<(try reader.count(ofAtLeast: 19)) {
                table.foreignKeys.append(try foreignKey(&reader))
            }
            for _ in 0..<(try reader.count(ofAtLeast: 9)) {
                table.indexes.append(try index(&reader))
            }
        }
        if form >= .comments {
            table.comment = try CatalogCodec.comment(&reader)
            for index in table.columns.indices {
                table.columns[index].comment = try CatalogCodec.comment(&reader)
            }
        }
        return table
    }

    private static func foreignKey(
        _ reader: inout ByteReader
    ) throws(DemetraError) -> ForeignKeyDefinition {
        let name = try reader.text()
        let target = TableID(try reader.integer(Int64.self))
        var (columns, targets): ([Int32], [Int32]) = ([], [])
        for _ in 0..<(try reader.count(ofAtLeast: 8)) {
            columns.append(try reader.integer(Int32.self))
            targets.append(try reader.integer(Int32.self))
        }
        let times = try reader.integer(UInt8.self)
        guard let onDelete = ReferenceAction(rawValue: times & 0x0f),
            let checkTime = CheckTime(rawValue: times >> 4),
            let onUpdate = ReferenceAction(rawValue: try reader.integer(UInt8.self))
        else { throw reader.damaged("an unknown action of a foreign key") }
        return ForeignKeyDefinition(
            name: name, columns: columns, target: target, targetColumns: targets,
            onDelete: onDelete, onUpdate: onUpdate, matchesFully: try reader.flag(),
            checkTime: checkTime)
    }

    private static func index(
        _ reader: inout ByteReader
    ) throws(DemetraError) -> IndexDefinition {
        let name = try reader.text()
        let isUnique = try reader.flag()
        var columns: [Int32] = []
        for _ in 0..<(try reader.count(ofAtLeast: 4)) {
            columns.append(try reader.integer(Int32.self))
        }
        return IndexDefinition(name: name, columns: columns, isUnique: isUnique)
    }

    private static func columns(
        _ reader: inout ByteReader
    ) throws(DemetraError) -> [ColumnDefinition] {
        var columns: [ColumnDefinition] = []
        for _ in 0..<(try reader.count(ofAtLeast: 4)) {
            let id = try reader.integer(Int32.self)
            let name = try reader.text()
            let type = try TypeCodec.decode(&reader)
            let isNullable = try reader.flag()
            let hasDefault = try reader.flag()
            let text = try reader.text()
            columns.append(
                ColumnDefinition(
                    id: id, name: name, type: type, isNullable: isNullable,
                    defaultExpression: hasDefault ? text : nil))
        }
        return columns
    }

    private static func keys(
        _ reader: inout ByteReader, columnCount: Int
    ) throws(DemetraError) -> [KeyDefinition] {
        var keys: [KeyDefinition] = []
        for _ in 0..<(try reader.count(ofAtLeast: 4)) {
            let name = try reader.text()
            let isPrimary = try reader.flag()
            var positions: [Int] = []
            for _ in 0..<(try reader.count(ofAtLeast: 4)) {
                let position = Int(try reader.integer(Int32.self))
                guard position >= 0, position < columnCount else {
                    throw reader.damaged("a key column")
                }
                positions.append(position)
            }
            keys.append(KeyDefinition(name: name, columns: positions, isPrimary: isPrimary))
        }
        return keys
    }

    private static func readOptions(
        _ reader: inout ByteReader, into table: inout TableDefinition
    ) throws(DemetraError) {
        guard let partition = PartitionInterval(try interval(&reader)) else {
            throw reader.damaged("an impossible partition")
        }
        table.partition = partition
        table.retention = try reader.flag() ? try interval(&reader) : nil
        table.history = try reader.flag() ? try interval(&reader) : nil
        let hasOrder = try reader.flag()
        var order: [Int32] = []
        for _ in 0..<(try reader.count(ofAtLeast: 4)) {
            order.append(try reader.integer(Int32.self))
        }
        table.order = hasOrder ? order : nil
        table.nextColumnID = try reader.integer(Int32.self)
        for index in table.columns.indices {
            table.columns[index].missingValue = try value(&reader)
        }
    }

    private static func interval(_ reader: inout ByteReader) throws(DemetraError) -> Interval {
        let months = try reader.integer(Int32.self)
        let days = try reader.integer(Int32.self)
        return Interval(
            months: months, days: days, microseconds: try reader.integer(Int64.self))
    }

    private static func value(_ reader: inout ByteReader) throws(DemetraError) -> Value? {
        switch try reader.peek() {
        case 9:
            _ = try reader.integer(UInt8.self)
            return .boolean(try reader.flag())
        case 10:
            _ = try reader.integer(UInt8.self)
            return .bytes(try reader.blob())
        case 11:
            _ = try reader.integer(UInt8.self)
            return .interval(try interval(&reader))
        case 12:
            _ = try reader.integer(UInt8.self)
            var elements: [Value] = []
            for _ in 0..<(try reader.count(ofAtLeast: 1)) {
                // An array of arrays is none of ours; refusing it bounds the recursion.
                guard try reader.peek() != 12 else { throw reader.damaged("a nested array") }
                elements.append(try value(&reader) ?? .null)
            }
            return .array(elements)
        default: return try ValueCodec.decode(&reader)
        }
    }
}
