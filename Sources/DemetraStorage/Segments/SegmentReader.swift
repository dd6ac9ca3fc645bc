import DemetraCatalog
import DemetraTypes
import DemetraVectors
import Synchronization

/// An open segment file: gives columns of row groups, verified and decoded when they are first needed.
///
/// The file of a segment that no manifest names any more is removed when the last snapshot that reads it
/// is gone.
// Immutable after init, but for the dictionary references and the mark of the dropped.
final class SegmentReader: Sendable {
    private struct WeakDictionary: Sendable {
        weak var dictionary: VectorDictionary?
    }

    let id: SegmentID
    let footer: SegmentFooter
    let byteCount: Int
    /// The path from the database's directory on, as errors show it.
    let name: String
    private let file: any StorageFile
    private let directory: DatabaseDirectory
    /// Those in use: all row groups give the same dictionary, whatever the cache lets go.
    private let dictionaries = Mutex<[Int: WeakDictionary]>([:])
    private let isDropped = Atomic<Bool>(false)

    init(
        id: SegmentID, footer: SegmentFooter, byteCount: Int, file: any StorageFile,
        directory: DatabaseDirectory
    ) {
        self.id = id
        self.footer = footer
        self.byteCount = byteCount
        self.file = file
        self.directory = directory
        name = directory.segmentName(footer.table, id)
    }

    deinit {
        directory.cache.removeAll(of: id)
        if isDropped.load(ordering: .relaxed) {
            // What cannot be removed now is an orphan that the next opening removes.
            try? directory.fileSystem.remove(directory.path + "/" + name)
        }
    }

    /// The file goes with the last reader.
    func drop() { isDropped.store(true, ordering: .relaxed) }

    /// The file stays: a commit names it.
    func keep() { isDropped.store(false, ordering: .relaxed) }

    /// Opens a segment and reads its footer.
    ///
    /// - Throws: XX001 when the file is not the one that was written.
    static func open(
        _ record: SegmentRecord, in directory: DatabaseDirectory
    ) throws(DemetraError) -> SegmentReader {
        let name = directory.segmentName(record.table, record.id)
        let title = "segment \"\(name)\""
        guard directory.fileSystem.exists(directory.path + "/" + name) else {
            throw DemetraError(
                .dataCorrupted, "\(title) is missing",
                hint: "Restore the database from a backup.")
        }
        let file = try directory.fileSystem.open(directory.path + "/" + name, creating: false)
        let size = try file.byteCount()
        guard size == record.byteCount else {
            throw DemetraError(
                .dataCorrupted, "\(title) has \(size) bytes instead of \(record.byteCount)",
                detail: "Its footer lies at the end, so nothing in it can be found.",
                hint: "Restore the file from a backup.")
        }
        let footer = try footer(of: file, size, title)
        guard footer.table == record.table,
            footer.groups.map(\.first) == record.groups.map(\.first),
            footer.groups.map(\.count) == record.groups.map(\.count)
        else {
            throw DemetraError(
                .dataCorrupted, "\(title) is another segment than the manifest names",
                hint: "Was the file replaced? Restore it from a backup.")
        }
        return SegmentReader(
            id: record.id, footer: footer, byteCount: size, file: file, directory: directory)
    }

    /// Opens a segment of which nothing is known but its file.
    ///
    /// - Throws: XX001 when it is not a whole segment of that table.
    static func open(
        _ table: TableID, _ id: SegmentID, in directory: DatabaseDirectory
    ) throws(DemetraError) -> SegmentReader {
        let name = directory.segmentName(table, id)
        let title = "segment \"\(name)\""
        let file = try directory.fileSystem.open(directory.path + "/" + name, creating: false)
        let size = try file.byteCount()
        let footer = try footer(of: file, size, title)
        guard footer.table == table else {
            throw DemetraError(
                .dataCorrupted, "\(title) belongs to table \(footer.table.number)",
                hint: "Was the file moved? Restore it from a backup.")
        }
        return SegmentReader(
            id: id, footer: footer, byteCount: size, file: file, directory: directory)
    }

    private static func footer(
        of file: any StorageFile, _ size: Int, _ title: String
    ) throws(DemetraError) -> SegmentFooter {
        try SegmentFooter.decode(try footerBytes(file, size, title), name: title)
    }

    /// Footers are usually shorter, and then one read gets them.
    private static let likelyFooterBytes = 1 << 15

