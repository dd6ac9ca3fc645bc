import DemetraStorage
import DemetraTypes
import DemetraVectors

/// Takes the rows of a query and hands them on to a bulk writer, in the order of the source.
final class BulkTarget: QueryTarget {
    private let writer: BulkWriter
    /// What becomes of a batch before it is written: verified, or given other types.
    private let prepare: (Batch) throws(DemetraError) -> Batch

    init(_ writer: BulkWriter, prepare: @escaping (Batch) throws(DemetraError) -> Batch) {
        self.writer = writer
        self.prepare = prepare
    }

    func rows(_ batch: Batch) throws(DemetraError) { try writer.append(try prepare(batch)) }
}
