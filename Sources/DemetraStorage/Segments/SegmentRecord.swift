import DemetraCatalog
import DemetraTypes

/// What a manifest or the log says of a segment: enough to know it again, and to say what is lost when it
/// cannot be read.
struct SegmentRecord: Sendable, Hashable {
    struct Group: Sendable, Hashable {
        let first: Int64
        let last: Int64
        let count: Int
    }

    let id: SegmentID
    let table: TableID
    /// Bytes of the file: it never changes its length.
    let byteCount: Int
    let groups: [Group]

    init(id: SegmentID, table: TableID, byteCount: Int, groups: [Group]) {
        self.id = id
        self.table = table
        self.byteCount = byteCount
        self.groups = groups
    }

    init(_ reader: SegmentReader) {
        self.init(
            id: reader.id, table: reader.footer.table, byteCount: reader.byteCount,
            groups: reader.footer.groups.map {
                Group(first: $0.first, last: $0.last, count: $0.count)
            })
    }

    func encode(into writer: inout ByteWriter) {
        writer.write(id.number)
        writer.write(table.number)
        writer.write(UInt64(byteCount))
        writer.write(UInt32(groups.count))
        for group in groups {
            writer.write(group.first)
            writer.write(group.last)
            writer.write(UInt32(group.count))
        }
    }

    static func decode(_ reader: inout ByteReader) throws(DemetraError) -> SegmentRecord {
        let id = SegmentID(try reader.integer(Int64.self))
        let table = TableID(try reader.integer(Int64.self))
        let byteCount = try reader.integer(UInt64.self)
        guard byteCount <= UInt64(Int64.max) else { throw reader.damaged("a segment's length") }
        var groups: [Group] = []
        for _ in 0..<(try reader.count(ofAtLeast: 20)) {
            let first = try reader.integer(Int64.self)
            let last = try reader.integer(Int64.self)
            let count = Int(try reader.integer(UInt32.self))
            guard count > 0, count <= RowGroup.capacity, last >= first else {
                throw reader.damaged("a segment's row group")
            }
            groups.append(Group(first: first, last: last, count: count))
        }
        return SegmentRecord(id: id, table: table, byteCount: Int(byteCount), groups: groups)
    }

    /// The row groups of a segment that cannot be opened: their rows are counted, and every read of them
    /// says why it fails.
    func damagedGroups(_ definition: TableDefinition, _ error: DemetraError) -> [RowGroup] {
        groups.enumerated().map { index, group in
            let isListed = group.last - group.first + 1 != Int64(group.count)
            return RowGroup(
                numbers: isListed
                    ? .listed(first: group.first, last: group.last, .damaged(error))
                    : .contiguous(first: group.first),
                count: group.count,
                columns: definition.columns.map { _ in .damaged(error) },
                zoneMaps: definition.columns.map { _ in .unknown(rowCount: group.count) },
                segment: SegmentPlace(id: id, group: index), memoryBytes: 0)
        }
    }
}
