import Demetra
import NIOCore

/// One client on its event loop: cuts bytes into messages.
///
/// It opens the session; from then on messages are handed to it in batches, as they arrive.
final class SessionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let database: Database
    private let registry: SessionRegistry
    private let loops: ClientLoops
    private let names: DatabaseNames
    // Owned by the event loop.
    private var machine = WireStateMachine()
    private var decoder = NIOSingleStepByteToMessageProcessor(FrontendDecoder())
    private var session: WireSession?
    private var entry: SessionRegistry.Entry?
    /// Ends a connection that opens no session.
    private var patience: Scheduled<Void>?

    init(database: Database, registry: SessionRegistry, loops: ClientLoops) {
        self.database = database
        names = DatabaseNames(database)
        self.loops = loops
        self.registry = registry
    }

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

    private func fail(_ error: DemetraError, _ context: ChannelHandlerContext) {
        write(.error(error, position: nil, isFatal: true), context)
        close(context)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        patience = context.eventLoop.scheduleTask(in: .seconds(WireLimits.startupSeconds)) {
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
        if let entry { registry.remove(entry) }
        session?.clientIsGone()
        session = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// What is done before a session is open.
    private func perform(_ action: WireStateMachine.Action, _ context: ChannelHandlerContext) {
        switch action {
        case .refuseEncryption:
            var buffer = context.channel.allocator.buffer(capacity: 1)
            buffer.writeInteger(UInt8(ascii: "N"))
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        case .start(let minor, let parameters): start(minor, parameters, context)
        case .cancel(let processID, let secret):
            registry.cancel(processID: processID, secret: secret)
            close(context)
        case .failAndClose(let error): fail(error, context)
        case .close: close(context)
        case .ignore, .run, .step, .flush, .sync, .fail, .notify: return
        }
    }

    private func write(_ message: BackendMessage, _ context: ChannelHandlerContext) {
        var buffer = context.channel.allocator.buffer(capacity: 256)
        message.encode(into: &buffer)
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    private func close(_ context: ChannelHandlerContext) {
        let channel = context.channel
        context.eventLoop.execute { channel.close(promise: nil) }
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
        let name = parameters["database"] ?? user
        guard names.accept(name, user: user) else {
            return fail(
                DemetraError(
                    .invalidCatalogName, "database \"\(name)\" does not exist",
                    hint: "This server holds \"\(names.own)\"."), context)
        }
        let connection = database.connect(user: user)
        do throws(DemetraError) {
            try StartupOptions.apply(parameters, to: connection)
        } catch {
            return fail(error, context)
        }
        let reported = ReportedSettings(connection)
        let entry = registry.add(connection)
        self.entry = entry
        let session = WireSession(
            connection: connection, channel: context.channel, loops: loops, machine: machine,
            reported: reported)
        session.receiveNotifications()
        self.session = session
        write(.authenticationOk, context)
        for (name, value) in reported.all(user: user) {
            write(.parameterStatus(name: name, value: value), context)
        }
        write(.backendKeyData(processID: entry.processID, secret: entry.secret), context)
        write(.readyForQuery(connection.statusByte), context)
    }
}
