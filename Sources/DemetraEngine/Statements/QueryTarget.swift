import DemetraTypes
import DemetraVectors

/// Takes the rows of a query on their way to somewhere else; all but the rows is left out.
protocol QueryTarget: StatementOutput {}

extension QueryTarget {
    func begin(_ schema: Schema) {}
    func finish(tag: String) {}
    func notice(_ notice: Notice) {}
    func beginCopyOut(columnCount: Int, isBinary: Bool) {}
    func copyRows(_ bytes: [UInt8], ends: [Int]) {}

    func copySource(columnCount: Int, isBinary: Bool) throws(DemetraError) -> any CopySource {
        throw DemetraError(.internalError, "a query was asked for a client's rows")
    }
}
