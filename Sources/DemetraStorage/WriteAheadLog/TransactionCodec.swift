import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// What one commit did, as the log keeps it: resolved, so that replaying needs no decision.
///
///     1  catalog change
///     2  rows of a table: id, columns, rows, then each column
///     3  hidden rows of a table: id, count, row ids
enum LoggedChange {
    case catalog(CatalogChange)
    case insert(TableID, [Vector], count: Int)
    case hide(TableID, [RowID])
}

enum TransactionCodec {
    static func encode(_ changes: [LoggedChange]) -> [UInt8] {
        var writer = ByteWriter()
        writer.write(UInt32(changes.count))
        for change in changes {
            switch change {
            case .catalog(let change):
                writer.write(UInt8(1))
                CatalogCodec.encode(change, into: &writer)
            case .insert(let table, let vectors, let count):
                writer.write(UInt8(2))
                writer.write(table.number)
                writer.write(UInt32(vectors.count))
                writer.write(UInt32(count))
                for vector in vectors {
                    CatalogCodec.encode(vector.type, into: &writer)
                    VectorCodec.encode(vector, into: &writer)
                }
            case .hide(let table, let rows):
                writer.write(UInt8(3))
                writer.write(table.number)
                writer.write(UInt32(rows.count))
                for row in rows { writer.write(row.number) }
            }
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8], name: String) throws(DemetraError) -> [LoggedChange] {
        var reader = ByteReader(bytes, name: name)
        var changes: [LoggedChange] = []
        for _ in 0..<(try reader.integer(UInt32.self)) {
            switch try reader.integer(UInt8.self) {
            case 1: changes.append(.catalog(try CatalogCodec.change(&reader)))
            case 2:
                let table = TableID(try reader.integer(Int64.self))
                let width = Int(try reader.integer(UInt32.self))
                let count = Int(try reader.integer(UInt32.self))
                var vectors: [Vector] = []
                for _ in 0..<width {
                    let type = try CatalogCodec.type(&reader)
                    let vector = try VectorCodec.decode(&reader, type: type)
                    guard vector.count == count else { throw reader.damaged("a column's length") }
                    vectors.append(vector)
                }
                changes.append(.insert(table, vectors, count: count))
            case 3:
                let table = TableID(try reader.integer(Int64.self))
                var rows: [RowID] = []
                for _ in 0..<(try reader.integer(UInt32.self)) {
                    rows.append(RowID(number: try reader.integer(Int64.self)))
                }
                changes.append(.hide(table, rows))
            default: throw reader.damaged("an unknown change")
            }
        }
        return changes
    }
}
