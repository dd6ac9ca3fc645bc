import DemetraCatalog
import DemetraTypes

/// The catalog and its changes as bytes: a tag, then the fields in order.
enum CatalogCodec {
    // MARK: Catalog

    /// The whole catalog, as changes that make it from nothing, in the order of names.
    static func encode(_ catalog: Catalog, into writer: inout ByteWriter) {
        writer.write(catalog.version)
        writer.write(catalog.nextTableNumber)
        func sorted<Name: Comparable, Definition>(_ all: [Name: Definition]) -> [Definition] {
            all.sorted { $0.key < $1.key }.map(\.value)
        }
        let changes: [CatalogChange] =
            catalog.schemas.sorted().map { .addSchema($0) }
            + catalog.schemaComments.sorted { $0.key < $1.key }.map { .commentSchema($0, $1) }
            + sorted(catalog.tables).map { .putTable($0) }
            + sorted(catalog.views).map { .putView($0) }
            + sorted(catalog.sequences).map { .putSequence($0) }
            + sorted(catalog.metrics).map { .putMetric($0) }
            + sorted(catalog.alerts).map { .putAlert($0) }
            + sorted(catalog.models).map { .putModel($0) }
            + AccessCodec.changes(catalog.access).map { .access($0) }
        writer.write(UInt32(changes.count))
        for change in changes { encode(change, into: &writer) }
    }

    static func catalog(_ reader: inout ByteReader) throws(DemetraError) -> Catalog {
        let version = try reader.integer(Int64.self)
        let nextTableNumber = try reader.integer(Int64.self)
        var catalog = Catalog()
        for _ in 0..<(try reader.count(ofAtLeast: 1)) {
            catalog = catalog.applying(try change(&reader))
        }
        return Catalog(
            version: version, nextTableNumber: nextTableNumber, schemas: catalog.schemas,
            schemaComments: catalog.schemaComments,
            tables: Array(catalog.tables.values), views: Array(catalog.views.values),
            sequences: Array(catalog.sequences.values),
            metrics: Array(catalog.metrics.values), alerts: Array(catalog.alerts.values),
            models: Array(catalog.models.values), access: catalog.access)
    }

    // MARK: Changes

    static func encode(_ change: CatalogChange, into writer: inout ByteWriter) {
        if let access = AccessCodec.access(change) {
            writer.write(AccessCodec.securedTag)
            AccessCodec.encode(access, into: &writer)
        }
        switch change {
        case .putTable(let table):
            let hasComments = PartComments.isIn(table)
            writer.write(UInt8(hasComments ? 41 : 20))
            TableCodec.encode(table, into: &writer)
            if hasComments { PartComments.encode(table, into: &writer) }
        case .dropTable(let id):
            writer.write(UInt8(2))
            writer.write(id.number)
        case .putView(let view):
            writer.write(UInt8(view.columnComments.isEmpty ? 21 : 42))
            writer.write(view.schemaName)
            writer.write(view.name)
            write(view.columnNames, &writer)
            writer.write(view.query)
            write(view.comment, &writer)
            if !view.columnComments.isEmpty { PartComments.encode(view, into: &writer) }
        case .dropView(let name):
            named(14, name.schema, &writer)
            writer.write(name.name)
        case .putSequence(let sequence):
            writer.write(UInt8(22))
            encode(sequence, into: &writer)
        case .dropSequence(let id):
            writer.write(UInt8(18))
            writer.write(id.number)
        case .addSchema(let name): named(15, name, &writer)
        case .dropSchema(let name): named(16, name, &writer)
        case .commentSchema(let name, let text):
            named(23, name, &writer)
            write(text, &writer)
        case .putMetric(let metric):
            writer.write(MetricCodec.tag)
            MetricCodec.encode(metric, into: &writer)
        case .dropMetric(let name): named(6, name, &writer)
        case .putAlert(let alert):
            named(7, alert.name, &writer)
            writer.write(alert.condition)
            writer.write(alert.source)
            write(alert.groups, &writer)
            writer.write(alert.severity.rawValue)
            writer.write(alert.message)
            writer.write(alert.action != nil)
            writer.write(alert.action ?? "")
            writer.write(alert.statement)
        case .dropAlert(let name): named(8, name, &writer)
        case .putModel(let model):
            named(9, model.name, &writer)
            writer.write(model.kind)
            writer.write(model.statement)
            writer.write(blob: model.payload)
        case .dropModel(let name): named(10, name, &writer)
        case .access(let change):
            writer.write(AccessCodec.tag)
            AccessCodec.encode(change, into: &writer)
        }
    }

    private static func named(_ tag: UInt8, _ name: String, _ writer: inout ByteWriter) {
        writer.write(tag)
        writer.write(name)
    }

    /// A comment, or that there is none.
    static func write(_ comment: String?, _ writer: inout ByteWriter) {
        writer.write(comment != nil)
        writer.write(comment ?? "")
    }

    static func comment(_ reader: inout ByteReader) throws(DemetraError) -> String? {
        let isThere = try reader.flag()
        let text = try reader.text()
        return isThere ? text : nil
    }

