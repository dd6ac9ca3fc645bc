import Synchronization

/// How far a statement is, for those who watch it: rows of tables that it has read of those that it has to, and rows
/// that it has given.
package final class ReadProgress: Sendable {
    private let toRead = Atomic(0)
    private let read = Atomic(0)
    private let returned = Atomic(0)
    /// Rows that were expected before the scans began, and those of them that need not be read.
    private let expected = Atomic(0)
    private let pruned = Atomic(0)

    /// Nothing is read yet.
    package init() {}

    /// The rows of all tables that a plan is going to scan, before it is known what can be left out.
    func expect(_ rowCount: Int) { expected.store(rowCount, ordering: .relaxed) }

    /// A scan begins that reads so many rows of a table and leaves the others out.
    func begin(rowCount: Int, pruned rowsLeftOut: Int) {
        toRead.add(rowCount, ordering: .relaxed)
        pruned.add(rowsLeftOut, ordering: .relaxed)
    }

    /// Rows were read.
    func addRead(_ rowCount: Int) { read.add(rowCount, ordering: .relaxed) }

    /// Rows were given to the client.
    func addReturned(_ rowCount: Int) { returned.add(rowCount, ordering: .relaxed) }

    /// Rows of tables that were read so far.
    package var rowsRead: Int { read.load(ordering: .relaxed) }

    /// Rows of tables that are to be read, as far as that is known.
    package var rowsToRead: Int {
        max(
            toRead.load(ordering: .relaxed),
            expected.load(ordering: .relaxed) - pruned.load(ordering: .relaxed))
    }

    /// Rows that were given to the client.
    package var rowsReturned: Int { returned.load(ordering: .relaxed) }
}
