import Demetra

/// Where chat completions are asked for: the parts of a URL, and nothing that could be read in two ways.
struct ChatEndpoint: Sendable, Hashable {
    let isEncrypted: Bool
    /// A name or an address, lower case, without brackets.
    let host: String
    let port: Int
    /// With the query; begins with `/`.
    let path: String

    /// Longer URLs are refused.
    private static let longestBytes = 2_048

    /// Reads `http://host:port/path` or `https://...`.
    ///
    /// - Throws: 22023 saying what does not fit. User names, fragments and escapes in a host are refused: they are there to
    ///   make one host look like another. The text is not shown, as it may hold a secret.
    init(_ text: String) throws(DemetraError) {
        guard text.utf8.count <= Self.longestBytes, text.utf8.allSatisfy(Self.isPlain) else {
            throw Self.invalid("it holds characters that a URL has not, or is too long")
        }
        let lowercase = text.lowercased()
        guard let scheme = ["http://", "https://"].first(where: { lowercase.hasPrefix($0) }) else {
            throw Self.invalid("it does not begin with http:// or https://")
        }
        isEncrypted = scheme == "https://"
        let rest = text.dropFirst(scheme.count)
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end].lowercased()
        guard !authority.contains("@") else {
            throw Self.invalid("it holds a user name or password")
        }
        (host, port) = try Self.parts(authority, standard: isEncrypted ? 443 : 80)
        let path = String(rest[end...])
        self.path = path.hasPrefix("/") ? path : "/" + path
    }

    /// `host` or `host:port`; an address of version 6 stands in brackets.
    private static func parts(
        _ authority: String, standard: Int
    ) throws(DemetraError) -> (host: String, port: Int) {
        let host: Substring
        let rest: Substring
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            host = authority[authority.index(after: authority.startIndex)..<end]
            rest = authority[authority.index(after: end)...]
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." })
            else { throw invalid("its address is none of IP version 6") }
        } else {
            let end = authority.firstIndex(of: ":") ?? authority.endIndex
            host = authority[..<end]
            rest = authority[end...]
            guard !host.isEmpty,
                host.allSatisfy({
                    $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-")
                })
            else { throw invalid("its host has no name that can be asked for") }
        }
        guard !rest.isEmpty else { return (String(host), standard) }
        guard rest.hasPrefix(":"), rest.count <= 6, rest.dropFirst().allSatisfy(\.isNumber),
            let port = Int(rest.dropFirst()), (1...65_535).contains(port)
        else { throw invalid("its port is no number from 1 to 65535") }
        return (String(host), port)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7F && !"\"<>\\^`{|}#".utf8.contains(byte)
    }

    private static func invalid(_ why: String) -> DemetraError {
        DemetraError(
            .invalidParameterValue, "the URL of a language model cannot be used: \(why)",
            hint: "Write http://127.0.0.1:8080/v1/chat/completions.")
    }

    /// Whether the host is this machine, by the usual spellings alone.
    var isLoopback: Bool { host == "localhost" || Self.isLoopback(address: host) }

    /// Whether an address is one of this machine: 127.0.0.0/8 in four plain numbers, or ::1.
    static func isLoopback(address: String) -> Bool {
        if address == "::1" { return true }
        let parts = address.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127"
            && parts.allSatisfy { part in
                guard part.allSatisfy({ $0.isASCII && $0.isNumber }), let number = Int(part) else {
                    return false
                }
                return number < 256 && "\(number)" == part
            }
    }

    /// Whether the host is an address rather than a name.
    var isAddress: Bool {
        host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." }
    }

    /// As it stands in the header `Host`.
    var hostHeader: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isEncrypted ? 443 : 80) ? name : "\(name):\(port)"
    }
}
