public import Demetra
import NIOCore
import NIOPosix

/// A server that speaks the PostgreSQL protocol version 3.0 to psql, drivers and tools.
public final class WireServer: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let server: ServerContext
    private let channel: any Channel
    private let sockets: [LocalSocket]
    /// Why the shell cannot reach the server by the database's socket; nil when it can.
    public let socketWarning: DemetraError?

    private init(
        group: MultiThreadedEventLoopGroup, server: ServerContext, channel: any Channel,
        sockets: [LocalSocket], socketWarning: DemetraError?
    ) {
        self.group = group
        self.server = server
        self.channel = channel
        self.sockets = sockets
        self.socketWarning = socketWarning
    }

    /// Listens on an address.
    ///
    /// - Throws: 58030 when the address cannot be bound, 55000 for an address that other machines reach while there are no
    ///   users with passwords, or there is no TLS.
    public static func start(
        database: Database, _ configuration: WireConfiguration
    ) async throws -> WireServer {
        try check(configuration, database.loginRoles)
        let server = try ServerContext(database, configuration)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        func stop() async {
            try? await server.loops.group.shutdownGracefully()
            try? await group.shutdownGracefully()
        }
        let (host, port) = (configuration.host, configuration.port)
        let channel: any Channel
        do {
            channel = try await bootstrap(group, server, isTCP: true)
                .bind(host: host, port: port).get()
        } catch {
            await stop()
            throw DemetraError(
                .ioError, "cannot listen on \(host):\(port): \(error)",
                hint: "Is another server running there? Choose another port.")
        }
        var sockets: [LocalSocket] = []
        if let directory = configuration.socketDirectory {
            do {
                sockets.append(
                    try await LocalSocket.listen(
                        directory, port: channel.localAddress?.port ?? port,
                        bootstrap(group, server, isTCP: false)))
            } catch {
                try? await channel.close()
                await stop()
                throw error
            }
        }
        var warning: DemetraError?
        if configuration.hasDatabaseSocket {
            do {
                sockets.append(
                    try await LocalSocket.listen(
                        database.path, port: DatabaseSocket.port,
                        bootstrap(group, server, isTCP: false)))
            } catch {
                // There are file systems without sockets; the server is of use all the same.
                warning = error as? DemetraError
            }
        }
        return WireServer(
            group: group, server: server, channel: channel, sockets: sockets,
            socketWarning: warning)
    }

    private static func bootstrap(
        _ group: MultiThreadedEventLoopGroup, _ server: ServerContext, isTCP: Bool
    ) -> ServerBootstrap {
        let bootstrap = ServerBootstrap(group: group, childGroup: server.loops.group)
            .serverChannelOption(.backlog, value: 1_024)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                server.loops.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SessionHandler(server))
                }
            }
        guard isTCP else { return bootstrap }
        return bootstrap.serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
    }

    /// No address that other machines reach without passwords and encryption.
    private static func check(
        _ configuration: WireConfiguration, _ roles: LoginRoles
    ) throws(DemetraError) {
        if configuration.requiresPasswords, !roles.hasPasswords {
            throw DemetraError(
                .objectNotInPrerequisiteState,
                "passwords are required, and there is no user with a password",
                hint: firstUser)
        }
        guard !ClientAddress.isLoopback(configuration.host) else { return }
        var missing: [String] = []
        var hints: [String] = []
        if !roles.hasPasswords {
            missing.append("there is no user with a password")
            hints.append(firstUser)
        }
        if configuration.certificate == nil {
            missing.append("there is no certificate for TLS")
            hints.append(
                "Give a certificate and its key: --tls-cert server.crt --tls-key server.key.")
        }
        guard !missing.isEmpty else { return }
        hints.append("Or listen on 127.0.0.1.")
        throw DemetraError(
            .objectNotInPrerequisiteState,
            "will not listen on \"\(configuration.host)\", which other machines reach: "
                + missing.joined(separator: ", and "),
            hint: hints.joined(separator: " "))
    }

    private static let firstUser =
        "Open the database and make one: CREATE USER ann SUPERUSER PASSWORD '...'."

    /// The port it listens on.
    public var port: Int { channel.localAddress?.port ?? 0 }

    /// Whether it speaks TLS.
    public var isEncrypted: Bool { server.certificate != nil }

    /// Reads the certificate and its key again, for connections that come from now on.
    ///
    /// - Throws: 58030 naming the file that does not fit; the old ones stay.
    public func reloadCertificate() throws(DemetraError) { try server.certificate?.reload() }

    /// Waits until the server is stopped.
    public func run() async throws { try await channel.closeFuture.get() }

    /// Stops listening and closes all sessions.
    public func stop() async throws {
        try await channel.close()
        for socket in sockets { await socket.close() }
        try await server.loops.group.shutdownGracefully()
        try await group.shutdownGracefully()
    }
}
