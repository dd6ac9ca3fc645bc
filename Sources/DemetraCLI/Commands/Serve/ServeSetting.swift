/// Something that `serve` can be told: `--tls-cert` on the command line, `tls_cert` in a file.
enum ServeSetting: String, CaseIterable {
    case database, pg, socket
    case requireAuth = "require_auth"
    case tlsCert = "tls_cert"
    case tlsKey = "tls_key"
    case maxConnections = "max_connections"
    case maxConnectionsPerAddress = "max_connections_per_address"
    case loginTimeout = "login_timeout"
    case memoryLimit = "memory_limit"
    case threads
    case logFormat = "log_format"
    case logLevel = "log_level"

    /// The setting of a name, which may be written as the option is.
    init?(name: some StringProtocol) {
        self.init(rawValue: name.lowercased().replacing("-", with: "_"))
    }

    /// How it is written on the command line.
    var option: String { "--" + rawValue.replacing("_", with: "-") }

    /// What it is when nobody says; nil for nothing.
    var standard: String? {
        switch self {
        case .database, .socket, .tlsCert, .tlsKey, .maxConnectionsPerAddress, .threads: nil
        case .pg: "127.0.0.1:5433"
        case .requireAuth: "off"
        case .maxConnections: "1000"
        case .loginTimeout: "60"
        case .memoryLimit: "4GB"
        case .logFormat: LogFormat.text.rawValue
        case .logLevel: LogLevel.info.rawValue
        }
    }

    /// What it takes, as hints say it.
    var allowed: String {
        switch self {
        case .database, .socket: "a directory"
        case .pg: "HOST:PORT, with a port from 0 to 65535"
        case .requireAuth: "on or off"
        case .tlsCert, .tlsKey: "a PEM file"
        case .maxConnections, .maxConnectionsPerAddress: "a number from 1 to 100000"
        case .loginTimeout: "seconds, from 1 to 3600"
        case .memoryLimit: "a size such as 256MB or 4GB"
        case .threads: "a number from 1 to 1024"
        case .logFormat: Self.list(LogFormat.allCases.map(\.rawValue))
        case .logLevel: Self.list(LogLevel.allCases.map(\.rawValue))
        }
    }

    /// The numbers that it takes; nil when it takes none.
    var range: ClosedRange<Int>? {
        switch self {
        case .maxConnections, .maxConnectionsPerAddress: 1...100_000
        case .loginTimeout: 1...3_600
        case .threads: 1...1_024
        default: nil
        }
    }

    /// A path: in a file, from the file's own folder on.
    var isPath: Bool { [.database, .socket, .tlsCert, .tlsKey].contains(self) }

    /// SIGHUP changes it while the server runs; others need a restart.
    var isLive: Bool {
        switch self {
        case .requireAuth, .maxConnections, .maxConnectionsPerAddress, .loginTimeout, .memoryLimit,
            .logFormat, .logLevel:
            true
        case .database, .pg, .socket, .tlsCert, .tlsKey, .threads: false
        }
    }

    private static func list(_ words: [String]) -> String {
        words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
    }
}

/// What is wrong with a setting.
struct SettingProblem: Error, Hashable {
    /// Where it stands, and what is wrong.
    let message: String
    let hint: String?
    /// It stands on the command line.
    let isOption: Bool
}
