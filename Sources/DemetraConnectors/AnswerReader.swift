import Demetra
import NIOCore
import NIOHTTP1
import NIOSSL

/// Sends the request when the connection stands, and keeps what comes back.
// Touched by its event loop alone.
final class AnswerReader: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let head: HTTPRequestHead
    private let body: [UInt8]
    private let isLoopback: Bool
    private let finish: @Sendable (HTTPExchange.Outcome) -> Void
    private var status = 0
    private var received: [UInt8] = []

    init(
        _ head: HTTPRequestHead, body: [UInt8], isLoopback: Bool,
        finish: @escaping @Sendable (HTTPExchange.Outcome) -> Void
    ) {
        self.head = head
        self.body = body
        self.isLoopback = isLoopback
        self.finish = finish
    }

    func channelActive(context: ChannelHandlerContext) {
        // A name that should mean this machine can be given any address.
        let address = context.remoteAddress?.ipAddress ?? ""
        guard !isLoopback || ChatEndpoint.isLoopback(address: address) else {
            return fail(context, "its name does not lead to this machine")
        }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        let bytes = context.channel.allocator.buffer(bytes: body)
        context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): status = Int(head.status.code)
        case .body(let bytes): received.append(contentsOf: bytes.readableBytesView)
        case .end:
            finish(.answered(HTTPExchange.Answer(status: status, body: received)))
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case is ByteLimit.Exceeded: fail(context, "its answer is too long")
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError:
            fail(context, "it has no TLS and certificate that can be trusted")
        default: fail(context, "its answer is no HTTP")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish(.failed("it closed the connection before the end of its answer"))
    }

    private func fail(_ context: ChannelHandlerContext, _ why: String) {
        finish(.failed(why))
        context.close(promise: nil)
    }
}

/// Ends connections that bring more bytes than anybody wants.
// Touched by its event loop alone.
final class ByteLimit: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    /// There were more.
    struct Exceeded: Error {}

    private var left: Int

    init(_ byteCount: Int) { left = byteCount }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        left -= unwrapInboundIn(data).readableBytes
        if left >= 0 {
            context.fireChannelRead(data)
        } else {
            context.fireErrorCaught(Exceeded())
        }
    }
}
