public import Demetra
import NIOCore
import NIOPosix

/// A server that speaks the PostgreSQL protocol version 3.0 to psql, drivers and tools.
public final class WireServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let loops: ClientLoops
    private let channel: any Channel

    private init(
        group: MultiThreadedEventLoopGroup, loops: ClientLoops, channel: any Channel
    ) {
        self.group = group
        self.loops = loops
        self.channel = channel
    }

    /// Listens on an address; port 0 takes a free one.
    ///
    /// - Throws: 58030 when the address cannot be bound.
    public static func start(
        database: Database, host: String, port: Int
    ) async throws -> WireServer {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let registry = SessionRegistry()
        let loops = ClientLoops()
        let bootstrap = ServerBootstrap(group: group, childGroup: loops.group)
            .serverChannelOption(.backlog, value: 1_024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                loops.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(
                        SessionHandler(database: database, registry: registry, loops: loops))
                }
            }
        do {
            let channel = try await bootstrap.bind(host: host, port: port).get()
            return WireServer(group: group, loops: loops, channel: channel)
        } catch {
            try? await loops.group.shutdownGracefully()
            try? await group.shutdownGracefully()
            throw DemetraError(
                .ioError, "cannot listen on \(host):\(port): \(error)",
                hint: "Is another server running there? Choose another port.")
        }
    }

    /// The port it listens on.
    public var port: Int { channel.localAddress?.port ?? 0 }

    /// Waits until the server is stopped.
    public func run() async throws { try await channel.closeFuture.get() }

    /// Stops listening and closes all sessions.
    public func stop() async throws {
        try await channel.close()
        try await loops.group.shutdownGracefully()
        try await group.shutdownGracefully()
    }
}
