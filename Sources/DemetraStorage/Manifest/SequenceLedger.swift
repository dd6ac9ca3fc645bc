import DemetraCatalog
import DemetraTypes

/// Where the sequences of a database stand; one that is not in it stands at its beginning.
///
/// Numbers are handed out only up to the position that is kept here, so a crash can lose numbers and never gives one
/// twice.
// A value.
struct SequenceLedger: Sendable, Hashable {
    private var positions: [TableID: SequencePosition] = [:]

    subscript(_ sequence: TableID) -> SequencePosition? {
        get { positions[sequence] }
        set { positions[sequence] = newValue }
    }

    /// Those of some sequences alone.
    func keeping(_ sequences: Set<TableID>) -> SequenceLedger {
        var kept = self
        kept.positions = positions.filter { sequences.contains($0.key) }
        return kept
    }

    // MARK: Bytes

    func encode(into writer: inout ByteWriter) {
        writer.write(UInt32(positions.count))
        for (id, position) in positions.sorted(by: { $0.key < $1.key }) {
            writer.write(id.number)
            Self.encode(position, into: &writer)
        }
    }

    static func decode(_ reader: inout ByteReader) throws(DemetraError) -> SequenceLedger {
        var ledger = SequenceLedger()
        for _ in 0..<(try reader.count(ofAtLeast: 17)) {
            let id = TableID(try reader.integer(Int64.self))
            ledger[id] = try position(&reader)
        }
        return ledger
    }

    static func encode(_ position: SequencePosition, into writer: inout ByteWriter) {
        writer.write(position.value)
        writer.write(position.isGiven)
    }

    static func position(
        _ reader: inout ByteReader
    ) throws(DemetraError) -> SequencePosition {
        let value = try reader.integer(Int64.self)
        return SequencePosition(value, isGiven: try reader.flag())
    }
}
