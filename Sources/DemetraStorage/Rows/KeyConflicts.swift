import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Rows with one key among those that come in together, and the error they make.
enum KeyConflicts {
    /// The first row whose key an earlier one has, and the last row of each key; nil without repetition.
    static func repeatedRows(
        _ keys: [Vector], _ count: Int
    ) throws(DemetraError) -> (first: Int, kept: SelectionVector)? {
        if count < 2 { return nil }
        let table = GroupTable(keyTypes: keys.map(\.type))
        let groups = try table.assign(keys, count: count)
        if table.groupCount == count { return nil }
        var last = [Int32](repeating: -1, count: table.groupCount)
        var first: Int?
        var kept: [Int32] = []
        for row in 0..<count {
            // A NULL among the values makes a key that equals no other.
            if keys.contains(where: { !$0.isValid(row) }) {
                kept.append(Int32(row))
                continue
            }
            if last[Int(groups[row])] >= 0, first == nil { first = row }
            last[Int(groups[row])] = Int32(row)
        }
        guard let first else { return nil }
        kept += last.filter { $0 >= 0 }
        return (first, SelectionVector(Buffer(kept.sorted())))
    }

    /// 23505 for a row.
    static func duplicate(
        _ key: KeyDefinition, _ table: TableDefinition, _ keys: [Vector], _ row: Int
    ) -> DemetraError {
        let names = key.columns.map { table.columns[$0].name }.joined(separator: ", ")
        let values = keys.map { ValueText.text($0.value(at: row), type: $0.type) ?? "NULL" }
        return DemetraError(
            .uniqueViolation, "duplicate key value violates unique constraint \"\(key.name)\"",
            detail: "Key (\(names))=(\(values.joined(separator: ", "))) already exists.",
            hint: "Use ON CONFLICT, or a table WITH (restate = true) where the last writer wins.")
    }
}
