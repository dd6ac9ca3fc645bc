package import DemetraTypes

/// Where answers go that nobody reads.
package final class NoOutput: StatementOutput {
    /// Makes one.
    package init() {}

    package func begin(_ schema: Schema) {}
    package func rows(_ batch: Batch) {}
    package func finish(tag: String) {}
    package func notice(_ notice: Notice) {}
    package func copySource(
        columnCount: Int, isBinary: Bool
    ) throws(DemetraError) -> any CopySource {
        throw DemetraError(.featureNotSupported, "there is no client")
    }
    package func beginCopyOut(columnCount: Int, isBinary: Bool) {}
    package func copyRows(_ bytes: [UInt8], ends: [Int]) {}
}
