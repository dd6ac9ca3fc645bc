import DemetraCatalog
import DemetraPlanner
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// The rows of a system relation as of the statement's snapshot.
struct SystemRelationOperator: PhysicalOperator {
    let relation: SystemRelation
    let layout: ColumnLayout

    func open(_ context: ExecutionContext) throws(DemetraError) -> BatchStream {
        let rows =
            switch relation {
            case .segments: segments(context.snapshot)
            case .batches: batches(context.snapshot)
            case .metrics: metrics(context.snapshot.catalog)
            }
        let columns = relation.schema.fields.enumerated().map { index, field in
            Vector(rows.map { $0[index] }, type: field.type)
        }
        var batches: [Batch] = []
        for start in stride(from: 0, to: rows.count, by: Batch.capacity) {
            let count = min(Batch.capacity, rows.count - start)
            batches.append(
                Batch(columns.map { $0.slice(from: start, count: count) }, count: count))
        }
        return BatchStream(source: MaterializedRows(batches: batches))
    }

    /// All but temporary tables.
    private func tables(
        _ snapshot: Snapshot
    ) -> [(key: RelationName, value: TableDefinition)] {
        snapshot.catalog.tables.filter { !$0.key.isTemporary }.sorted { $0.key < $1.key }
    }

    private func segments(_ snapshot: Snapshot) -> [[Value]] {
        func number(_ value: Int?) -> Value { value.map { .integer(Int64($0)) } ?? .null }
        var rows: [[Value]] = []
        for (name, table) in tables(snapshot) {
            for segment in snapshot.table(table.id)?.segments ?? [] {
                rows.append([
                    .text(name.text), segment.file.map { .text($0) } ?? .null,
                    segment.times.map { .timestamp($0.lowerBound) } ?? .null,
                    segment.times.map { .timestamp($0.upperBound) } ?? .null,
                    number(segment.rowCount), number(segment.hiddenCount),
                    number(segment.byteCount), number(segment.groupCount), number(segment.level),
                ])
            }
        }
        return rows
    }

    private func batches(_ snapshot: Snapshot) -> [[Value]] {
        var rows: [[Value]] = []
        for (name, table) in tables(snapshot) {
            for batch in snapshot.loadedBatches(of: table.id) {
                rows.append([
                    .text(name.text), .text(batch.id), .integer(batch.rowCount),
                    .timestamptz(batch.time),
                ])
            }
        }
        return rows
    }

    private func metrics(_ catalog: Catalog) -> [[Value]] {
        func text(_ value: String?) -> Value { value.map { .text($0) } ?? .null }
        let known = BuiltInMetrics.all.filter { catalog.metrics[$0.name] == nil }
        let all = known.map { ($0, true) } + catalog.metrics.values.map { ($0, false) }
        return all.sorted { $0.0.name < $1.0.name }.map { metric, isBuiltIn in
            [
                .text(metric.name), .text(metric.expression), text(metric.relation),
                text(metric.format), text(metric.unit), text(metric.better?.rawValue),
                text(metric.additivity), text(metric.comment), .boolean(isBuiltIn),
            ]
        }
    }
}
