import NIOCore
import NIOPosix

/// The event loops of clients, taken in turn: as many as there are cores, since what lasts is done elsewhere.
final class ClientLoops: Sendable {
    private static let loopCounts = 2...16

    /// The loops: made at the start, since a server that is short of threads or descriptors must find out before it
    /// has clients.
    let group: MultiThreadedEventLoopGroup
    private let loops: [ObjectIdentifier: ClientLoop]

    init() {
        let count = min(
            max(System.coreCount, Self.loopCounts.lowerBound), Self.loopCounts.upperBound)
        group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        loops = Dictionary(
            uniqueKeysWithValues: group.makeIterator().map {
                (ObjectIdentifier($0), ClientLoop($0))
            })
    }

    /// One of the loops; one of its own for a loop that is none of them.
    subscript(loop: any EventLoop) -> ClientLoop {
        loops[ObjectIdentifier(loop)] ?? ClientLoop(loop)
    }

    /// A client has come.
    func add(_ channel: any Channel) {
        let loop = self[channel.eventLoop]
        loop.addClients(1)
        channel.closeFuture.whenComplete { _ in loop.addClients(-1) }
    }
}
