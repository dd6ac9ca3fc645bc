import DemetraCatalog
import DemetraTypes

/// A row of one of the alert tables, its values by column name: the user may have added columns.
struct StoredRow {
    let table: TableDefinition
    /// The row's id; nil for a new row.
    let rowID: Int64?
    private(set) var values: [Value]

    /// A row without values yet.
    init(new table: TableDefinition) {
        self.table = table
        rowID = nil
        values = Array(repeating: .null, count: table.columns.count)
    }

    /// A row as the engine reads it: its id, then its columns.
    init(_ table: TableDefinition, _ read: [Value]) {
        self.table = table
        if case .integer(let id) = read[0] { rowID = id } else { rowID = nil }
        values = Array(read.dropFirst())
    }

    subscript(column: String) -> Value {
        get { table.columnIndex(column).map { values[$0] } ?? .null }
        set { if let index = table.columnIndex(column) { values[index] = newValue } }
    }

    func text(_ column: String) -> String? {
        if case .text(let text) = self[column] { text } else { nil }
    }

    func integer(_ column: String) -> Int64? {
        if case .integer(let number) = self[column] { number } else { nil }
    }

    func time(_ column: String) -> Timestamp? {
        if case .timestamptz(let time) = self[column] { time } else { nil }
    }
}
