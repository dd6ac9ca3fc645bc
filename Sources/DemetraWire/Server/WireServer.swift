public import Demetra
import Glibc
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
    ///
    /// - Parameter roles: nil when they are not known, which is no reason to refuse.
    private static func check(
        _ configuration: WireConfiguration, _ roles: LoginRoles?
    ) throws(DemetraError) {
        let hasPasswords = roles?.hasPasswords ?? true
        if configuration.requiresPasswords, !hasPasswords {
            throw DemetraError(
                .objectNotInPrerequisiteState,
                "passwords are required, and there is no user with a password",
                hint: firstUser)
        }
        guard !ClientAddress.isLoopback(configuration.host) else { return }
        var missing: [String] = []
        var hints: [String] = []
        if !hasPasswords {
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

    /// Says what would keep a server from starting, and does not start it.
    ///
    /// - Parameters:
    ///   - database: whose users count; nil for one without any.
    ///   - knowsUsers: false when they cannot be looked at.
    /// - Throws: as `start`; 58030 for a certificate or a directory that is no good.
    public static func validate(
        _ configuration: WireConfiguration, database: Database?, knowsUsers: Bool
    ) throws(DemetraError) {
        try check(configuration, knowsUsers ? database?.loginRoles ?? LoginRoles([]) : nil)
        if let files = configuration.certificate {
            _ = try ServerCertificate(
                certificatePath: files.certificate, keyPath: files.key)
        }
        if let directory = configuration.socketDirectory, access(directory, W_OK | X_OK) != 0 {
            throw DemetraError(
                .ioError, "a socket cannot be made in the directory \"\(directory)\"",
                hint: "Does the directory exist, and may the server write to it?")
        }
    }

    /// Takes over what may change while the server runs, for clients that come from now on: whether passwords are
    /// required, how many clients there may be, how long a log-in may take. Certificate and key are read again.
    ///
    /// - Throws: 55000 when passwords are required and nobody has one, 58030 naming the file that does not fit; all
    ///   stays as it was then.
    public func apply(_ configuration: WireConfiguration) throws(DemetraError) {
        var present = configuration
        // Where it listens, and what certificate it has, does not change.
        present.host = "127.0.0.1"
        try Self.check(present, server.database.loginRoles)
        try server.certificate?.reload()
        server.apply(configuration)
    }

    /// Waits until the server is stopped.
    public func run() async throws { try await channel.closeFuture.get() }

    /// Stops listening and ends all sessions: what runs is stopped, and each client is told.
    ///
    /// - Parameter patienceSeconds: how long to wait for statements that stop late.
    /// - Returns: how many had not stopped by then.
    @discardableResult
    public func stop(patienceSeconds: Int = 10) async throws -> Int {
        try await channel.close()
        for socket in sockets { await socket.close() }
        server.registry.shutDown()
        let end = server.seconds + Int64(patienceSeconds)
        while server.registry.count > 0, server.seconds < end {
            try await Task.sleep(for: .milliseconds(10))
        }
        let late = server.registry.count
        try await server.loops.group.shutdownGracefully()
        try await group.shutdownGracefully()
        return late
    }
}
