public import Demetra

// Immutable after init.

/// A language model behind an endpoint that speaks the chat completions of OpenAI, as local servers do too.
///
/// Only this machine is asked unless the operator, who starts the program, allows other hosts: neither they nor the key
/// can be set or seen by SQL.
public final class ChatCompletions: LanguageModel, CustomReflectable {
    /// What an answer may have in bytes, headers and all.
    static let answerLimitBytes = 256 << 10

    private let key: String?
    private let allowedHosts: Set<String>

    /// A way to endpoints.
    ///
    /// - Parameters:
    ///   - key: sent as a bearer token, to this machine and over TLS alone; nil or empty for none.
    ///   - allowedHosts: what may be asked besides this machine: `api.example.com`, `10.0.0.5:8080`, `[fd00::5]`.
    public init(key: String? = nil, allowedHosts: [String] = []) {
        // What is no character of a header does not get into one.
        let plain = key?.filter { $0.isASCII && !$0.isWhitespace && $0 > " " && $0 < "\u{7f}" }
        self.key = plain.flatMap { $0.isEmpty ? nil : $0 }
        self.allowedHosts = Set(allowedHosts.map { $0.lowercased() })
    }

    /// As `DEMETRA_LLM_KEY` and `DEMETRA_LLM_HOSTS`, a list with commas, say.
    public convenience init(environment: [String: String]) {
        let hosts = environment["DEMETRA_LLM_HOSTS"] ?? ""
        self.init(
            key: environment["DEMETRA_LLM_KEY"],
            allowedHosts: hosts.split { $0 == "," || $0.isWhitespace }.map(String.init))
    }

    /// Nothing: the key is shown nowhere.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// Whether an endpoint may be asked.
    ///
    /// - Throws: 22023 for what is no plain URL, 42501 for hosts that are not allowed.
    public func check(endpoint: String) throws(DemetraError) {
        try allow(try ChatEndpoint(endpoint))
    }

    /// Asks once.
    ///
    /// - Throws: 57014 when cancelled, 42501 and 22023 as `check`, 08006 saying why there is no answer.
    public func answer(
        _ request: LanguageModelRequest, cancellation: CancellationFlag
    ) throws(DemetraError) -> String {
        try cancellation.check()
        // What was allowed when it was set need not be so any more.
        let endpoint = try ChatEndpoint(request.endpoint)
        try allow(endpoint)
        let exchange = HTTPExchange(
            endpoint, key: key, body: ChatMessages.body(request),
            answerLimitBytes: Self.answerLimitBytes)
        let answer = try exchange.answer(
            timeoutMilliseconds: request.timeoutMilliseconds, cancellation: cancellation)
        switch answer.status {
        case 200..<300: return try ChatMessages.content(answer.body)
        case 300..<400:
            throw DemetraError(
                .connectionFailure,
                "the endpoint answered with a redirect (\(answer.status)), which is not followed")
        default:
            throw DemetraError(
                .connectionFailure, "the endpoint answered with status \(answer.status)")
        }
    }

    /// - Throws: 42501 for hosts that are not allowed, and for a key that would be sent in the clear.
    private func allow(_ endpoint: ChatEndpoint) throws(DemetraError) {
        guard !endpoint.isLoopback else { return }
        let host = endpoint.host.contains(":") ? "[\(endpoint.host)]" : endpoint.host
        guard allowedHosts.contains(host) || allowedHosts.contains("\(host):\(endpoint.port)")
        else {
            throw DemetraError(
                .insufficientPrivilege, "permission denied to ask \"\(host)\"",
                detail: "Language models are asked on this machine alone.",
                hint: "Who starts the program allows other hosts by the environment variable "
                    + "DEMETRA_LLM_HOSTS, a list with commas.")
        }
        guard endpoint.isEncrypted || key == nil else {
            throw DemetraError(
                .insufficientPrivilege,
                "permission denied to send the key to \"\(host)\" without encryption",
                hint: "Ask it by https://.")
        }
    }
}
