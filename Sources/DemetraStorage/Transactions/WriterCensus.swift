/// How many threads have committed a moment ago: tells a leader whether it pays to wait for others.
///
/// A disk that syncs in a fifth of a millisecond would give nearly each of many writers a sync of its own, which
/// costs all of them processor time. A leader that knows of many writers waits for a third of them; the others go on
/// meanwhile, so nothing stands still. PostgreSQL's `commit_delay` and `commit_siblings` do the same by hand.
///
///     last 50 ms    64 writers    21 come within 17 ms if each commits as often again: worth waiting
///     last 50 ms     6 writers    each syncs as soon as it can
package struct WriterCensus: Sendable {
    /// Fewer writers never wait for each other.
    private static let fewWriters = 16
    /// The part of the writers that a leader waits for.
    private static let share = 3
    /// As long as a leader waits at the most.
    static let longestWaitMilliseconds = 20
    private static let windowNanoseconds: Int64 = 50_000_000

    private var start: Int64 = 0
    private var current: Set<UInt> = []
    /// Writers of the window before.
    private var last = 0

    /// A census that has seen nobody.
    package init() {}

    /// A commit comes in.
    ///
    /// - Parameter writer: what tells its thread from others.
    package mutating func note(_ writer: UInt, at nanoseconds: Int64) {
        let age = nanoseconds - start
        if age >= Self.windowNanoseconds {
            last = age < 2 * Self.windowNanoseconds ? current.count : 0
            current = []
            start = nanoseconds
        }
        current.insert(writer)
    }

    /// So many commits are worth waiting for; nil where a leader should not wait.
    package var company: Int? { last >= Self.fewWriters ? last / Self.share : nil }
}
