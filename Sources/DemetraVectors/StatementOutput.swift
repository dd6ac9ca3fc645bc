package import DemetraTypes

/// Where a statement's answer goes: a client connection, a file, an app.
///
/// Called on the thread that runs the statement, in this order for each statement: `begin` and `rows`
/// if it gives rows, then `finish`. A statement that fails ends with its error instead.
package protocol StatementOutput: AnyObject {
    /// Rows of these columns follow.
    func begin(_ schema: Schema) throws(DemetraError)

    /// Some rows; waits while the client is slow.
    func rows(_ batch: Batch) throws(DemetraError)

    /// The statement is done; `tag` is PostgreSQL's command tag, such as `INSERT 0 3`.
    func finish(tag: String) throws(DemetraError)

    /// A message beside the answer.
    func notice(_ notice: Notice)

    /// Asks the client for the bytes of COPY ... FROM STDIN.
    ///
    /// - Throws: 0A000 where the client cannot send any.
    func copySource(columnCount: Int, isBinary: Bool) throws(DemetraError) -> any CopySource

    /// The bytes of COPY ... TO STDOUT begin; each call of `copyRows` then brings some.
    func beginCopyOut(columnCount: Int, isBinary: Bool) throws(DemetraError)

    /// Rows of COPY ... TO STDOUT as bytes, and where in them each ends; the last one is whole.
    func copyRows(_ bytes: [UInt8], ends: [Int]) throws(DemetraError)
}

/// The bytes a client sends for COPY ... FROM STDIN.
package protocol CopySource: AnyObject {
    /// The next bytes, or nil at the end.
    ///
    /// - Throws: 57014 when the client gives up.
    func read() throws(DemetraError) -> [UInt8]?
}
