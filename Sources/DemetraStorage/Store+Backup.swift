package import DemetraTypes
import Synchronization

// Backups: a snapshot and the segments it reads are held, so that neither commits nor flushes have to wait,
// and what they remove meanwhile stays until the copy is done.

extension Store {
    /// Writes the database as of now into a directory, as a database of its own.
    ///
    /// Commits, flushes and readers go on meanwhile. A failure leaves nothing behind.
    ///
    /// - Throws: 58P02 when there is something in the directory, 55P03 when another backup is on its way
    ///   there, XX001 when a segment is damaged, 53100 or 58030 when the disk fails.
    package func backup(to target: String) throws(DemetraError) {
        if state.withLock({ $0.isClosed }) { throw Self.closed }
        var target = target
        while target.count > 1, target.hasSuffix("/") { target.removeLast() }
        guard !target.isEmpty else {
            throw DemetraError(
                .invalidParameterValue, "a backup needs the name of a directory",
                hint: "Give a directory that does not exist, or an empty one.")
        }
        let (snapshot, known) = writer.withLock { (self.snapshot(), $0.known) }
        let copy = DatabaseCopy(
            source: directory, snapshot: snapshot.permanent.sealed(), known: known,
            threadCount: configuration.processorCount, fileSystem: directory.fileSystem,
            target: target)
        _ = try copy.write()
    }
}