    private static func footerBytes(
        _ file: any StorageFile, _ size: Int, _ title: String
    ) throws(DemetraError) -> [UInt8] {
        func damaged(_ what: String, _ detail: String? = nil) -> DemetraError {
            DemetraError(
                .dataCorrupted, "\(title) is damaged: \(what)", detail: detail,
                hint: "Restore the file from a backup.")
        }
        let tailBytes = min(size, likelyFooterBytes)
        let tail = try file.read(at: size - tailBytes, count: tailBytes)
        guard tail.count == tailBytes, tailBytes >= SegmentFooter.trailerBytes else {
            throw damaged("it has no footer")
        }
        let trailer = Array(tail.suffix(SegmentFooter.trailerBytes))
        var reader = ByteReader(trailer, name: title)
        let length = Int(try reader.integer(UInt32.self))
        let stored = try reader.integer(UInt32.self)
        let end = size - SegmentFooter.trailerBytes
        guard Array(trailer.suffix(8)) == SegmentFooter.magic, length <= end else {
            throw damaged("it does not end as segments do")
        }
        var bytes = Array(tail.dropLast(SegmentFooter.trailerBytes).suffix(length))
        if bytes.count < length { bytes = try file.read(at: end - length, count: length) }
        let computed = Checksum.crc32c(bytes)
        guard bytes.count == length, computed == stored else {
            throw damaged(
                "checksum mismatch in its footer",
                "Stored crc32c \(Checksum.text(stored)), computed \(Checksum.text(computed)), "
                    + "\(length) bytes at offset \(end - length).")
        }
        return bytes
    }

    // MARK: Chunks

    /// The bytes of a chunk.
    ///
    /// - Throws: XX001 naming file, place and both checksums.
    func bytes(_ location: ChunkLocation, _ place: String) throws(DemetraError) -> [UInt8] {
        let bytes = try unverified(location)
        let computed = Checksum.crc32c(bytes)
        guard bytes.count == location.byteCount, computed == location.checksum else {
            throw DemetraError(
                .dataCorrupted, "checksum mismatch in segment \"\(name)\", \(place)",
                detail: "Stored crc32c \(Checksum.text(location.checksum)), computed "
                    + "\(Checksum.text(computed)), \(location.byteCount) bytes at offset "
                    + "\(location.offset).",
                hint: "Restore the file from a backup.")
        }
        return bytes
    }

    /// The bytes of a chunk as they are; fewer when the file ends.
    func unverified(_ location: ChunkLocation) throws(DemetraError) -> [UInt8] {
        try file.read(at: location.offset, count: location.byteCount)
    }

    /// The values of a column in a row group, read from the file.
    func decode(group: Int, column: Int) throws(DemetraError) -> Vector {
        let about = footer.columns[column]
        let place = "row group \(group), column \"\(about.name)\""
        let bytes = try bytes(footer.groups[group].chunks[column], place)
        let vector = try ColumnEncoding.decode(
            bytes, type: about.type, dictionary: try dictionary(column),
            name: "segment \"\(name)\", \(place)"
        ) { (source) throws(DemetraError) in try self.codes(group: group, column: source) }
        return try checked(vector, group)
    }

    /// Which of its distinct values a column has in each row, for those that are linked to it.
    private func codes(group: Int, column: Int) throws(DemetraError) -> Buffer<Int32> {
        let key = CacheKey(segment: id, group: group, column: column, index: "codes")
        if case .vector(let known)? = cache.find(key), case .int32(let codes) = known.storage {
            return codes
        }
        let chunks = footer.groups[group].chunks
        guard chunks.indices.contains(column) else {
            throw DemetraError(
                .dataCorrupted,
                "segment \"\(name)\" is damaged: a link to a column it does not have",
                hint: "Restore the file from a backup.")
        }
        let place = "row group \(group), column \"\(footer.columns[column].name)\""
        let codes = try LinkedColumn.sourceCodes(
            try bytes(chunks[column], place), name: "segment \"\(name)\", \(place)")
        let vector = Vector(type: .integer, count: codes.count, storage: .int32(codes))
        cache.add(.vector(vector), key, byteCount: vector.memoryBytes)
        return codes
    }

    /// The ids of the rows of a group that lists them.
    func numbers(group: Int) throws(DemetraError) -> Vector {
        guard let location = footer.groups[group].numbers else { return Vector([], type: .bigint) }
        let place = "row group \(group), row ids"
        let vector = try ColumnEncoding.decode(
            try bytes(location, place), type: .bigint, dictionary: nil,
            name: "segment \"\(name)\", \(place)")
        return try checked(vector, group)
    }

    /// The bloom filter of a column in a row group, if there is one.
    func filter(group: Int, column: Int) throws(DemetraError) -> BloomFilter? {
        guard let location = footer.groups[group].filters[column] else { return nil }
        let key = CacheKey(segment: id, group: group, column: column, index: "filter")
        if case .filter(let known)? = directory.cache.find(key) { return known }
        let place = "row group \(group), filter of column \"\(footer.columns[column].name)\""
        let read = try BloomFilter(
            try bytes(location, place), name: "segment \"\(name)\", \(place)")
        directory.cache.add(.filter(read), key, byteCount: read.byteCount)
        return read
    }

    private func checked(_ vector: Vector, _ group: Int) throws(DemetraError) -> Vector {
        guard vector.count == footer.groups[group].count else {
            throw DemetraError(
                .dataCorrupted,
                "row group \(group) of segment \"\(name)\" has columns of "
                    + "different length", hint: "Restore the file from a backup.")
        }
        return vector
    }

