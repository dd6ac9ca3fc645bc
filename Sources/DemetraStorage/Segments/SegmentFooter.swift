import DemetraCatalog
import DemetraTypes

/// Where bytes lie in a segment, and what their checksum is.
struct ChunkLocation: Sendable, Hashable {
    let offset: Int
    let byteCount: Int
    let checksum: UInt32
}

/// What a segment file holds: everything but the values.
///
///     file      magic "DEMSEG01", chunks, footer, trailer
///     trailer   UInt32 bytes of the footer, UInt32 its CRC-32C, magic "DEMSEG01"
///
/// Columns are known by their ids, so a table may lose and gain columns without its segments being written
/// again.
struct SegmentFooter: Sendable, Hashable {
    /// First and last bytes of every segment.
    static let magic = Array("DEMSEG01".utf8)
    static let trailerBytes = 16
    static let formatVersion: UInt16 = 3
    /// The version of segments without wide numbers, which earlier builds read.
    private static let shortVersion: UInt16 = 2

    struct Column: Sendable, Hashable {
        let id: Int32
        let name: String
        let type: LogicalType
        /// The dictionary that the codes of all row groups point into, and its count.
        let dictionary: ChunkLocation?
        let distinctCount: Int
    }

    struct Group: Sendable, Hashable {
        let count: Int
        let first: Int64
        let last: Int64
        /// The ids of the rows, where they have gaps.
        let numbers: ChunkLocation?
        let chunks: [ChunkLocation]
        let zoneMaps: [ZoneMap]
        /// The bloom filters of columns, by position.
        let filters: [Int: ChunkLocation]
    }

    let table: TableID
    let columns: [Column]
    let groups: [Group]
    /// Some number is not short, or could be.
    let holdsWideNumbers: Bool
}

// MARK: Bytes

