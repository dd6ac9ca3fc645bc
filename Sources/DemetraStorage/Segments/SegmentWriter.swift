import DemetraCatalog
import DemetraTypes
import DemetraVectors

/// Rows on their way into a row group of a segment.
struct RowBlock: Sendable {
    let vectors: [Vector]
    let count: Int
    let first: Int64
    let last: Int64
    /// The ids of the rows as bigint; nil when they lie one behind the other.
    let numbers: Vector?
    /// Hidden rows that are kept, in tables with history; the segment knows nothing of them.
    var deletions: DeletionVector?
}

extension RowBlock {
    /// The ids of the rows.
    var ids: [Int64] {
        guard case .int64(let ids)? = numbers?.flattened().storage else {
            return (0..<count).map { first + Int64($0) }
        }
        return ids.array
    }
}

/// Writes a segment: encodes columns on all processors, then appends, syncs and makes the name durable.
///
/// A crash on the way leaves a file that no manifest and no log record names; the next opening removes it.
struct SegmentWriter {
    /// Row groups of a segment at most: a dictionary is shared by all, and must not grow without end.
    static let groupLimit = 16
    /// Flat texts get a dictionary when it has at most one value for so many rows.
    private static let rowsPerDistinctText = 4

    let directory: DatabaseDirectory
    let definition: TableDefinition
    let threadCount: Int

    /// - Parameter blocks: 1...`groupLimit` of them, ascending by row id.
    /// - Throws: 53100 or 58030 when the disk fails; nothing is left then.
    func write(_ blocks: [RowBlock]) throws(DemetraError) -> SegmentReader {
        let id = directory.nextSegment()
        let folder = directory.path + "/segments/\(definition.id.number)"
        let path = directory.path + "/" + directory.segmentName(definition.id, id)
        try directory.fileSystem.createDirectory(folder)
        let file = try directory.fileSystem.open(path, creating: true)
        do throws(DemetraError) {
            let (footer, byteCount) = try write(blocks, to: file)
            try file.sync()
            try directory.fileSystem.syncDirectory(folder)
            return SegmentReader(
                id: id, footer: footer, byteCount: byteCount, file: file, directory: directory)
        } catch {
            try? directory.fileSystem.remove(path)
            throw error
        }
    }

    private func write(
        _ blocks: [RowBlock], to file: any StorageFile
    ) throws(DemetraError) -> (SegmentFooter, Int) {
        var output = SegmentOutput(file: file)
        try output.append(SegmentFooter.magic)
        let texts = try textColumns(blocks)
        var columns: [SegmentFooter.Column] = []
        for (position, column) in definition.columns.enumerated() {
            let dictionary = texts[position]?.dictionary
            let location = try dictionary.map { (dictionary) throws(DemetraError) in
                try output.append(DictionaryCodec.encode(dictionary))
            }
            columns.append(
                SegmentFooter.Column(
                    id: column.id, name: column.name, type: column.type, dictionary: location,
                    distinctCount: dictionary?.count ?? 0))
        }
        var groups: [SegmentFooter.Group] = []
        for (index, chunks) in encoded(blocks, texts).enumerated() {
            let block = blocks[index]
            let numbers = try block.numbers.map { (numbers) throws(DemetraError) in
                try output.append(ColumnEncoding.encode(numbers))
            }
            var locations: [ChunkLocation] = []
            var filters: [Int: ChunkLocation] = [:]
            for (column, chunk) in chunks.enumerated() {
                locations.append(try output.append(chunk.bytes))
                if let filter = chunk.filter {
                    filters[column] = try output.append(filter.encoded())
                }
            }
            groups.append(
                SegmentFooter.Group(
                    count: block.count, first: block.first, last: block.last, numbers: numbers,
                    chunks: locations, zoneMaps: chunks.map(\.zoneMap), filters: filters))
        }
        let holdsWideNumbers =
            definition.holdsWideNumbers
            || blocks.contains { $0.vectors.contains { $0.holdsWideNumbers } }
        let footer = SegmentFooter(
            table: definition.id, columns: columns, groups: groups,
            holdsWideNumbers: holdsWideNumbers)
        let bytes = footer.encoded()
        var trailer = ByteWriter()
        trailer.write(UInt32(bytes.count))
        trailer.write(Checksum.crc32c(bytes))
        trailer.write(raw: SegmentFooter.magic)
        try output.append(bytes)
        try output.append(trailer.bytes)
        try output.finish()
        return (footer, output.byteCount)
    }

