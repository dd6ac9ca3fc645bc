import NIOCore
import NIOPosix
import Synchronization

/// The event loops of clients, taken in turn. A client that has one to itself may let it wait for the disk without
/// anyone else waiting.
final class ClientLoops: Sendable {
    private static let loopCount = 16

    /// The loops: made at the start, since a server that is short of threads or descriptors must find out before it
    /// has clients.
    let group = MultiThreadedEventLoopGroup(numberOfThreads: loopCount)
    /// How many clients each loop has.
    private let clients = Mutex<[ObjectIdentifier: Int]>([:])

    /// A client has come.
    func add(_ channel: any Channel) {
        let loop = ObjectIdentifier(channel.eventLoop)
        clients.withLock { $0[loop, default: 0] += 1 }
        channel.closeFuture.whenComplete { [self] _ in
            clients.withLock { $0[loop, default: 1] -= 1 }
        }
    }

    /// Whether a loop has one client now.
    func isExclusive(_ loop: any EventLoop) -> Bool {
        clients.withLock { $0[ObjectIdentifier(loop)] == 1 }
    }
}