extension SegmentFooter {
    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(holdsWideNumbers ? Self.formatVersion : Self.shortVersion)
        writer.write(table.number)
        writer.write(UInt32(columns.count))
        for column in columns {
            writer.write(column.id)
            writer.write(column.name)
            TypeCodec.encode(column.type, into: &writer)
            Self.write(column.dictionary, into: &writer)
            writer.write(UInt32(column.distinctCount))
        }
        writer.write(UInt32(groups.count))
        for group in groups {
            writer.write(UInt32(group.count))
            writer.write(group.first)
            writer.write(group.last)
            Self.write(group.numbers, into: &writer)
            for (chunk, map) in zip(group.chunks, group.zoneMaps) {
                Self.write(chunk, into: &writer)
                Self.write(map, into: &writer)
            }
            writer.write(UInt16(group.filters.count))
            for (column, location) in group.filters.sorted(by: { $0.key < $1.key }) {
                writer.write(UInt16(column))
                Self.write(location, into: &writer)
            }
        }
        return writer.bytes
    }

    static func decode(_ bytes: [UInt8], name: String) throws(DemetraError) -> SegmentFooter {
        var reader = ByteReader(bytes, name: name)
        let version = try reader.integer(UInt16.self)
        try FormatVersion.check(Int(version), newest: Int(formatVersion), name)
        let table = TableID(try reader.integer(Int64.self))
        var columns: [Column] = []
        for _ in 0..<(try reader.count(ofAtLeast: 22)) {
            let id = try reader.integer(Int32.self)
            let title = try reader.text()
            let type = try TypeCodec.decode(&reader)
            let dictionary = try location(&reader)
            columns.append(
                Column(
                    id: id, name: title, type: type, dictionary: dictionary,
                    distinctCount: Int(try reader.integer(UInt32.self))))
        }
        var groups: [Group] = []
        for _ in 0..<(try reader.count(ofAtLeast: 21)) {
            groups.append(try group(&reader, columnCount: columns.count, hasFilters: version > 1))
        }
        return SegmentFooter(
            table: table, columns: columns, groups: groups, holdsWideNumbers: version > shortVersion
        )
    }

    private static func group(
        _ reader: inout ByteReader, columnCount: Int, hasFilters: Bool
    ) throws(DemetraError) -> Group {
        let count = Int(try reader.integer(UInt32.self))
        let first = try reader.integer(Int64.self)
        let last = try reader.integer(Int64.self)
        guard count > 0, count <= RowGroup.capacity, last >= first else {
            throw reader.damaged("an impossible row group")
        }
        let numbers = try location(&reader)
        var chunks: [ChunkLocation] = []
        var maps: [ZoneMap] = []
        for _ in 0..<columnCount {
            guard let chunk = try location(&reader) else { throw reader.damaged("a missing chunk") }
            chunks.append(chunk)
            maps.append(try zoneMap(&reader, rowCount: count))
        }
        return Group(
            count: count, first: first, last: last, numbers: numbers, chunks: chunks,
            zoneMaps: maps,
            filters: hasFilters ? try filters(&reader, columnCount: columnCount) : [:])
    }

    private static func filters(
        _ reader: inout ByteReader, columnCount: Int
    ) throws(DemetraError) -> [Int: ChunkLocation] {
        var filters: [Int: ChunkLocation] = [:]
        for _ in 0..<(try reader.integer(UInt16.self)) {
            let column = Int(try reader.integer(UInt16.self))
            guard column < columnCount, let location = try location(&reader) else {
                throw reader.damaged("a filter of no column")
            }
            filters[column] = location
        }
        return filters
    }

    private static func write(_ location: ChunkLocation?, into writer: inout ByteWriter) {
        writer.write(location != nil)
        guard let location else { return }
        writer.write(UInt64(location.offset))
        writer.write(UInt32(location.byteCount))
        writer.write(location.checksum)
    }

    private static func location(
        _ reader: inout ByteReader
    ) throws(DemetraError) -> ChunkLocation? {
        guard try reader.flag() else { return nil }
        let offset = try reader.integer(UInt64.self)
        let byteCount = Int(try reader.integer(UInt32.self))
        guard offset < UInt64(Int64.max) - UInt64(byteCount) else {
            throw reader.damaged("an impossible offset")
        }
        return ChunkLocation(
            offset: Int(offset), byteCount: byteCount, checksum: try reader.integer(UInt32.self))
    }

    private static func write(_ map: ZoneMap, into writer: inout ByteWriter) {
        writer.write(UInt32(map.nullCount))
        ValueCodec.encode(map.minimum, into: &writer)
        ValueCodec.encode(map.maximum, into: &writer)
        writer.write(map.sum != nil)
        if let sum = map.sum { writer.write(sum) }
    }

    private static func zoneMap(
        _ reader: inout ByteReader, rowCount: Int
    ) throws(DemetraError) -> ZoneMap {
        let nulls = Int(try reader.integer(UInt32.self))
        guard nulls <= rowCount else { throw reader.damaged("more nulls than rows") }
        let minimum = try ValueCodec.decode(&reader)
        let maximum = try ValueCodec.decode(&reader)
        let sum = try reader.flag() ? try reader.integer(Int128.self) : nil
        return ZoneMap(
            minimum: minimum, maximum: maximum, nullCount: nulls, rowCount: rowCount, sum: sum)
    }
}

/// Refuses files of a later Demetra.
enum FormatVersion {
    static func check(_ version: Int, newest: Int, _ name: String) throws(DemetraError) {
        guard version <= newest else {
            throw DemetraError(
                .featureNotSupported,
                "\(name) has format version \(version); this Demetra reads up to \(newest)",
                hint: "Open the database with the Demetra that wrote it, or a later one.")
        }
        guard version > 0 else {
            throw DemetraError(
                .dataCorrupted, "\(name) has format version \(version), which there never was",
                hint: "Restore the database from a backup.")
        }
    }
}
