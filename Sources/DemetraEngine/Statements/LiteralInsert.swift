import DemetraCatalog
import DemetraFormats
import DemetraPlanner
import DemetraSQL
import DemetraStorage
import DemetraTypes
import DemetraVectors

/// The rows of an INSERT of plain literals, read by the parser of COPY: columns at once instead of an expression a
/// value.
struct LiteralInsert {
    let run: StatementRun
    let snapshot: Snapshot

    /// The statement, and its rows with all columns of the table; nil when they are not that plain.
    ///
    /// - Throws: for rows with errors. What the statement answers then is up to the ordinary way.
    func batches(
        _ statement: InsertStatement, _ literals: LiteralRows, _ binder: Binder
    ) throws(DemetraError) -> (BoundInsert, [Batch])? {
        guard let (insert, target) = try binder.bindLiteralInsert(statement, text: run.text)
        else { return nil }
        let fields = target.columns.map { position in
            Field(
                name: target.table.columns[position].name, type: target.table.columns[position].type
            )
        }
        let parser = CSVChunkParser(
            dialect: .csv, fieldCount: fields.count,
            columns: CSVColumn.columns(of: Schema(fields), zone: run.session.timeZone),
            policy: .strict(table: target.table.name))
        let completion = try RowCompletion(copy: target, context: run.context(snapshot))
        var chunker = CSVChunker(dialect: .csv)
        var isRead = false
        var rows: [Batch] = []
        while true {
            let next = try chunker.next { () -> Buffer<UInt8>? in
                defer { isRead = true }
                return isRead ? nil : Buffer(literals.records)
            }
            guard let chunk = next else { return (insert, rows) }
            for batch in try parser.parse(chunk).batches where batch.count > 0 {
                rows.append(try completion.complete(batch))
            }
        }
    }
}
