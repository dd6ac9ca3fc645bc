import DemetraStorage
import DemetraTypes
import DemetraVectors

/// Takes the rows of a query and hands them on to a bulk writer, in the order of the source.
final class BulkTarget: StatementOutput {
    private let writer: BulkWriter
    /// What becomes of a batch before it is written: verified, or given other types.
    private let prepare: (Batch) throws(DemetraError) -> Batch

    init(_ writer: BulkWriter, prepare: @escaping (Batch) throws(DemetraError) -> Batch) {
        self.writer = writer
        self.prepare = prepare
    }

    func rows(_ batch: Batch) throws(DemetraError) { try writer.append(try prepare(batch)) }

    func begin(_ schema: Schema) {}
    func finish(tag: String) {}
    func notice(_ notice: Notice) {}
    func beginCopyOut(columnCount: Int) {}
    func copyBytes(_ bytes: [UInt8]) {}

    func copySource(columnCount: Int) throws(DemetraError) -> any CopySource {
        throw DemetraError(.internalError, "a query was asked for a client's rows")
    }
}
