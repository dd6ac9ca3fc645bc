import DemetraCatalog
import DemetraFormats
import DemetraPlanner
import DemetraSQL
import DemetraStorage
import DemetraTypes
import DemetraVectors
import Synchronization

/// An INSERT of plain literals, bound: its rows are read by the parser of COPY, columns at once instead of an expression
/// a value.
///
/// Applications send the same statement with other rows again and again. So a session keeps the last one as long as
/// `Circumstances` stay as they are, and only the rows are left to read.
struct LiteralInsert {
    /// What binding the statement depends on.
    struct Circumstances: Hashable {
        /// Which statement of the session's parser, but for its rows.
        let statementNumber: Int
        /// Literals of a row.
        let width: Int
        let catalogVersion: Int64
        let settings: PlanSettings
    }

    /// The statement, without rows.
    let insert: BoundInsert
    private let types: [LogicalType]
    private let parser: CSVChunkParser
    private let completion: RowCompletion

    /// Nil when rows of `width` literals do not fit the columns.
    init?(
        _ statement: InsertStatement, width: Int, text: String, _ binder: Binder,
        _ zone: TimeZoneRules
    ) throws(DemetraError) {
        guard
            let (insert, target) = try binder.bindLiteralInsert(
                statement, width: width, text: text)
        else { return nil }
        self.insert = insert
        let fields = target.columns.map { position in
            let column = target.table.columns[position]
            return Field(name: column.name, type: column.type)
        }
        types = fields.map(\.type)
        parser = CSVChunkParser(
            dialect: .csv, fieldCount: fields.count,
            columns: CSVColumn.columns(of: Schema(fields), zone: zone),
            policy: .strict(table: target.table.name))
        completion = try RowCompletion(target)
    }

    /// The rows, with all columns of the table and verified; nil when literals do not plainly mean in their columns
    /// what their text does there.
    ///
    /// - Throws: for rows with errors. What the statement answers then is up to the ordinary way.
    func batches(
        _ literals: LiteralRows, _ context: ExecutionContext
    ) throws(DemetraError) -> [Batch]? {
        for (kinds, type) in zip(literals.kinds, types) {
            guard kinds.areReadAsText(as: type) else { return nil }
        }
        var chunker = CSVChunker(dialect: .csv)
        var isRead = false
        var rows: [Batch] = []
        while true {
            let next = try chunker.next { () -> Buffer<UInt8>? in
                defer { isRead = true }
                return isRead ? nil : Buffer(literals.records)
            }
            guard let chunk = next else { return rows }
            for batch in try parser.parse(chunk).batches where batch.count > 0 {
                rows.append(try completion.complete(batch, context))
            }
        }
    }
}

extension LiteralRows.Kinds {
    /// Whether the text of literals means in a column what the literals do.
    fileprivate func areReadAsText(as type: LogicalType) -> Bool {
        if contains(.boolean), type != .boolean { return false }
        switch type {
        case .smallint, .integer, .bigint: return !contains(.fraction)
        case .double, .numeric: return true
        default: return !contains(.whole) && !contains(.fraction)
        }
    }
}

extension Session {
    /// Whether a text is an INSERT of a few literals, like one that ran before, which answers nothing but its tag.
    package func isRepeatedInsert(_ text: String) -> Bool {
        guard text.utf8.count <= LiteralInsertParser.shortText,
            case .insert(let insert)? = literalInserts.withLock({ $0.parse(text) })?.statement,
            insert.returning.isEmpty, let number = insert.literalRows?.statementNumber
        else { return false }
        return boundInsert.withLock { $0?.circumstances.statementNumber == number }
    }

    /// The bound form of an INSERT of plain literals; nil when it is not that plain, or has errors.
    func literalInsert(
        _ statement: InsertStatement, _ literals: LiteralRows, text: String, _ snapshot: Snapshot
    ) -> LiteralInsert? {
        // A transaction that changes the catalog has versions of its own, which others may have as well.
        let isKept = !hasOwnCatalog
        let circumstances = LiteralInsert.Circumstances(
            statementNumber: literals.statementNumber, width: literals.kinds.count,
            catalogVersion: snapshot.catalog.version,
            settings: state.settings.withLock { $0.planSettings })
        if isKept, let known = boundInsert.withLock({ $0 }), known.circumstances == circumstances {
            return known.insert
        }
        // Without a folder: what is computed while binding would be kept.
        let bound = try? LiteralInsert(
            statement, width: literals.kinds.count, text: text, makeBinder(snapshot), timeZone)
        if isKept { boundInsert.withLock { $0 = bound.map { (circumstances, $0) } } }
        return bound
    }
}
