import DemetraCatalog
import DemetraTypes

/// What a database held when its log was last cut: the catalog, the live segments and what is hidden in
/// them. Everything later is in the log.
// Immutable after init.
struct Manifest: Sendable {
    static let magic = Array("DEMMAN01".utf8)
    static let formatVersion: UInt16 = 4
    /// The version of manifests whose tables have no wide numerics, which earlier builds read.
    private static let shortVersion: UInt16 = 3

    /// A table's rows.
    struct Table: Sendable {
        let id: TableID
        /// The id that the next row got.
        let nextRow: Int64
        /// When rows were added, in tables with history.
        let timeline: Timeline?
        let segments: [Segment]
    }

    /// A live segment. A group that is not among `visible` is hidden as a whole.
    struct Segment: Sendable {
        let record: SegmentRecord
        let visible: [(group: Int, deletions: DeletionVector?)]
    }

    let catalog: Catalog
    /// The last commit that the manifest includes.
    let floor: CommitMoment
    /// The log file in which the next commit is.
    let firstLog: Int64
    /// The number that the next segment gets.
    let nextSegment: Int64
    let tables: [Table]
    /// The batches that tables have got.
    let ledger: BatchLedger
    /// Where the sequences stand.
    var sequences = SequenceLedger()

    // MARK: Bytes

    func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.write(raw: Self.magic)
        writer.write(catalog.holdsWideNumbers ? Self.formatVersion : Self.shortVersion)
        writer.write(floor.sequence.number)
        writer.write(floor.time.microseconds)
        writer.write(firstLog)
        writer.write(nextSegment)
        CatalogCodec.encode(catalog, into: &writer)
        writer.write(UInt32(tables.count))
        for table in tables {
            writer.write(table.id.number)
            writer.write(table.nextRow)
            writer.write(table.timeline != nil)
            table.timeline?.encode(into: &writer)
            writer.write(UInt32(table.segments.count))
            for segment in table.segments {
                segment.record.encode(into: &writer)
                writer.write(UInt32(segment.visible.count))
                for (group, deletions) in segment.visible {
                    writer.write(UInt32(group))
                    DeletionCodec.encode(deletions, into: &writer)
                }
            }
        }
        ledger.encode(into: &writer)
        sequences.encode(into: &writer)
        writer.write(Checksum.crc32c(writer.bytes))
        return writer.bytes
    }

    /// - Parameter name: the file, for errors.
    static func decode(_ bytes: [UInt8], name: String) throws(DemetraError) -> Manifest {
        let title = "manifest \"\(name)\""
        guard bytes.count >= magic.count + 6, Array(bytes[..<magic.count]) == magic else {
            throw DemetraError(
                .dataCorrupted, "\(title) does not begin as manifests do",
                detail: "It has \(bytes.count) bytes.", hint: "Restore the database from a backup.")
        }
        var reader = ByteReader(Array(bytes.dropLast(4)), name: title)
        _ = try reader.raw(magic.count)
        // A later version may end in another way, so it is looked at before the checksum.
        let version = Int(try reader.integer(UInt16.self))
        try FormatVersion.check(version, newest: Int(formatVersion), title)
        var end = ByteReader(Array(bytes.suffix(4)), name: title)
        let stored = try end.integer(UInt32.self)
        let computed = Checksum.crc32c(bytes.dropLast(4))
        guard stored == computed else {
            throw DemetraError(
                .dataCorrupted, "checksum mismatch in \(title)",
                detail: "Stored crc32c \(Checksum.text(stored)), computed "
                    + "\(Checksum.text(computed)), \(bytes.count - 4) bytes at offset 0.",
                hint: "Restore the database from a backup.")
        }
        let floor = CommitMoment(
            sequence: CommitSequence(number: try reader.integer(UInt64.self)),
            time: Timestamp(microseconds: version > 1 ? try reader.integer(Int64.self) : 0))
        let firstLog = try reader.integer(Int64.self)
        let nextSegment = try reader.integer(Int64.self)
        let catalog = try CatalogCodec.catalog(&reader)
        var tables: [Table] = []
        for _ in 0..<(try reader.count(ofAtLeast: 20)) {
            tables.append(try table(&reader, version: version))
        }
        let ledger = version > 1 ? try BatchLedger.decode(&reader) : BatchLedger()
        return Manifest(
            catalog: catalog, floor: floor, firstLog: firstLog, nextSegment: nextSegment,
            tables: tables, ledger: ledger,
            sequences: version > 2 ? try SequenceLedger.decode(&reader) : SequenceLedger())
    }

    private static func table(
        _ reader: inout ByteReader, version: Int
    ) throws(DemetraError) -> Table {
        let id = TableID(try reader.integer(Int64.self))
        let nextRow = try reader.integer(Int64.self)
        let hasTimeline = version > 1 ? try reader.flag() : false
        let timeline = hasTimeline ? try Timeline.decode(&reader) : nil
        var segments: [Segment] = []
        for _ in 0..<(try reader.count(ofAtLeast: 32)) {
            let record = try SegmentRecord.decode(&reader, hasBase: version > 1)
            var visible: [(group: Int, deletions: DeletionVector?)] = []
            for _ in 0..<(try reader.count(ofAtLeast: 8)) {
                let group = Int(try reader.integer(UInt32.self))
                guard group < record.groups.count else { throw reader.damaged("a row group") }
                visible.append(
                    (
                        group,
                        try DeletionCodec.decode(
                            &reader, rowCount: record.groups[group].count, hasRuns: version > 1)
                    ))
            }
            segments.append(Segment(record: record, visible: visible))
        }
        return Table(id: id, nextRow: nextRow, timeline: timeline, segments: segments)
    }
}
