import Demetra
import NIOCore
import Synchronization

/// What all clients of a server share.
final class ServerContext: Sendable {
    let database: Database
    let names: DatabaseNames
    let registry = SessionRegistry()
    let loops = ClientLoops()
    let throttle = LoginThrottle()
    let counts: ConnectionCounts
    /// Nil when the server does not speak TLS.
    let certificate: ServerCertificate?
    private let onLogin: WireConfiguration.LoginHandler?
    /// Who may log in, and how long that may take.
    private let access: Mutex<(policy: AccessPolicy, timeout: TimeAmount)>

    init(_ database: Database, _ configuration: WireConfiguration) throws(DemetraError) {
        self.database = database
        names = DatabaseNames(database)
        onLogin = configuration.onLogin
        access = Mutex(Self.access(configuration))
        counts = ConnectionCounts(
            most: configuration.maximumConnections,
            mostForAddress: configuration.maximumConnectionsPerAddress)
        if let files = configuration.certificate {
            certificate = try ServerCertificate(
                certificatePath: files.certificate, keyPath: files.key)
        } else {
            certificate = nil
        }
    }

    private static func access(
        _ configuration: WireConfiguration
    ) -> (policy: AccessPolicy, timeout: TimeAmount) {
        (
            AccessPolicy(requiresPasswords: configuration.requiresPasswords),
            .seconds(configuration.loginSeconds)
        )
    }

    /// Takes over what may change while the server runs, for clients that come from now on.
    func apply(_ configuration: WireConfiguration) {
        access.withLock { $0 = Self.access(configuration) }
        counts.limit(
            most: configuration.maximumConnections,
            mostForAddress: configuration.maximumConnectionsPerAddress)
    }

    /// Who may log in.
    var policy: AccessPolicy { access.withLock { $0.policy } }

    /// How long a client has to log in.
    var loginTimeout: TimeAmount { access.withLock { $0.timeout } }

    /// A client has logged in, or was refused for a reason.
    func noteLogin(_ request: ClientLogin.Request, from address: String, _ error: DemetraError?) {
        database.noteLogin(
            of: request.user, from: address, application: request.application, error)
        onLogin?(request.user, address, error)
    }

    /// Seconds of a clock that only goes forward.
    var seconds: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000_000) }
}
