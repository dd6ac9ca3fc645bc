import Demetra
import NIOCore

/// What all clients of a server share.
final class ServerContext: Sendable {
    let database: Database
    let names: DatabaseNames
    let registry = SessionRegistry()
    let loops = ClientLoops()
    let policy: AccessPolicy
    let throttle = LoginThrottle()
    let counts: ConnectionCounts
    /// Nil when the server does not speak TLS.
    let certificate: ServerCertificate?
    /// How long a client has to log in.
    let loginTimeout: TimeAmount

    init(_ database: Database, _ configuration: WireConfiguration) throws(DemetraError) {
        self.database = database
        names = DatabaseNames(database)
        policy = AccessPolicy(requiresPasswords: configuration.requiresPasswords)
        counts = ConnectionCounts(
            most: configuration.maximumConnections,
            mostForAddress: configuration.maximumConnectionsPerAddress)
        loginTimeout = .seconds(configuration.loginSeconds)
        if let files = configuration.certificate {
            certificate = try ServerCertificate(
                certificatePath: files.certificate, keyPath: files.key)
        } else {
            certificate = nil
        }
    }

    /// Seconds of a clock that only goes forward.
    var seconds: Int64 { Int64(NIODeadline.now().uptimeNanoseconds / 1_000_000_000) }
}
