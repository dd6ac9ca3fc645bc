package import Demetra

/// What a session does with the messages of its client: a pure value, tested without sockets.
///
///     starting --startup--> idle --Query--> busy --statement ended--> idle
///                            |                |--copyIn: CopyData, CopyDone, CopyFail--|
///                            |--extended message--> skipping --Sync--> idle
///
/// Messages that arrive while a statement runs wait in order, so answers never overtake each other.
package struct WireStateMachine: Sendable {
    /// What the server has to do.
    package enum Action: Sendable, Equatable {
        /// Answer a request for encryption by one byte.
        case refuseEncryption
        /// Open the session.
        case start(minor: Int, parameters: [String: String])
        /// Stop the statement of another session, then close without an answer.
        case cancel(processID: Int32, secret: Int32)
        /// Run statements; `ended` is called afterwards.
        case run(String)
        /// Hand bytes to the running COPY.
        case copyData([UInt8])
        /// The running COPY has all bytes.
        case copyDone
        /// The client gives the running COPY up.
        case copyFail(String)
        /// Answer with an error; `ready` says that ReadyForQuery follows.
        case fail(DemetraError, ready: Bool)
        /// Answer that the server is ready.
        case ready
        /// Close the connection.
        case close
    }

    private enum State: Sendable, Equatable {
        case starting
        case idle
        case busy
        case copyIn
        /// After an error of the extended protocol: everything up to Sync is dropped.
        case skipping
        case closed
    }

    private var state = State.starting
    private var waiting: [FrontendMessage] = []

    /// A session whose client has not said anything.
    package init() {}

    /// Takes a message in.
    package mutating func receive(_ message: FrontendMessage) -> [Action] {
        switch state {
        case .closed: return []
        case .starting: return start(message)
        case .idle: return idle(message)
        case .skipping:
            if message == .sync {
                state = .idle
                return [.ready]
            }
            return message == .terminate ? close() : []
        case .copyIn: return copy(message)
        case .busy:
            if message == .terminate { return close() }
            guard waiting.count < WireLimits.queuedMessages else {
                state = .closed
                return [
                    .fail(
                        DemetraError(.programLimitExceeded, "too many messages are waiting"),
                        ready: false), .close,
                ]
            }
            waiting.append(message)
            return []
        }
    }

    /// The running statement wants bytes from the client.
    package mutating func beginCopyIn() -> [Action] {
        guard state == .busy else { return [] }
        state = .copyIn
        let messages = waiting
        waiting = []
        return messages.flatMap { receive($0) }
    }

    /// The running statements have ended, and all their answers are sent.
    package mutating func ended() -> [Action] {
        guard state == .busy || state == .copyIn else { return [] }
        state = .idle
        var actions: [Action] = []
        while state != .busy, !waiting.isEmpty { actions += receive(waiting.removeFirst()) }
        return actions
    }

    private mutating func close() -> [Action] {
        state = .closed
        waiting = []
        return [.close]
    }

    private mutating func start(_ message: FrontendMessage) -> [Action] {
        switch message {
        case .sslRequest, .gssRequest: return [.refuseEncryption]
        case .cancelRequest(let processID, let secret):
            state = .closed
            return [.cancel(processID: processID, secret: secret), .close]
        case .startup(let minor, let parameters):
            state = .idle
            return [.start(minor: minor, parameters: parameters)]
        default: return close()
        }
    }

    private mutating func idle(_ message: FrontendMessage) -> [Action] {
        switch message {
        case .query(let text):
            state = .busy
            return [.run(text)]
        case .extended(let type):
            state = .skipping
            let name = String(UnicodeScalar(type))
            return [
                .fail(
                    DemetraError(
                        .featureNotSupported,
                        "the extended query protocol is not supported (message \"\(name)\")",
                        hint:
                            "Use the simple query protocol: no parameters, no prepared statements."),
                    ready: false)
            ]
        case .sync: return [.ready]
        case .terminate: return close()
        // COPY messages outside of COPY are left over from a COPY that failed.
        case .flush, .copyData, .copyDone, .copyFail: return []
        default:
            state = .closed
            return [
                .fail(DemetraError(.protocolViolation, "unexpected message"), ready: false), .close,
            ]
        }
    }

    private mutating func copy(_ message: FrontendMessage) -> [Action] {
        switch message {
        case .copyData(let bytes): return [.copyData(bytes)]
        case .copyDone:
            state = .busy
            return [.copyDone]
        case .copyFail(let reason):
            state = .busy
            return [.copyFail(reason)]
        case .flush, .sync: return []
        case .terminate:
            return [.copyFail("the client closed the connection")] + close()
        default:
            waiting.append(message)
            state = .busy
            return [.copyFail("unexpected message during COPY from stdin")]
        }
    }
}
