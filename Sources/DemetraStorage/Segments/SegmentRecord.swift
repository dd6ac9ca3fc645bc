import DemetraCatalog
import DemetraTypes

/// What a manifest or the log says of a segment: enough to know it again, and to say what is lost when it
/// cannot be read.
///
/// The record has the authority over row ids: those in the file count from its `base`. So a segment can be
/// written before anybody knows which ids its rows get, and be given them by the commit that attaches it.
struct SegmentRecord: Sendable, Hashable {
    /// Of a row group, ids as they are in the file.
    struct Group: Sendable, Hashable {
        let first: Int64
        let last: Int64
        let count: Int
    }

    let id: SegmentID
    let table: TableID
    /// Bytes of the file: it never changes its length.
    let byteCount: Int
    /// What is added to every row id in the file.
    let base: Int64
    let groups: [Group]

    init(id: SegmentID, table: TableID, byteCount: Int, base: Int64, groups: [Group]) {
        self.id = id
        self.table = table
        self.byteCount = byteCount
        self.base = base
        self.groups = groups
    }

    init(_ reader: SegmentReader, base: Int64 = 0) {
        self.init(
            id: reader.id, table: reader.footer.table, byteCount: reader.byteCount, base: base,
            groups: reader.footer.groups.map {
                Group(first: $0.first, last: $0.last, count: $0.count)
            })
    }

    /// The id of the last row; nil when there is none.
    var last: Int64? { groups.map(\.last).max().map { base + $0 } }

    func encode(into writer: inout ByteWriter) {
        writer.write(id.number)
        writer.write(table.number)
        writer.write(UInt64(byteCount))
        writer.write(base)
        writer.write(UInt32(groups.count))
        for group in groups {
            writer.write(group.first)
            writer.write(group.last)
            writer.write(UInt32(group.count))
        }
    }

    /// - Parameter hasBase: false for records of before there was one; their files have the ids themselves.
    static func decode(
        _ reader: inout ByteReader, hasBase: Bool
    ) throws(DemetraError) -> SegmentRecord {
        let id = SegmentID(try reader.integer(Int64.self))
        let table = TableID(try reader.integer(Int64.self))
        let byteCount = try reader.integer(UInt64.self)
        guard byteCount <= UInt64(Int64.max) else { throw reader.damaged("a segment's length") }
        let base = hasBase ? try reader.integer(Int64.self) : 0
        guard base >= 0 else { throw reader.damaged("a segment's first row id") }
        var groups: [Group] = []
        for _ in 0..<(try reader.count(ofAtLeast: 20)) {
            let first = try reader.integer(Int64.self)
            let last = try reader.integer(Int64.self)
            let count = Int(try reader.integer(UInt32.self))
            guard count > 0, count <= RowGroup.capacity, last >= first, first >= 0,
                last < Int64.max - base
            else {
                throw reader.damaged("a segment's row group")
            }
            groups.append(Group(first: first, last: last, count: count))
        }
        return SegmentRecord(
            id: id, table: table, byteCount: Int(byteCount), base: base, groups: groups)
    }

    /// The row groups of a segment that cannot be opened: their rows are counted, and every read of them
    /// says why it fails.
    func damagedGroups(_ definition: TableDefinition, _ error: DemetraError) -> [RowGroup] {
        groups.enumerated().map { index, group in
            let isListed = group.last - group.first + 1 != Int64(group.count)
            return RowGroup(
                numbers: isListed
                    ? .listed(
                        first: base + group.first, last: base + group.last, .damaged(error))
                    : .contiguous(first: base + group.first),
                count: group.count,
                columns: definition.columns.map { _ in .damaged(error) },
                zoneMaps: definition.columns.map { _ in .unknown(rowCount: group.count) },
                segment: SegmentPlace(id: id, group: index), memoryBytes: 0)
        }
    }
}
