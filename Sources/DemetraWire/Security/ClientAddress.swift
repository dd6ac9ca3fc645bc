package import NIOCore

/// Where a client is.
package enum ClientAddress: Sendable, Hashable {
    /// A socket in the file system.
    case socket
    /// Another program of the same machine, by TCP.
    case loopback(String)
    case remote(String)

    /// The address of a connection, with that of the server's end.
    package init(_ address: SocketAddress?, server: SocketAddress?) {
        if case .unixDomainSocket = server {
            self = .socket
            return
        }
        switch address {
        case .unixDomainSocket: self = .socket
        case .v4, .v6:
            let text = address?.ipAddress ?? "?"
            self = Self.isLoopback(text) ? .loopback(text) : .remote(text)
        case nil: self = .remote("?")
        }
    }

    /// Whether a host names this machine alone.
    package static func isLoopback(_ host: String) -> Bool {
        let plain = host.hasPrefix("::ffff:") ? String(host.dropFirst(7)) : host
        return plain == "localhost" || plain == "::1"
            || (plain.hasPrefix("127.") && plain.split(separator: ".").count == 4)
    }

    /// As it is shown.
    package var text: String {
        switch self {
        case .socket: "local"
        case .loopback(let text), .remote(let text): text
        }
    }

    /// A program of this machine.
    package var isLocal: Bool { if case .remote = self { false } else { true } }
}
