import DemetraCatalog
import DemetraTypes

/// Catalog changes as bytes: a tag, then the fields in order.
enum CatalogCodec {
    // MARK: Types

    static func encode(_ type: LogicalType, into writer: inout ByteWriter) {
        func tag(_ number: UInt8, _ first: Int = -1, _ second: Int = -1) {
            writer.write(number)
            writer.write(Int32(first))
            writer.write(Int32(second))
        }
        switch type {
        case .boolean: tag(1)
        case .smallint: tag(2)
        case .integer: tag(3)
        case .bigint: tag(4)
        case .real: tag(5)
        case .double: tag(6)
        case .numeric(let modifier): tag(7, modifier?.precision ?? -1, modifier?.scale ?? -1)
        case .text: tag(8)
        case .varchar(let limit): tag(9, limit ?? -1)
        case .date: tag(10)
        case .time: tag(11)
        case .timestamp: tag(12)
        case .timestamptz: tag(13)
        case .interval: tag(14)
        case .json: tag(15)
        case .jsonb: tag(16)
        case .bytea: tag(17)
        case .uuid: tag(18)
        case .unknown: tag(8)
        }
    }

    static func type(_ reader: inout ByteReader) throws(DemetraError) -> LogicalType {
        let number = try reader.integer(UInt8.self)
        let first = Int(try reader.integer(Int32.self))
        let second = Int(try reader.integer(Int32.self))
        switch number {
        case 1: return .boolean
        case 2: return .smallint
        case 3: return .integer
        case 4: return .bigint
        case 5: return .real
        case 6: return .double
        case 7:
            return .numeric(first < 0 ? nil : NumericModifier(precision: first, scale: second))
        case 8: return .text
        case 9: return .varchar(limit: first < 0 ? nil : first)
        case 10: return .date
        case 11: return .time
        case 12: return .timestamp
        case 13: return .timestamptz
        case 14: return .interval
        case 15: return .json
        case 16: return .jsonb
        case 17: return .bytea
        case 18: return .uuid
        default: throw reader.damaged("an unknown type")
        }
    }

    // MARK: Changes

    static func encode(_ change: CatalogChange, into writer: inout ByteWriter) {
        switch change {
        case .putTable(let table):
            writer.write(UInt8(1))
            encode(table, into: &writer)
        case .dropTable(let id):
            writer.write(UInt8(2))
            writer.write(id.number)
        case .putView(let view):
            writer.write(UInt8(3))
            writer.write(view.name)
            write(view.columnNames, &writer)
            writer.write(view.query)
        case .dropView(let name): name_(4, name, &writer)
        case .putMetric(let metric):
            name_(5, metric.name, &writer)
            writer.write(metric.expression)
        case .dropMetric(let name): name_(6, name, &writer)
        case .putAlert(let alert):
            name_(7, alert.name, &writer)
            writer.write(alert.condition)
            writer.write(alert.source)
            write(alert.groups, &writer)
            writer.write(alert.severity.rawValue)
            writer.write(alert.message)
            writer.write(alert.action != nil)
            writer.write(alert.action ?? "")
            writer.write(alert.statement)
        case .dropAlert(let name): name_(8, name, &writer)
        case .putModel(let model):
            name_(9, model.name, &writer)
            writer.write(model.kind)
            writer.write(model.statement)
            writer.write(blob: model.payload)
        case .dropModel(let name): name_(10, name, &writer)
        }
    }

    private static func name_(_ tag: UInt8, _ name: String, _ writer: inout ByteWriter) {
        writer.write(tag)
        writer.write(name)
    }

    private static func write(_ texts: [String], _ writer: inout ByteWriter) {
        writer.write(UInt32(texts.count))
        for text in texts { writer.write(text) }
    }

    private static func texts(_ reader: inout ByteReader) throws(DemetraError) -> [String] {
        var result: [String] = []
        for _ in 0..<(try reader.integer(UInt32.self)) { result.append(try reader.text()) }
        return result
    }

