import Demetra
import NIOCore

/// One client on its event loop: cuts bytes into messages, asks the state machine what to do, and does it.
///
/// Statements run on the session's own thread, but for the shortest; only `copyIn`, the channel and the connection
/// are shared with it.
final class SessionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let database: Database
    private let registry: SessionRegistry
    private let loops: ClientLoops
    // Owned by the event loop.
    private var machine = WireStateMachine()
    private var decoder = NIOSingleStepByteToMessageProcessor(FrontendDecoder())
    private var session: WireSession?
    private var entry: SessionRegistry.Entry?

    init(database: Database, registry: SessionRegistry, loops: ClientLoops) {
        self.database = database
        self.loops = loops
        self.registry = registry
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        do {
            try decoder.process(buffer: unwrapInboundIn(data)) { message in
                perform(machine.receive(message), context)
            }
        } catch {
            let message = (error as? ProtocolViolation)?.message ?? "invalid message"
            write(
                .error(DemetraError(.protocolViolation, message), position: nil, isFatal: true),
                context)
            close(context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        if let entry { registry.remove(entry) }
        session?.clientIsGone()
        session = nil
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func perform(_ actions: [WireStateMachine.Action], _ context: ChannelHandlerContext) {
        var actions = actions[...]
        while let action = actions.popFirst() {
            switch action {
            case .run(let text) where session?.runHere(text) == true:
                actions += machine.ended()
            case .refuseEncryption:
                var buffer = context.channel.allocator.buffer(capacity: 1)
                buffer.writeInteger(UInt8(ascii: "N"))
                context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
            case .start(let minor, let parameters): start(minor, parameters, context)
            case .cancel(let processID, let secret):
                registry.cancel(processID: processID, secret: secret)
            case .run(let text): run(text, context)
            case .copyData(let bytes):
                if let session, session.copyIn.add(bytes) {
                    context.channel.setOption(.autoRead, value: false).whenFailure { _ in }
                }
            case .copyDone: session?.copyIn.finish()
            case .copyFail(let reason): session?.copyIn.fail(reason)
            case .fail(let error, let ready):
                write(.error(error, position: nil, isFatal: false), context)
                if ready { write(.readyForQuery(status), context) }
            case .ready: write(.readyForQuery(status), context)
            case .close: close(context)
            }
        }
    }

    private var status: UInt8 { session?.status ?? UInt8(ascii: "I") }

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
        let user = parameters["user"] ?? "demetra"
        let connection = database.connect(user: user)
        let session = WireSession(connection: connection, channel: context.channel, loops: loops)
        do {
            try session.applyStartup(parameters)
        } catch {
            write(.error(error, position: nil, isFatal: true), context)
            return close(context)
        }
        self.session = session
        let entry = registry.add(connection)
        self.entry = entry
        write(.authenticationOk, context)
        for (name, value) in session.reportedSettings(user: user) {
            write(.parameterStatus(name: name, value: value), context)
        }
        write(.backendKeyData(processID: entry.processID, secret: entry.secret), context)
        write(.readyForQuery(status), context)
    }

    private func run(_ text: String, _ context: ChannelHandlerContext) {
        guard let session else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let eventLoop = context.eventLoop
        session.run(
            text,
            beginCopyIn: {
                eventLoop.execute {
                    let (handler, context) = bound.value
                    handler.perform(handler.machine.beginCopyIn(), context)
                }
            },
            ended: {
                let (handler, context) = bound.value
                handler.perform(handler.machine.ended(), context)
            })
    }
}
