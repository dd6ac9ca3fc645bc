package import DemetraTypes
import Synchronization

/// Threads that share independent pieces of work: how a function uses more than its caller's thread.
package protocol Workers: Sendable {
    /// Calls `body` once for each index below `count`, in any order, and returns when all have ended.
    ///
    /// Results must not depend on the order or on the thread: each piece writes what only it reads.
    func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void)
}

/// Does everything on the caller's thread.
package struct CallerWorkers: Workers {
    /// Makes it.
    package init() {}

    /// Calls `body` for each index in order.
    package func forEach(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
        for index in 0..<count { body(index) }
    }
}

/// Notes that functions make while they run, for the client.
package final class NoticeBoard: Sendable {
    // Guarded by itself.
    private let notices = Mutex<[Notice]>([])

    /// An empty board.
    package init() {}

    /// Adds a notice unless the same one is there.
    package func post(_ notice: Notice) {
        notices.withLock { if !$0.contains(notice) { $0.append(notice) } }
    }

    /// Whether there is nothing to tell.
    package var isEmpty: Bool { notices.withLock { $0.isEmpty } }

    /// Takes all notices off.
    package func take() -> [Notice] {
        notices.withLock { taken in
            defer { taken = [] }
            return taken
        }
    }
}
