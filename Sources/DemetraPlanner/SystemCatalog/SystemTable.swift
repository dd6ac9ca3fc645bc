import DemetraFunctions
import DemetraSQL
import DemetraTypes

/// A relation of `pg_catalog`: its columns, all of them as PostgreSQL 15 has them, and what makes its rows.
///
/// - Source: the chapters on system catalogs and system views of the PostgreSQL 15 documentation.
struct SystemTable: Sendable {
    /// A row: what is not given is 0, false, an empty `"char"`, or NULL where none of these is a value.
    typealias Row = [String: Value]

    /// Makes the rows.
    typealias Rows = @Sendable (SystemCatalog) -> [Row]

    /// The name.
    let name: String
    /// PostgreSQL's number of it.
    let number: Int64
    /// A view in PostgreSQL, not a table.
    let isView: Bool
    /// The columns.
    let schema: Schema
    /// Rows that follow from the catalog alone.
    let rows: Rows
    /// Columns that change while the catalog does not, made anew for each statement.
    let live: LiveRows?

    /// Makes the rows of a relation that tells of the session or of rows of tables.
    typealias LiveRows = @Sendable (SystemCatalog, any SessionFacts) -> [Row]

    /// Makes a relation.
    ///
    /// - Parameter columns: name and type of each, as CREATE TABLE has them.
    init(
        _ name: String, _ number: Int64, isView: Bool = false, _ columns: String,
        live: LiveRows? = nil, rows: @escaping Rows = { _ in [] }
    ) {
        self.name = name
        self.number = number
        self.isView = isView
        self.rows = rows
        self.live = live
        schema = Schema(
            columns.split(separator: ",").map { column in
                let words = column.split(separator: " ")
                return Field(name: String(words[0]), type: Self.type(words[1]))
            })
    }

    private static func type(_ word: Substring) -> LogicalType {
        let isArray = word.hasSuffix("[]")
        let name = TypeName(
            name: String(isArray ? word.dropLast(2) : word), arrayDepth: isArray ? 1 : 0,
            range: .none)
        return (try? TypeNames.resolve(name)) ?? .text
    }

    /// The values of a row, in the order of the columns.
    func values(_ row: Row) -> [Value] {
        schema.fields.map { row[$0.name] ?? Self.missing($0.type) }
    }

    private static func missing(_ type: LogicalType) -> Value {
        switch type {
        case .boolean: .boolean(false)
        case .smallint, .integer, .bigint, .system(.oid), .system(.xid): .integer(0)
        case .real, .double: .double(0)
        case .system(.char): .text("")
        case .system(.regproc): .text("-")
        case .system(.int2vector), .system(.oidvector): .array([])
        default: .null
        }
    }
}

extension SystemTable {
    /// All of them.
    static let all: [SystemTable] =
        relations + constraints + types + functions + cluster + lists + empty

    private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

    /// The relation of that name.
    static func named(_ name: String) -> SystemTable? { byName[name] }
}