    private func dictionary(_ column: Int) throws(DemetraError) -> VectorDictionary? {
        guard let location = footer.columns[column].dictionary else { return nil }
        if let known = dictionaries.withLock({ $0[column]?.dictionary }) { return known }
        let place = "dictionary of column \"\(footer.columns[column].name)\""
        let read = try DictionaryCodec.decode(
            try bytes(location, place), name: "segment \"\(name)\", \(place)")
        // Two readers may get here at once: the first one's dictionary is everybody's.
        return dictionaries.withLock { known in
            if let other = known[column]?.dictionary { return other }
            known[column] = WeakDictionary(dictionary: read)
            directory.cache.add(
                .dictionary(read), CacheKey(segment: id, group: -1, column: column, index: ""),
                byteCount: location.byteCount + read.count * 8)
            return read
        }
    }
}

// MARK: Row groups

extension SegmentReader {
    /// The row groups of the segment under a table's present definition, all of them.
    ///
    /// - Parameter base: what is added to every row id in the file.
    func groups(_ definition: TableDefinition, base: Int64 = 0) -> [RowGroup] {
        let positions = Dictionary(
            footer.columns.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first }
        )
        return footer.groups.indices.map { index in
            let group = footer.groups[index]
            var sources: [ColumnSource] = []
            var maps: [ZoneMap] = []
            for column in definition.columns {
                if let position = positions[column.id] {
                    sources.append(
                        .chunk(
                            ColumnChunk(
                                reader: self, group: index, column: position, type: column.type)))
                    maps.append(group.zoneMaps[position])
                } else {
                    sources.append(.absent(column))
                    maps.append(.constant(column, rowCount: group.count))
                }
            }
            let numbers: RowNumbers =
                group.numbers == nil
                ? .contiguous(first: base + group.first)
                : .listed(
                    first: base + group.first, last: base + group.last,
                    .chunk(
                        ColumnChunk(
                            reader: self, group: index, column: -1, type: .bigint, base: base)))
            return RowGroup(
                numbers: numbers, count: group.count, columns: sources, zoneMaps: maps,
                segment: SegmentPlace(id: id, group: index), memoryBytes: 0)
        }
    }
}

/// One column of one row group of a segment.
struct ColumnChunk: Sendable {
    let reader: SegmentReader
    let group: Int
    /// Position in the file; -1 for the row ids.
    let column: Int
    let type: LogicalType
    /// What is added to row ids.
    var base: Int64 = 0

    var distinctCount: Int? {
        guard column >= 0, reader.footer.columns[column].dictionary != nil else { return nil }
        return reader.footer.columns[column].distinctCount
    }

    func retyped(_ type: LogicalType) -> ColumnChunk {
        ColumnChunk(reader: reader, group: group, column: column, type: type)
    }

    /// The values, from the cache or the file.
    func vector() throws(DemetraError) -> Vector {
        let key = CacheKey(segment: reader.id, group: group, column: column, index: "")
        let cache = reader.cache
        if case .vector(let known)? = cache.find(key) { return typed(known) }
        let read = try decoded()
        cache.add(.vector(read), key, byteCount: read.memoryBytes)
        return typed(read)
    }

    /// Bytes that the chunk takes in its file.
    var storedByteCount: Int {
        let group = reader.footer.groups[group]
        return column < 0 ? group.numbers?.byteCount ?? 0 : group.chunks[column].byteCount
    }

    /// The values from the file; what is read once only must not push others out of the cache.
    func decoded() throws(DemetraError) -> Vector {
        typed(
            column < 0
                ? try reader.numbers(group: group)
                : try reader.decode(group: group, column: column))
    }

    /// As the table has them now. The cache holds row ids as the file does, whatever they count from.
    private func typed(_ vector: Vector) -> Vector {
        if base != 0, case .int64(let ids) = vector.storage {
            let moved = Buffer(ids.array.map { $0 + base })
            return Vector(type: .bigint, count: vector.count, storage: .int64(moved))
        }
        return vector.type == type || vector.type.physicalType != type.physicalType
            ? vector : vector.retyped(type)
    }

    /// The places of the row ids of the group, from the cache or made.
    func rowIndex() throws(DemetraError) -> RowIndex {
        let key = CacheKey(segment: reader.id, group: group, column: column, index: "rows")
        if case .rows(let known)? = reader.cache.find(key) { return known }
        let made = try RowIndex(try vector())
        reader.cache.add(.rows(made), key, byteCount: made.byteCount)
        return made
    }

    /// An index over the group, from the cache or made.
    func index(
        named name: String, _ make: () throws(DemetraError) -> JoinTable
    ) throws(DemetraError) -> JoinTable {
        let key = CacheKey(segment: reader.id, group: group, column: column, index: name)
        if case .index(let known)? = reader.cache.find(key) { return known }
        let made = try make()
        reader.cache.add(.index(made), key, byteCount: made.byteCount)
        return made
    }
}

extension SegmentReader {
    fileprivate var cache: BlockCache { directory.cache }
}
