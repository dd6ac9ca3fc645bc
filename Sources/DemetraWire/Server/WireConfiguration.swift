public import Demetra

/// How a server listens, and whom it lets in.
public struct WireConfiguration: Sendable {
    /// The host whose address it listens on.
    public var host: String
    /// The port; 0 takes a free one.
    public var port: Int
    /// A directory in which it listens too, on the socket `.s.PGSQL.PORT`; nil for none.
    public var socketDirectory: String?
    /// It listens in the database's directory, too, for the shell: see `DatabaseSocket`.
    public var hasDatabaseSocket = false
    /// Passwords are asked for on loopback too.
    public var requiresPasswords = false
    /// PEM files of a certificate and its key; nil for no TLS.
    public var certificate: (certificate: String, key: String)?
    /// Clients that it takes at once.
    public var maximumConnections = 1_000
    /// Clients that it takes at once from one address.
    public var maximumConnectionsPerAddress = 1_000
    /// How long a client has to log in.
    public var loginSeconds: Int64 = 60

    /// Is told of each log-in: user, address, and why it was refused, if it was.
    public typealias LoginHandler =
        @Sendable (_ user: String, _ address: String, _ error: DemetraError?) -> Void
    /// Whom to tell of log-ins; it must not wait.
    public var onLogin: LoginHandler?

    /// A server on an address, with the defaults.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}
