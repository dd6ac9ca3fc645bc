import DemetraCatalog
import DemetraTypes

/// A segment that a manifest or the log names, whether it can be read or not.
struct KnownSegment: Sendable {
    let record: SegmentRecord
    /// Nil when the file is damaged.
    let reader: SegmentReader?
    /// What is wrong with it.
    let damage: DemetraError?

    /// A segment that was just written.
    ///
    /// - Parameter base: what is added to every row id in the file.
    init(_ reader: SegmentReader, base: Int64 = 0) {
        self.init(record: SegmentRecord(reader, base: base), reader: reader, damage: nil)
    }

    private init(record: SegmentRecord, reader: SegmentReader?, damage: DemetraError?) {
        self.record = record
        self.reader = reader
        self.damage = damage
    }

    /// Opens a segment; one that is damaged does not keep the others from being read.
    static func open(_ record: SegmentRecord, in directory: DatabaseDirectory) -> KnownSegment {
        do throws(DemetraError) {
            return KnownSegment(
                record: record, reader: try SegmentReader.open(record, in: directory), damage: nil)
        } catch {
            return KnownSegment(record: record, reader: nil, damage: error)
        }
    }

    /// All row groups, in their order in the file.
    func groups(_ definition: TableDefinition) -> [RowGroup] {
        if let reader { return reader.groups(definition, base: record.base) }
        let error = damage ?? DemetraError(.dataCorrupted, "a segment cannot be read")
        return record.damagedGroups(definition, error)
    }
}
