import DemetraCatalog
import DemetraTypes
import Testing

@Suite struct `The catalog` {
    private func table(_ number: Int64, _ name: String) -> TableDefinition {
        TableDefinition(
            id: TableID(number), name: name,
            columns: [ColumnDefinition(id: 1, name: "day", type: .date, isNullable: false)])
    }

    private let metric = MetricDefinition(name: "roas", expression: "sum(revenue) / sum(spend)")

    @Test func `is a snapshot: a change makes another one`() {
        let before = Catalog()
        let after = before.applying(.putTable(table(1, "ads")))
        #expect(before.tables.isEmpty)
        #expect(after.tables["ads"]?.id == TableID(1))
        #expect(after.version == before.version + 1)
    }

    @Test func `gives every change a version of its own, so that no plan outlives it`() {
        let changes: [CatalogChange] = [
            .putTable(table(1, "ads")), .putMetric(metric),
            .putView(ViewDefinition(name: "v", columnNames: [], query: "SELECT 1")),
            .dropMetric("roas"), .dropView("v"), .dropTable(TableID(1)), .dropTable(TableID(9)),
        ]
        var catalog = Catalog()
        for (count, change) in changes.enumerated() {
            catalog = catalog.applying(change)
            #expect(catalog.version == Int64(count + 1))
        }
        #expect(catalog.tables.isEmpty && catalog.views.isEmpty && catalog.metrics.isEmpty)
    }

    @Test func `finds a table under its new name only once it is renamed`() {
        let named = Catalog().applying(.putTable(table(1, "old")))
        let renamed = named.applying(.putTable(table(1, "new")))
        #expect(renamed.tables["old"] == nil)
        #expect(renamed.tables["new"]?.id == TableID(1))
        #expect(renamed.table(id: TableID(1))?.name == "new")
        #expect(renamed.relationNames == ["new"])
    }

    @Test func `never uses the number of a table again`() {
        var catalog = Catalog()
        for round in 0..<5 {
            let number = catalog.nextTableNumber
            #expect(number > Int64(round))
            catalog = catalog.applying(.putTable(table(number, "t"))).applying(
                .dropTable(TableID(number)))
        }
        #expect(catalog.nextTableNumber == 6)
    }

    @Test func `keeps tables and views in one space of names, metrics in another`() {
        let catalog = Catalog().applying(.putTable(table(1, "roas"))).applying(.putMetric(metric))
            .applying(.putView(ViewDefinition(name: "v", columnNames: ["a"], query: "SELECT 1")))
        #expect(catalog.relationNames.sorted() == ["roas", "v"])
        #expect(catalog.metrics["roas"] == metric)
    }

    @Test func `read back from its parts is the same`() {
        let catalog = Catalog().applying(.putTable(table(4, "ads"))).applying(.putMetric(metric))
        let read = Catalog(
            version: catalog.version, nextTableNumber: catalog.nextTableNumber,
            tables: Array(catalog.tables.values), views: Array(catalog.views.values),
            metrics: Array(catalog.metrics.values), alerts: Array(catalog.alerts.values),
            models: Array(catalog.models.values))
        #expect(read == catalog)
    }
}

@Suite struct `The time column of a table` {
    private func timeColumn(
        _ columns: [(String, LogicalType, isNullable: Bool)], primary: [Int] = [], given: Int? = nil
    ) -> Int? {
        let definitions = columns.enumerated().map { index, column in
            ColumnDefinition(
                id: Int32(index), name: column.0, type: column.1, isNullable: column.isNullable)
        }
        let key = KeyDefinition(name: "t_pkey", columns: primary, isPrimary: true)
        return TableDefinition(
            id: TableID(1), name: "t", columns: definitions, keys: primary.isEmpty ? [] : [key],
            timeColumn: given
        ).timeColumn
    }

    @Test func `is the first date or timestamp of the primary key`() {
        let columns: [(String, LogicalType, isNullable: Bool)] = [
            ("created", .date, false), ("id", .bigint, false), ("ts", .timestamptz, false),
        ]
        #expect(timeColumn(columns, primary: [1, 2]) == 2)
        #expect(timeColumn(columns, primary: [2, 0]) == 2)
    }

    @Test func `is else the first date or timestamp that is never NULL`() {
        #expect(timeColumn([("a", .date, true), ("b", .timestamp, false)]) == 1)
        #expect(timeColumn([("a", .date, true), ("b", .text, false)]) == nil)
    }

    @Test func `is the one that is named, whatever the key says`() {
        #expect(timeColumn([("a", .date, false), ("b", .date, true)], primary: [0], given: 1) == 1)
    }
}
