package import Demetra

/// What a session does with the messages of its client: a pure value, tested without sockets.
///
///     starting --startup--> authenticating --proof--> ready --error in the extended protocol--> skipping --Sync--> ready
///         |                        |                    |
///         '------- closed <--------'--------------------'
///
/// Whoever is trusted goes from starting to ready.
package struct WireStateMachine: Sendable {
    /// What the server has to do.
    package enum Action: Sendable, Equatable {
        /// Nothing.
        case ignore
        /// Answer a request for encryption by one byte: no.
        case refuseEncryption
        /// Answer a request for TLS by one byte, and begin it if the server has a certificate.
        case offerEncryption
        /// Look at the next step of a log-in.
        case authenticate([UInt8])
        /// Open the session.
        case start(minor: Int, parameters: [String: String])
        /// Stop the statement of another session, then close without an answer.
        case cancel(processID: Int32, secret: Int32)
        /// Run statements of the simple protocol; ReadyForQuery follows.
        case run(String)
        /// Do one step of the extended protocol; `failed` is called when that is an error.
        case step(FrontendMessage)
        /// Send the answers so far.
        case flush
        /// Pass on the messages of other sessions.
        case notify
        /// End the implicit transaction; ReadyForQuery follows.
        case sync
        /// Answer with an error; `ready` says that ReadyForQuery follows.
        case fail(DemetraError, ready: Bool)
        /// Answer with an error and close.
        case failAndClose(DemetraError)
        /// Close the connection.
        case close
    }

    private enum State: Sendable, Equatable {
        case starting
        /// The client has said who it is, and has to prove it.
        case authenticating
        case ready
        /// After an error of the extended protocol: everything up to Sync is dropped.
        case skipping
        case closed
    }

    private var state = State.starting

    /// A session whose client has not said anything.
    package init() {}

    /// Takes a message in.
    package mutating func receive(_ message: FrontendMessage) -> Action {
        switch state {
        case .closed: return .ignore
        case .starting: return start(message)
        case .authenticating: return authenticate(message)
        case .skipping: return skip(message)
        case .ready: return answer(message)
        }
    }

    /// A step of the extended protocol was an error: what follows is dropped up to Sync.
    package mutating func failed() { if state == .ready { state = .skipping } }

    /// The client has to prove who it is.
    package mutating func requireAuthentication() { if state == .ready { state = .authenticating } }

    /// The client has proven who it is.
    package mutating func authenticated() { if state == .authenticating { state = .ready } }

    /// Nothing that the client sends counts any more.
    @discardableResult
    package mutating func close() -> Action {
        state = .closed
        return .close
    }

    private mutating func authenticate(_ message: FrontendMessage) -> Action {
        switch message {
        case .authentication(let body): return .authenticate(body)
        case .terminate: return close()
        case .broken(let reason): return broken(reason)
        default: return broken("expected SASL response")
        }
    }

    private mutating func start(_ message: FrontendMessage) -> Action {
        switch message {
        case .gssRequest: return .refuseEncryption
        case .sslRequest: return .offerEncryption
        case .cancelRequest(let processID, let secret):
            state = .closed
            return .cancel(processID: processID, secret: secret)
        case .startup(let minor, let parameters):
            state = .ready
            return .start(minor: minor, parameters: parameters)
        default: return close()
        }
    }

    private mutating func skip(_ message: FrontendMessage) -> Action {
        switch message {
        case .sync:
            state = .ready
            return .sync
        case .terminate: return close()
        case .malformed(UInt8(ascii: "S"), let error):
            state = .ready
            return .fail(error, ready: true)
        case .unexpected(let type): return unexpected(type)
        case .authentication: return unexpected(UInt8(ascii: "p"))
        case .broken(let reason): return broken(reason)
        default: return .ignore
        }
    }

    private mutating func answer(_ message: FrontendMessage) -> Action {
        switch message {
        case .query(let text): return .run(text)
        case .parse, .bind, .describe, .execute, .closeTarget: return .step(message)
        case .flush: return .flush
        case .sync: return .sync
        case .terminate: return close()
        // COPY messages outside of COPY are left over from a COPY that failed.
        case .copyData, .copyDone, .copyFail: return .ignore
        case .functionCall:
            return .fail(
                DemetraError(
                    .featureNotSupported, "the function call message is not supported",
                    hint: "Call the function in a SELECT."), ready: true)
        case .malformed(let type, let error):
            let isLast = type == UInt8(ascii: "Q") || type == UInt8(ascii: "S")
            if !isLast { state = .skipping }
            return .fail(error, ready: isLast)
        case .unexpected(let type): return unexpected(type)
        case .authentication: return unexpected(UInt8(ascii: "p"))
        case .broken(let reason): return broken(reason)
        case .news: return .notify
        case .sslRequest, .gssRequest, .startup, .cancelRequest: return unexpected(0)
        }
    }

    private mutating func unexpected(_ type: UInt8) -> Action {
        broken("invalid frontend message type \(type)")
    }

    private mutating func broken(_ reason: String) -> Action {
        state = .closed
        return .failAndClose(DemetraError(.protocolViolation, reason))
    }
}
