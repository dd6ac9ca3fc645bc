import Demetra
package import NIOCore

/// Cuts the bytes of a client into messages.
///
/// Every length is checked before anything is allocated for it; a message is taken only when all of it
/// has arrived.
package struct FrontendDecoder: NIOSingleStepByteToMessageDecoder {
    /// What bytes become.
    package typealias InboundOut = FrontendMessage

    private static let sslCode: Int32 = 80_877_103
    private static let gssCode: Int32 = 80_877_104
    private static let cancelCode: Int32 = 80_877_102

    private var hasStarted = false
    private let lengthLimit: MessageLengthLimit

    /// A decoder at the start of a connection.
    package init(_ lengthLimit: MessageLengthLimit = MessageLengthLimit()) {
        self.lengthLimit = lengthLimit
    }

    /// The next message, or nil when its bytes are not all there.
    ///
    /// - Throws: `ProtocolViolation` when they make no sense.
    package mutating func decode(buffer: inout ByteBuffer) throws -> FrontendMessage? {
        hasStarted ? try decodeMessage(&buffer) : try decodeStartup(&buffer)
    }

    /// As `decode`: bytes behind the last whole message are dropped.
    package mutating func decodeLast(
        buffer: inout ByteBuffer, seenEOF: Bool
    ) throws -> FrontendMessage? {
        try decode(buffer: &buffer)
    }

    private mutating func decodeStartup(_ buffer: inout ByteBuffer) throws -> FrontendMessage? {
        guard let length = buffer.getInteger(at: buffer.readerIndex, as: Int32.self) else {
            return nil
        }
        guard length >= 8, Int(length) <= WireLimits.startupBytes else {
            throw ProtocolViolation(message: "invalid length of startup packet")
        }
        guard var packet = buffer.readSlice(length: Int(length)) else { return nil }
        packet.moveReaderIndex(forwardBy: 4)
        let code = packet.readInteger(as: Int32.self) ?? 0
        switch code {
        case Self.sslCode: return .sslRequest
        case Self.gssCode: return .gssRequest
        case Self.cancelCode:
            guard let processID = packet.readInteger(as: Int32.self),
                let secret = packet.readInteger(as: Int32.self)
            else { throw ProtocolViolation(message: "invalid cancel request") }
            return .cancelRequest(processID: processID, secret: secret)
        default: break
        }
        guard code >> 16 == 3 else {
            throw ProtocolViolation(
                message: "unsupported frontend protocol \(code >> 16).\(code & 0xffff): "
                    + "server supports 3.0 to 3.0")
        }
        var parameters: [String: String] = [:]
        while packet.readableBytes > 1 {
            guard let name = packet.readNullTerminatedString(), !name.isEmpty,
                let value = packet.readNullTerminatedString()
            else { throw Self.invalidLayout }
            parameters[name] = value
        }
        guard packet.readInteger(as: UInt8.self) == 0 else { throw Self.invalidLayout }
        hasStarted = true
        return .startup(minor: Int(code & 0xffff), parameters: parameters)
    }

    private func decodeMessage(_ buffer: inout ByteBuffer) throws -> FrontendMessage? {
        let start = buffer.readerIndex
        guard let type = buffer.getInteger(at: start, as: UInt8.self),
            let length = buffer.getInteger(at: start + 1, as: Int32.self)
        else { return nil }
        guard length >= 4, Int(length) <= lengthLimit.bytes else {
            throw ProtocolViolation(message: "invalid message length")
        }
        guard buffer.readableBytes >= Int(length) + 1 else { return nil }
        buffer.moveReaderIndex(forwardBy: 5)
        var body = buffer.readSlice(length: Int(length) - 4) ?? ByteBuffer()
        return try Self.message(type, &body)
    }

    private static func message(
        _ type: UInt8, _ body: inout ByteBuffer
    ) throws -> FrontendMessage {
        switch type {
        case UInt8(ascii: "d"):
            return .copyData(body.readBytes(length: body.readableBytes) ?? [])
        case UInt8(ascii: "c"): return .copyDone
        case UInt8(ascii: "f"): return .copyFail(body.readNullTerminatedString() ?? "")
        case UInt8(ascii: "X"): return .terminate
        case UInt8(ascii: "p"):
            return .authentication(body.readBytes(length: body.readableBytes) ?? [])
        case UInt8(ascii: "F"): return .functionCall
        default: break
        }
        do {
            guard let message = try statementMessage(type, &body) else { return .unexpected(type) }
            guard body.readableBytes == 0 else { throw Self.invalidFormat }
            return message
        } catch {
            return .malformed(type, error as? DemetraError ?? Self.invalidFormat)
        }
    }

    /// A message about statements; nil for a type that is none.
    private static func statementMessage(
        _ type: UInt8, _ body: inout ByteBuffer
    ) throws -> FrontendMessage? {
        switch type {
        case UInt8(ascii: "H"): return .flush
        case UInt8(ascii: "S"): return .sync
        case UInt8(ascii: "Q"): return .query(try body.string())
        case UInt8(ascii: "P"):
            let (name, text) = (try body.string(), try body.string())
            return .parse(
                name: name, text: text, types: try body.list { try $0.integer(UInt32.self) })
        case UInt8(ascii: "B"): return .bind(try binding(&body))
        case UInt8(ascii: "D"): return .describe(try body.target(), name: try body.string())
        case UInt8(ascii: "C"): return .closeTarget(try body.target(), name: try body.string())
        case UInt8(ascii: "E"):
            let portal = try body.string()
            return .execute(portal: portal, limit: Int(max(0, try body.integer(Int32.self))))
        default: return nil
        }
    }

    private static let invalidLayout = ProtocolViolation(
        message: "invalid startup packet layout: expected terminator as last byte")
    private static let invalidFormat = DemetraError(
        .protocolViolation, "invalid message format")

    private static func binding(
        _ body: inout ByteBuffer
    ) throws -> FrontendMessage.Binding {
        let (portal, statement) = (try body.string(), try body.string())
        let formats = try body.list { try $0.integer(Int16.self) }
        let values = try body.list { body -> [UInt8]? in
            let length = try body.integer(Int32.self)
            if length == -1 { return nil }
            guard length >= 0, let bytes = body.readBytes(length: Int(length)) else {
                throw DemetraError(.protocolViolation, "insufficient data left in message")
            }
            return bytes
        }
        return FrontendMessage.Binding(
            portal: portal, statement: statement, parameterFormats: formats, values: values,
            resultFormats: try body.list { try $0.integer(Int16.self) })
    }
}

