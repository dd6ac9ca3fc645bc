import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// What one commit did, as the log keeps it: resolved, so that replaying needs no decision.
///
///     1  catalog change
///     2  rows of a table: table, first row id, columns, rows, then each column
///     3  hidden rows of a table: table, count, row ids as integers
///     4  a segment whose rows join a table: its record without a base; no longer written
///     5  a segment whose rows join a table: its record
///     6  a batch that a table got under a name: table, the batch
///     7  as 2, of at most eight rows, in another form
///     8  where a sequence stands: sequence, value, whether it was given
enum LoggedChange {
    case catalog(CatalogChange)
    case insert(TableID, first: Int64, [Vector], count: Int)
    case hide(TableID, [RowID])
    case attach(SegmentRecord)
    case batch(TableID, LoadedBatch)
    case sequence(TableID, SequencePosition)
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
            case .insert(let table, let first, let vectors, let count):
                let isFew = count <= FewRowsCodec.mostRows
                // Builds that know no wide numbers know no such change.
                let isWide = vectors.contains { $0.holdsWideNumbers }
                writer.write(UInt8(isFew ? (isWide ? 10 : 7) : (isWide ? 9 : 2)))
                writer.write(table.number)
                writer.write(first)
                writer.write(UInt32(vectors.count))
                writer.write(UInt32(count))
                for vector in vectors {
                    if isFew {
                        FewRowsCodec.encode(vector, into: &writer)
                    } else {
                        VectorCodec.encode(vector, into: &writer)
                    }
                }
            case .hide(let table, let rows):
                writer.write(UInt8(3))
                writer.write(table.number)
                writer.write(UInt32(rows.count))
                let ids = Buffer(rows.map(\.number))
                IntegerEncoding.encode(ids, ids.count, into: &writer)
            case .attach(let record):
                writer.write(UInt8(5))
                record.encode(into: &writer)
            case .batch(let table, let batch):
                writer.write(UInt8(6))
                writer.write(table.number)
                BatchLedger.encode(batch, into: &writer)
            case .sequence(let sequence, let position):
                writer.write(UInt8(8))
                writer.write(sequence.number)
                SequenceLedger.encode(position, into: &writer)
            }
        }
        return writer.bytes
    }

    /// - Parameter name: the file, for errors.
    static func decode(_ bytes: [UInt8], name: String) throws(DemetraError) -> [LoggedChange] {
        var reader = ByteReader(bytes, name: name)
        var changes: [LoggedChange] = []
        for _ in 0..<(try reader.count(ofAtLeast: 1)) {
            switch try reader.integer(UInt8.self) {
            case 1: changes.append(.catalog(try CatalogCodec.change(&reader)))
            case 2, 9: changes.append(try insert(&reader, name, isFew: false))
            case 3:
                let table = TableID(try reader.integer(Int64.self))
                let count = Int(try reader.integer(UInt32.self))
                // A constant takes no bytes a row, so the count is not bounded by what is left.
                guard count <= LogRecord.longest / 8 else { throw reader.damaged("a count") }
                let ids = try IntegerEncoding.decode(&reader, count, as: Int64.self)
                changes.append(.hide(table, ids.array.map { RowID(number: $0) }))
            case 4:
                changes.append(.attach(try SegmentRecord.decode(&reader, hasBase: false)))
            case 5: changes.append(.attach(try SegmentRecord.decode(&reader, hasBase: true)))
            case 6:
                let table = TableID(try reader.integer(Int64.self))
                changes.append(.batch(table, try BatchLedger.batch(&reader)))
            case 7, 10: changes.append(try insert(&reader, name, isFew: true))
            case 8:
                let sequence = TableID(try reader.integer(Int64.self))
                changes.append(.sequence(sequence, try SequenceLedger.position(&reader)))
            default: throw reader.damaged("an unknown change")
            }
        }
        return changes
    }

    private static func insert(
        _ reader: inout ByteReader, _ name: String, isFew: Bool
    ) throws(DemetraError) -> LoggedChange {
        let table = TableID(try reader.integer(Int64.self))
        let first = try reader.integer(Int64.self)
        let width = try reader.count(ofAtLeast: 11)
        let count = Int(try reader.integer(UInt32.self))
        if isFew, count > FewRowsCodec.mostRows { throw reader.damaged("a count") }
        var vectors: [Vector] = []
        for _ in 0..<width {
            let vector =
                isFew
                ? try FewRowsCodec.decode(&reader, count)
                : try VectorCodec.decode(&reader, name: name)
            guard vector.count == count else { throw reader.damaged("a column's length") }
            vectors.append(vector)
        }
        return .insert(table, first: first, vectors, count: count)
    }
}