    static func change(_ reader: inout ByteReader) throws(DemetraError) -> CatalogChange {
        switch try reader.integer(UInt8.self) {
        case 1: return .putTable(try table(&reader))
        case 2: return .dropTable(TableID(try reader.integer(Int64.self)))
        case 3:
            let name = try reader.text()
            let columns = try texts(&reader)
            return .putView(
                ViewDefinition(name: name, columnNames: columns, query: try reader.text()))
        case 4: return .dropView(try reader.text())
        case 5:
            let name = try reader.text()
            return .putMetric(MetricDefinition(name: name, expression: try reader.text()))
        case 6: return .dropMetric(try reader.text())
        case 7: return .putAlert(try alert(&reader))
        case 8: return .dropAlert(try reader.text())
        case 9:
            let name = try reader.text()
            let kind = try reader.text()
            let statement = try reader.text()
            return .putModel(
                ModelDefinition(
                    name: name, kind: kind, statement: statement, payload: try reader.blob()))
        case 10: return .dropModel(try reader.text())
        default: throw reader.damaged("an unknown change")
        }
    }

    private static func alert(_ reader: inout ByteReader) throws(DemetraError) -> AlertDefinition {
        let name = try reader.text()
        let condition = try reader.text()
        let source = try reader.text()
        let groups = try texts(&reader)
        guard let severity = AlertSeverity(rawValue: try reader.text()) else {
            throw reader.damaged("an unknown severity")
        }
        let message = try reader.text()
        let hasAction = try reader.flag()
        let action = try reader.text()
        return AlertDefinition(
            name: name, condition: condition, source: source, groups: groups, severity: severity,
            message: message, action: hasAction ? action : nil, statement: try reader.text())
    }

    // MARK: Tables

    private static func encode(_ table: TableDefinition, into writer: inout ByteWriter) {
        writer.write(table.id.number)
        writer.write(table.name)
        writer.write(UInt32(table.columns.count))
        for column in table.columns {
            writer.write(column.id)
            writer.write(column.name)
            encode(column.type, into: &writer)
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
    }

    private static func table(_ reader: inout ByteReader) throws(DemetraError) -> TableDefinition {
        let id = TableID(try reader.integer(Int64.self))
        let name = try reader.text()
        var columns: [ColumnDefinition] = []
        for _ in 0..<(try reader.integer(UInt32.self)) {
            let columnID = try reader.integer(Int32.self)
            let columnName = try reader.text()
            let columnType = try type(&reader)
            let isNullable = try reader.flag()
            let hasDefault = try reader.flag()
            let text = try reader.text()
            columns.append(
                ColumnDefinition(
                    id: columnID, name: columnName, type: columnType, isNullable: isNullable,
                    defaultExpression: hasDefault ? text : nil))
        }
        var keys: [KeyDefinition] = []
        for _ in 0..<(try reader.integer(UInt32.self)) {
            let keyName = try reader.text()
            let isPrimary = try reader.flag()
            var positions: [Int] = []
            for _ in 0..<(try reader.integer(UInt32.self)) {
                let position = Int(try reader.integer(Int32.self))
                guard columns.indices.contains(position) else { throw reader.damaged("a key column") }
                positions.append(position)
            }
            keys.append(KeyDefinition(name: keyName, columns: positions, isPrimary: isPrimary))
        }
        var checks: [CheckDefinition] = []
        for _ in 0..<(try reader.integer(UInt32.self)) {
            let checkName = try reader.text()
            checks.append(CheckDefinition(name: checkName, condition: try reader.text()))
        }
        let time = Int(try reader.integer(Int32.self))
        let restates = try reader.flag()
        return TableDefinition(
            id: id, name: name, columns: columns, keys: keys, checks: checks,
            timeColumn: columns.indices.contains(time) ? time : nil, restates: restates)
    }
}
