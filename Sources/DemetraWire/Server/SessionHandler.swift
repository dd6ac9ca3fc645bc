import Demetra
import DemetraEngine
import NIOCore
import NIOSSL

/// One client on its event loop: cuts bytes into messages.
///
/// It lets the client log in and opens the session; from then on messages are handed to it in batches, as they arrive.
final class SessionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let server: ServerContext
    // Owned by the event loop.
    private var machine = WireStateMachine()
    private let lengthLimit = MessageLengthLimit()
    private var decoder: NIOSingleStepByteToMessageProcessor<FrontendDecoder>
    private var address = ClientAddress.remote("?")
    /// Why the client cannot stay, once it has said who it is.
    private var refusal: ConnectionCounts.Refusal?
    private var isCounted = false
    /// What the connection is encrypted with.
    private var identity: ServerCertificate.Identity?
    private var login: ClientLogin?
    /// The user whose sessions are counted.
    private var user: String?
    private var session: WireSession?
    private var entry: SessionRegistry.Entry?
    /// Ends a connection that opens no session.
    private var patience: Scheduled<Void>?

    init(_ server: ServerContext) {
        self.server = server
        decoder = NIOSingleStepByteToMessageProcessor(FrontendDecoder(lengthLimit))
    }

    // MARK: Bytes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var batch: [FrontendMessage] = []
        do {
            try decoder.process(buffer: unwrapInboundIn(data)) { message in
                if session == nil {
                    perform(machine.receive(message), context)
                } else {
                    batch.append(message)
                }
            }
            if !batch.isEmpty { session?.receive(batch) }
        } catch {
            // What came before is answered first.
            if let session { return session.receive(batch + [.broken(Self.reason(error))]) }
            fail(DemetraError(.protocolViolation, Self.reason(error)), context)
        }
    }

    private static func reason(_ error: any Error) -> String {
        (error as? ProtocolViolation)?.message ?? "invalid message"
    }

    private func write(_ message: BackendMessage, _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 256)
        message.encode(into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    private func fail(_ error: DemetraError, _ context: ChannelHandlerContext) {
        machine.close()
        write(.error(error, position: nil, isFatal: true), context)
        close(context)
    }

    private func close(_ context: ChannelHandlerContext) {
        let channel = context.channel
        context.eventLoop.execute { channel.close(promise: nil) }
    }

    // MARK: Coming and going

    func handlerAdded(context: ChannelHandlerContext) {
        address = ClientAddress(context.remoteAddress, server: context.localAddress)
        refusal = server.counts.open(from: address.text)
        isCounted = refusal == nil
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        // One that cannot stay has no time to lose.
        let timeout = isCounted ? server.loginTimeout : .seconds(WireLimits.refusedSeconds)
        patience = context.eventLoop.scheduleTask(in: timeout) {
            let (handler, context) = bound.value
            if handler.session == nil { handler.close(context) }
        }
    }

    /// A client that has nothing more to say still gets its answers; a statement that takes long is nobody's.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard event as? ChannelEvent == .inputClosed else {
            return context.fireUserInboundEventTriggered(event)
        }
        guard let session else { return close(context) }
        session.receive([.terminate])
        let channel = context.channel
        _ = context.eventLoop.scheduleTask(in: .seconds(WireLimits.halfClosedSeconds)) {
            session.clientIsGone()
            channel.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        patience?.cancel()
        if let entry { server.registry.remove(entry) }
        if isCounted { server.counts.close(from: address.text) }
        if let user { server.counts.logOut(user) }
        (isCounted, user) = (false, nil)
        session?.clientIsGone()
        session = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Before a session is open

    private func perform(_ action: WireStateMachine.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .refuseEncryption: answer("N", context)
        case .offerEncryption: encrypt(context)
        case .start(let minor, let parameters): start(minor, parameters, context)
        case .authenticate(let body): authenticate(body, context)
        case .cancel(let processID, let secret):
            server.registry.cancel(processID: processID, secret: secret)
            close(context)
        case .failAndClose(let error): fail(error, context)
        case .close: close(context)
        case .ignore, .run, .step, .flush, .sync, .fail, .notify: return
        }
    }

    private func answer(_ byte: Character, _ context: ChannelHandlerContext) {
        context.writeAndFlush(
            wrapOutboundOut(ByteBuffer(string: String(byte))), promise: nil)
    }

    private func encrypt(_ context: ChannelHandlerContext) {
        guard let certificate = server.certificate, identity == nil else {
            return answer("N", context)
        }
        // What came in plain text must not be taken for part of the encrypted session.
        guard decoder.unprocessedBytes == 0 else {
            return fail(
                DemetraError(
                    .protocolViolation, "received unencrypted data after SSL request",
                    detail: "This could be either a client-software bug or evidence of an "
                        + "attempted man-in-the-middle attack."), context)
        }
        let identity = certificate.identity
        self.identity = identity
        answer("S", context)
        do {
            try context.pipeline.syncOperations.addHandler(
                NIOSSLServerHandler(context: identity.context), position: .first)
        } catch {
            close(context)
        }
    }

    private func start(
        _ minor: Int, _ parameters: [String: String], _ context: ChannelHandlerContext
    ) {
        let options = parameters.keys.filter { $0.hasPrefix("_pq_.") }.sorted()
        if minor > 0 || !options.isEmpty { write(.negotiateProtocolVersion(options), context) }
        guard let user = parameters["user"], !user.isEmpty else {
            return fail(
                DemetraError(
                    .invalidAuthorization, "no PostgreSQL user name specified in startup packet"),
                context)
        }
        let request = ClientLogin.Request(user: user, parameters: parameters)
        if let error = refusedByCounts(request) { return refuse(error, request, context) }
        switch server.policy.decide(
            user: user, from: address, isEncrypted: identity != nil, server.database.loginRoles)
        {
        case .refuse(let error): refuse(error, request, context)
        case .trust(let asOwner): open(request, asOwner: asOwner, context)
        case .password(let verifier, _):
            let login = ClientLogin(request, verifier, endPoint: identity?.endPoint)
            self.login = login
            machine.requireAuthentication()
            write(login.offer, context)
        }
    }

    private func refusedByCounts(_ request: ClientLogin.Request) -> DemetraError? {
        switch refusal {
        case .server, .user:
            return DemetraError(.tooManyConnections, "sorry, too many clients already")
        case .address:
            return DemetraError(
                .tooManyConnections, "too many connections from address \"\(address.text)\"")
        case nil: break
        }
        guard
            server.throttle.isBlocked(
                user: request.user, address.text, at: server.seconds)
        else { return nil }
        return DemetraError(
            .invalidAuthorization,
            "too many failed log-ins of user \"\(request.user)\" from \"\(address.text)\"",
            hint: "Wait \(LoginThrottle.memorySeconds / 60) minutes, then try the right password.")
    }

    // MARK: Passwords

    private func authenticate(_ body: [UInt8], _ context: ChannelHandlerContext) {
        guard var login else { return close(context) }
        do throws(DemetraError) {
            let step = try login.receive(body)
            self.login = login
            switch step {
            case .answer(let message): write(message, context)
            case .failure: reject(login.request, context)
            case .success(let message):
                guard isValid(login.request.user) else {
                    return reject(login.request, context)
                }
                server.throttle.succeed(user: login.request.user, address.text)
                write(message, context)
                machine.authenticated()
                open(login.request, asOwner: false, context)
            }
        } catch {
            refuse(error, login.request, context)
        }
    }

    /// Whether the password of a role is still good.
    private func isValid(_ user: String) -> Bool {
        guard let end = server.database.loginRoles[user]?.validUntil else { return true }
        return server.database.now < end
    }

    /// A wrong password is answered late.
    private func reject(_ request: ClientLogin.Request, _ context: ChannelHandlerContext) {
        machine.close()
        let delay = server.throttle.fail(
            user: request.user, address.text, at: server.seconds)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        _ = context.eventLoop.scheduleTask(in: .milliseconds(Int64(delay))) {
            let (handler, context) = bound.value
            handler.refuse(
                DemetraError(
                    .invalidPassword,
                    "password authentication failed for user \"\(request.user)\""), request, context
            )
        }
    }

    private func refuse(
        _ error: DemetraError, _ request: ClientLogin.Request, _ context: ChannelHandlerContext
    ) {
        server.noteLogin(request, from: address.text, error)
        fail(error, context)
    }

    // MARK: The session

    private func open(
        _ request: ClientLogin.Request, asOwner: Bool, _ context: ChannelHandlerContext
    ) {
        let connection: Connection
        do throws(DemetraError) {
            connection = try connect(request, asOwner: asOwner)
        } catch {
            return refuse(error, request, context)
        }
        server.noteLogin(request, from: address.text, nil)
        lengthLimit.isRaised = true
        let reported = ReportedSettings(connection)
        let entry = server.registry.add(connection)
        self.entry = entry
        login = nil
        let session = WireSession(
            connection: connection, channel: context.channel,
            loop: server.loops[context.eventLoop],
            machine: machine, reported: reported)
        session.receiveNotifications()
        session.obeyTermination()
        self.session = session
        write(.authenticationOk, context)
        for (name, value) in reported.all(user: request.user) {
            write(.parameterStatus(name: name, value: value), context)
        }
        write(.backendKeyData(processID: entry.processID, secret: entry.secret), context)
        write(.readyForQuery(connection.statusByte), context)
    }

    private func connect(
        _ request: ClientLogin.Request, asOwner: Bool
    ) throws(DemetraError) -> Connection {
        let name = request.parameters["database"] ?? request.user
        guard server.names.accept(name, user: request.user) else {
            throw DemetraError(
                .invalidCatalogName, "database \"\(name)\" does not exist",
                hint: "This server holds \"\(server.names.own)\".")
        }
        let role = asOwner ? nil : server.database.loginRoles[request.user]
        guard asOwner || role?.canLogin ?? false else {
            throw DemetraError(
                .invalidAuthorization, "role \"\(request.user)\" is not permitted to log in",
                hint: "A superuser can ALTER ROLE \(request.user) LOGIN.")
        }
        if server.counts.logIn(request.user, limit: role?.connectionLimit) != nil {
            throw DemetraError(
                .tooManyConnections, "too many connections for role \"\(request.user)\"")
        }
        user = request.user
        let connection = try server.database.connect(
            client: request.user,
            SessionOrigin(
                isOwner: asOwner, isLocal: address.isLocal, adoptsUser: address != .socket,
                address: address.text, database: name))
        try StartupOptions.apply(request.parameters, to: connection)
        return connection
    }
}

extension ClientLogin.Request {
    /// What the client calls itself.
    var application: String { parameters["application_name"] ?? "" }
}
