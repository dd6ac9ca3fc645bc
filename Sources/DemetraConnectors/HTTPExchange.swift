import Demetra
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// One POST and its answer, on a connection of its own.
///
/// A thread that is not an event loop waits for it, looking every few milliseconds whether it still should. Redirects
/// are answers like others; nothing is repeated.
final class HTTPExchange: Sendable {
    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
    }

    enum Outcome: Sendable {
        case answered(Answer)
        /// Why there is no answer, in words that show neither data nor secrets.
        case failed(String)
    }

    private struct State {
        var outcome: Outcome?
        var channel: (any Channel)?
        /// Nobody waits any more.
        var isOver = false
    }

    /// How often the waiting thread looks at the flag.
    private static let lookMilliseconds = 20

    private let endpoint: ChatEndpoint
    private let head: HTTPRequestHead
    private let body: [UInt8]
    private let answerLimitBytes: Int
    // Guarded by itself.
    private let state = Monitor(State())

    init(_ endpoint: ChatEndpoint, key: String?, body: [UInt8], answerLimitBytes: Int) {
        self.endpoint = endpoint
        self.body = body
        self.answerLimitBytes = answerLimitBytes
        var headers = HTTPHeaders([
            ("Host", endpoint.hostHeader), ("User-Agent", "demetra"),
            ("Content-Type", "application/json"), ("Content-Length", "\(body.count)"),
            ("Accept", "application/json"), ("Accept-Encoding", "identity"),
            ("Connection", "close"),
        ])
        if let key { headers.add(name: "Authorization", value: "Bearer " + key) }
        head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: endpoint.path, headers: headers)
    }

    /// Sends the request and waits.
    ///
    /// - Parameter timeoutMilliseconds: for all of it: the name, the connection, TLS, the answer to its end.
    /// - Throws: 57014 when cancelled, 08006 saying why there is no answer.
    func answer(
        timeoutMilliseconds: Int, cancellation: CancellationFlag
    ) throws(DemetraError) -> Answer {
        let deadline = NIODeadline.now() + .milliseconds(Int64(timeoutMilliseconds))
        defer { end() }
        try connect(timeoutMilliseconds)
        while true {
            try cancellation.check()
            let outcome = state.wait(milliseconds: Self.lookMilliseconds) { $0.outcome }
            switch outcome {
            case .answered(let answer): return answer
            case .failed(let why): throw Self.failure(why)
            case nil: break
            }
            guard NIODeadline.now() < deadline else {
                throw Self.failure("there was no whole answer within \(timeoutMilliseconds) ms")
            }
        }
    }

    private static func failure(_ why: String) -> DemetraError {
        DemetraError(.connectionFailure, "the endpoint was asked in vain: \(why)")
    }

    private func connect(_ timeoutMilliseconds: Int) throws(DemetraError) {
        let encryption = try encryption()
        let (endpoint, head, body, limit) = (endpoint, head, body, answerLimitBytes)
        ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.milliseconds(Int64(timeoutMilliseconds)))
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let encryption {
                        try pipeline.addHandler(
                            NIOSSLClientHandler(
                                context: encryption,
                                serverHostname: endpoint.isAddress ? nil : endpoint.host))
                    }
                    try pipeline.addHandler(ByteLimit(limit))
                    try pipeline.addHTTPClientHandlers()
                    try pipeline.addHandler(
                        AnswerReader(
                            head, body: body, isLoopback: endpoint.isLoopback,
                            finish: self.finish))
                }
            }
            .connect(host: endpoint.host, port: endpoint.port)
            .whenComplete { result in
                switch result {
                case .success(let channel): self.opened(channel)
                case .failure: self.finish(.failed("it does not take connections"))
                }
            }
    }

    private func encryption() throws(DemetraError) -> NIOSSLContext? {
        guard endpoint.isEncrypted else { return nil }
        do {
            return try NIOSSLContext(configuration: .makeClientConfiguration())
        } catch {
            throw Self.failure("this machine has no usable TLS")
        }
    }

    private func opened(_ channel: any Channel) {
        let isOver = state.withLock { state in
            state.channel = channel
            return state.isOver
        }
        if isOver { channel.close(promise: nil) }
    }

    /// The first outcome counts.
    private func finish(_ outcome: Outcome) {
        state.withLock(notify: true) { if $0.outcome == nil { $0.outcome = outcome } }
    }

    private func end() {
        let channel = state.withLock { state in
            state.isOver = true
            return state.channel
        }
        channel?.close(promise: nil)
    }
}