/// The longest message that a client may send: little until it has logged in.
// Owned by the client's event loop.
package final class MessageLengthLimit {
    /// The client has logged in.
    package var isRaised = false

    /// A limit for a client that has not logged in.
    package init() {}

    var bytes: Int { isRaised ? WireLimits.messageBytes : WireLimits.authenticationBytes }
}

extension ByteBuffer {
    fileprivate mutating func string() throws -> String {
        // Most names are empty.
        if getInteger(at: readerIndex, as: UInt8.self) == 0 {
            moveReaderIndex(forwardBy: 1)
            return ""
        }
        guard let end = readableBytesView.firstIndex(of: 0) else {
            throw DemetraError(.protocolViolation, "invalid string in message")
        }
        let bytes = readableBytesView[..<end]
        // To validate takes longer than to copy, and most texts have nothing that could be wrong.
        let isPlain = bytes.allSatisfy { $0 < 0x80 }
        guard let text = isPlain ? String(decoding: bytes, as: UTF8.self) : validated(bytes.count)
        else {
            throw DemetraError(
                .characterNotInRepertoire, "invalid byte sequence for encoding \"UTF8\"")
        }
        moveReaderIndex(to: end + 1)
        return text
    }

    private func validated(_ byteCount: Int) -> String? {
        try? getUTF8ValidatedString(at: readerIndex, length: byteCount)
    }

    fileprivate mutating func integer<Number: FixedWidthInteger>(
        _ type: Number.Type
    ) throws -> Number {
        guard let value = readInteger(as: type) else {
            throw DemetraError(.protocolViolation, "insufficient data left in message")
        }
        return value
    }

    fileprivate mutating func target() throws -> FrontendMessage.Target {
        let byte = try integer(UInt8.self)
        guard let target = FrontendMessage.Target(rawValue: byte) else {
            throw DemetraError(
                .protocolViolation, "invalid DESCRIBE or CLOSE message subtype \(byte)")
        }
        return target
    }

    /// An unsigned count and so many elements; each takes bytes, so a false count ends with them.
    fileprivate mutating func list<Element>(
        _ element: (inout ByteBuffer) throws -> Element
    ) throws -> [Element] {
        let count = Int(try integer(UInt16.self))
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try element(&self)) }
        return elements
    }
}