    // MARK: Texts

    private struct TextColumn: Sendable {
        let dictionary: VectorDictionary
        let codes: [Vector]
    }

    /// The text columns that get a dictionary, with the codes of each block.
    private func textColumns(_ blocks: [RowBlock]) throws(DemetraError) -> [Int: TextColumn] {
        let positions = definition.columns.indices.filter {
            definition.columns[$0].type.physicalType == .text
        }
        let types = positions.map { definition.columns[$0].type }
        let found = ParallelWork.map(count: positions.count, threads: threadCount) {
            index -> Result<TextColumn?, DemetraError> in
            Result { () throws(DemetraError) in
                try Self.textColumn(
                    blocks.map { $0.vectors[positions[index]].withoutConstant() },
                    types[index])
            }
        }
        var result: [Int: TextColumn] = [:]
        for (index, column) in found.enumerated() { result[positions[index]] = try column.get() }
        return result
    }

    private static func textColumn(
        _ parts: [Vector], _ type: LogicalType
    ) throws(DemetraError) -> TextColumn? {
        let joined = try Vector.concatenating(parts, type: type)
        guard let (codes, dictionary) = coded(joined), dictionary.count > 0 else { return nil }
        let all = Vector(
            type: type, count: joined.count, validity: joined.validity,
            storage: .dictionary(codes: codes, dictionary))
        var start = 0
        var pieces: [Vector] = []
        for part in parts {
            pieces.append(all.slice(from: start, count: part.count))
            start += part.count
        }
        return TextColumn(dictionary: dictionary, codes: pieces)
    }

    private static func coded(
        _ vector: Vector
    ) -> (codes: Buffer<Int32>, dictionary: VectorDictionary)? {
        if let known = vector.dictionary { return known }
        // NULL rows hold the empty text, which may be coded like any other.
        let filled = Vector(type: vector.type, count: vector.count, storage: vector.storage)
        guard let found = filled.dictionaryEncoded(),
            found.dictionary.count * rowsPerDistinctText <= vector.count
        else { return nil }
        return found
    }

    // MARK: Chunks

    private struct Chunk: Sendable {
        let bytes: [UInt8]
        let zoneMap: ZoneMap
        let filter: BloomFilter?
    }

    /// Columns of keys, but for that by which the rows are sorted first.
    private var filteredColumns: Set<Int> {
        Set(definition.keys.flatMap(\.columns)).subtracting([definition.timeColumn ?? -1])
    }

    private func encoded(_ blocks: [RowBlock], _ texts: [Int: TextColumn]) -> [[Chunk]] {
        let width = definition.columns.count
        let filtered = filteredColumns
        let isArranged = !RowOrder(definition: definition).isNatural
        let roles = ParallelWork.map(count: blocks.count, threads: threadCount) { block in
            ColumnLink.roles(
                (0..<width).map { texts[$0]?.codes[block] ?? blocks[block].vectors[$0].flattened() }
            )
        }
        let chunks = ParallelWork.map(count: blocks.count * width, threads: threadCount) { index in
            let (block, column) = (index / width, index % width)
            let vector =
                texts[column]?.codes[block]
                ?? blocks[block].vectors[column].flattened()
            return Chunk(
                bytes: ColumnEncoding.encode(vector, roles[block][column]),
                zoneMap: ZoneMap(vector),
                filter: filtered.contains(column)
                    ? BloomFilter.make(vector, isArranged: isArranged) : nil)
        }
        return blocks.indices.map { Array(chunks[($0 * width)..<(($0 + 1) * width)]) }
    }
}

/// Appends to a file in large pieces and knows where each part lies.
private struct SegmentOutput {
    /// Bytes that are collected before they are written.
    private static let pieceBytes = 1 << 20

    let file: any StorageFile
    private var pending: [UInt8] = []
    private(set) var byteCount = 0

    init(file: any StorageFile) { self.file = file }

    @discardableResult
    mutating func append(_ bytes: [UInt8]) throws(DemetraError) -> ChunkLocation {
        let location = ChunkLocation(
            offset: byteCount, byteCount: bytes.count, checksum: Checksum.crc32c(bytes))
        pending += bytes
        byteCount += bytes.count
        if pending.count >= Self.pieceBytes { try finish() }
        return location
    }

    mutating func finish() throws(DemetraError) {
        if !pending.isEmpty { try file.append(pending) }
        pending = []
    }
}