    private static func write(_ texts: [String], _ writer: inout ByteWriter) {
        writer.write(UInt32(texts.count))
        for text in texts { writer.write(text) }
    }

    private static func texts(_ reader: inout ByteReader) throws(DemetraError) -> [String] {
        var result: [String] = []
        for _ in 0..<(try reader.count(ofAtLeast: 4)) { result.append(try reader.text()) }
        return result
    }

    static func change(_ reader: inout ByteReader) throws(DemetraError) -> CatalogChange {
        let tag = try reader.integer(UInt8.self)
        guard tag == AccessCodec.securedTag else { return try change(tag, &reader) }
        let access = try AccessCodec.access(&reader)
        // The definition itself never begins with another owner.
        let inner = try change(try reader.integer(UInt8.self), &reader)
        guard let secured = AccessCodec.change(inner, with: access) else {
            throw reader.damaged("an owner of nothing")
        }
        return secured
    }

    private static func change(
        _ tag: UInt8, _ reader: inout ByteReader
    ) throws(DemetraError) -> CatalogChange {
        switch tag {
        case 1: return .putTable(try TableCodec.table(&reader, form: .plain))
        case 2: return .dropTable(TableID(try reader.integer(Int64.self)))
        case 3:
            let name = try reader.text()
            let columns = try texts(&reader)
            return .putView(
                ViewDefinition(name: name, columnNames: columns, query: try reader.text()))
        case 4: return .dropView(RelationName(try reader.text()))
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
        case 11: return .putTable(try TableCodec.table(&reader, form: .options))
        case 12: return .putTable(try TableCodec.table(&reader, form: .schemas))
        case 19: return .putTable(try TableCodec.table(&reader, form: .references))
        case 20: return .putTable(try TableCodec.table(&reader, form: .comments))
        case 41:
            var table = try TableCodec.table(&reader, form: .comments)
            try PartComments.read(&reader, into: &table)
            return .putTable(table)
        case 42:
            var view = try view(&reader)
            view.comment = try comment(&reader)
            try PartComments.read(&reader, into: &view)
            return .putView(view)
        case 21:
            var view = try view(&reader)
            view.comment = try comment(&reader)
            return .putView(view)
        case 22:
            var sequence = try sequence(&reader)
            sequence.comment = try comment(&reader)
            return .putSequence(sequence)
        case 23:
            let name = try reader.text()
            return .commentSchema(name, try comment(&reader))
        case 13: return .putView(try view(&reader))
        case 14:
            let schema = try reader.text()
            return .dropView(RelationName(try reader.text(), schema: schema))
        case 17: return .putSequence(try sequence(&reader))
        case 18: return .dropSequence(TableID(try reader.integer(Int64.self)))
        case 15: return .addSchema(try reader.text())
        case 16: return .dropSchema(try reader.text())
        case AccessCodec.tag: return .access(try AccessCodec.accessChange(&reader))
        case MetricCodec.tag: return .putMetric(try MetricCodec.metric(&reader))
        default: throw reader.damaged("an unknown change")
        }
    }

    private static func view(_ reader: inout ByteReader) throws(DemetraError) -> ViewDefinition {
        let schema = try reader.text()
        let name = try reader.text()
        let columns = try texts(&reader)
        return ViewDefinition(
            name: name, schemaName: schema, columnNames: columns, query: try reader.text())
    }

    private static func encode(
        _ sequence: SequenceDefinition, into writer: inout ByteWriter
    ) {
        writer.write(sequence.id.number)
        writer.write(sequence.schemaName)
        writer.write(sequence.name)
        for number in [
            sequence.type.lowerBound, sequence.type.upperBound, sequence.start,
            sequence.increment, sequence.minimum, sequence.maximum,
        ] {
            writer.write(number)
        }
        writer.write(sequence.cycles)
        writer.write(sequence.owner != nil)
        writer.write(sequence.owner?.table.number ?? 0)
        writer.write(sequence.owner?.column ?? 0)
        write(sequence.comment, &writer)
    }

    private static func sequence(
        _ reader: inout ByteReader
    ) throws(DemetraError) -> SequenceDefinition {
        let id = TableID(try reader.integer(Int64.self))
        let schema = try reader.text()
        var sequence = SequenceDefinition(
            id: id, name: RelationName(try reader.text(), schema: schema))
        let low = try reader.integer(Int64.self)
        let high = try reader.integer(Int64.self)
        guard low <= high else { throw reader.damaged("the type of a sequence") }
        sequence.type = low...high
        sequence.start = try reader.integer(Int64.self)
        sequence.increment = try reader.integer(Int64.self)
        sequence.minimum = try reader.integer(Int64.self)
        sequence.maximum = try reader.integer(Int64.self)
        guard sequence.minimum <= sequence.maximum, sequence.increment != 0 else {
            throw reader.damaged("the bounds of a sequence")
        }
        sequence.cycles = try reader.flag()
        let isOwned = try reader.flag()
        let table = TableID(try reader.integer(Int64.self))
        let column = try reader.integer(Int32.self)
        if isOwned { sequence.owner = SequenceDefinition.Owner(table: table, column: column) }
        return sequence
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
}
