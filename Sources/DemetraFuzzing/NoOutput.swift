import DemetraTypes
import DemetraVectors

/// Where answers go that nobody reads.
final class NoOutput: StatementOutput {
    func begin(_ schema: Schema) {}
    func rows(_ batch: Batch) {}
    func finish(tag: String) {}
    func notice(_ notice: Notice) {}
    func copySource(columnCount: Int, isBinary: Bool) throws(DemetraError) -> any CopySource {
        throw DemetraError(.featureNotSupported, "there is no client")
    }
    func beginCopyOut(columnCount: Int, isBinary: Bool) {}
    func copyRows(_ bytes: [UInt8], ends: [Int]) {}
}
