import NIOCore
import Synchronization

/// An event loop of clients: how many it has, and which of them have answers that wait to be sent.
final class ClientLoop: Sendable {
    private let loop: any EventLoop
    /// Each message asks for it, on all loops at once: they must not wait for each other.
    private let clientCount = Atomic(0)
    private let unsent: NIOLoopBoundBox<[any Channel]>

    init(_ loop: any EventLoop) {
        self.loop = loop
        unsent = .makeBoxSendingValue([], eventLoop: loop)
    }

    /// Whether it has one client now, which may let it wait for the disk without anyone else waiting.
    var isExclusive: Bool { clientCount.load(ordering: .relaxed) == 1 }

    func addClients(_ count: Int) { clientCount.add(count, ordering: .relaxed) }

    /// Sends what was written to a channel of the loop as soon as the loop has answered all who have asked by now: a
    /// program with several connections is then woken up once and not for each of its answers.
    func flushSoon(_ channel: any Channel) {
        unsent.value.append(channel)
        guard unsent.value.count == 1 else { return }
        loop.execute { [unsent] in
            let channels = unsent.value
            unsent.value.removeAll(keepingCapacity: true)
            for channel in channels { channel.flush() }
        }
    }
}
