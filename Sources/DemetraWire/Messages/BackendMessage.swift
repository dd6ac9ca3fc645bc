import Demetra
import DemetraEngine
import NIOCore

/// A message to a client.
///
///     type Byte1   length Int32 (itself included)   body
///
/// - Source: PostgreSQL 15 documentation, chapter 55.7 "Message Formats".
enum BackendMessage: Sendable {
    case authenticationOk
    /// Asks for a password, by one of these mechanisms.
    case authenticationSASL([String])
    case authenticationSASLContinue(String)
    case authenticationSASLFinal(String)
    case parameterStatus(name: String, value: String)
    case backendKeyData(processID: Int32, secret: Int32)
    /// Status: `I` idle, `T` in a transaction, `E` in a failed one.
    case readyForQuery(UInt8)
    case parseComplete
    case bindComplete
    case closeComplete
    /// The types of a statement's parameters.
    case parameterDescription([LogicalType])
    /// Columns, and 0 for text or 1 for binary for each.
    case rowDescription([Field], formats: [Int16])
    case noData
    case portalSuspended
    case commandComplete(String)
    case emptyQueryResponse
    case copyInResponse(columnCount: Int, isBinary: Bool)
    case copyOutResponse(columnCount: Int, isBinary: Bool)
    case copyDone
    /// `position` counts characters from 1.
    case error(DemetraError, position: Int?, isFatal: Bool)
    case notice(Notice)
    case notification(Notification)
    case negotiateProtocolVersion([String])

    /// Appends the message to `buffer`.
    func encode(into buffer: inout ByteBuffer) {
        switch self {
        case .authenticationOk: Self.frame("R", &buffer) { $0.writeInteger(Int32(0)) }
        case .authenticationSASL(let mechanisms):
            Self.frame("R", &buffer) {
                $0.writeInteger(Int32(10))
                for mechanism in mechanisms { $0.writeNullTerminatedString(mechanism) }
                $0.writeInteger(UInt8(0))
            }
        case .authenticationSASLContinue(let text):
            Self.frame("R", &buffer) {
                $0.writeInteger(Int32(11))
                $0.writeString(text)
            }
        case .authenticationSASLFinal(let text):
            Self.frame("R", &buffer) {
                $0.writeInteger(Int32(12))
                $0.writeString(text)
            }
        case .parameterStatus(let name, let value):
            Self.frame("S", &buffer) {
                $0.writeNullTerminatedString(name)
                $0.writeNullTerminatedString(value)
            }
        case .backendKeyData(let processID, let secret):
            Self.frame("K", &buffer) {
                $0.writeInteger(processID)
                $0.writeInteger(secret)
            }
        case .readyForQuery(let status): Self.frame("Z", &buffer) { $0.writeInteger(status) }
        case .parseComplete: Self.frame("1", &buffer) { _ in }
        case .bindComplete: Self.frame("2", &buffer) { _ in }
        case .closeComplete: Self.frame("3", &buffer) { _ in }
        case .parameterDescription(let types):
            Self.frame("t", &buffer) {
                $0.writeInteger(UInt16(truncatingIfNeeded: types.count))
                for type in types { $0.writeInteger(WireType(type).objectID) }
            }
        case .rowDescription(let fields, let formats):
            Self.frame("T", &buffer) { Self.write(fields, formats, &$0) }
        case .noData: Self.frame("n", &buffer) { _ in }
        case .portalSuspended: Self.frame("s", &buffer) { _ in }
        case .commandComplete(let tag):
            Self.frame("C", &buffer) { $0.writeNullTerminatedString(tag) }
        case .emptyQueryResponse: Self.frame("I", &buffer) { _ in }
        case .copyInResponse(let count, let isBinary):
            Self.frame("G", &buffer) { Self.writeCopy(count, isBinary, &$0) }
        case .copyOutResponse(let count, let isBinary):
            Self.frame("H", &buffer) { Self.writeCopy(count, isBinary, &$0) }
        case .copyDone: Self.frame("c", &buffer) { _ in }
        case .error(let error, let position, let isFatal):
            Self.frame("E", &buffer) { Self.write(error, position, isFatal, &$0) }
        case .notice(let notice): Self.frame("N", &buffer) { Self.write(notice, &$0) }
        case .notification(let notification):
            Self.frame("A", &buffer) {
                $0.writeInteger(Int32(truncatingIfNeeded: notification.sender))
                $0.writeNullTerminatedString(notification.channel)
                $0.writeNullTerminatedString(notification.payload)
            }
        case .negotiateProtocolVersion(let options):
            Self.frame("v", &buffer) {
                $0.writeInteger(Int32(0))
                $0.writeInteger(Int32(options.count))
                for option in options { $0.writeNullTerminatedString(option) }
            }
        }
    }

    /// Writes type and length around a body.
    static func frame(
        _ type: Unicode.Scalar, _ buffer: inout ByteBuffer, _ body: (inout ByteBuffer) -> Void
    ) {
        buffer.writeInteger(UInt8(ascii: type))
        let start = buffer.writerIndex
        buffer.writeInteger(Int32(0))
        body(&buffer)
        buffer.setInteger(Int32(buffer.writerIndex - start), at: start)
    }

    private static func write(
        _ fields: [Field], _ formats: [Int16], _ buffer: inout ByteBuffer
    ) {
        buffer.writeInteger(Int16(truncatingIfNeeded: fields.count))
        for (field, format) in zip(fields, formats) {
            buffer.writeNullTerminatedString(field.name)
            buffer.writeInteger(Int32(0))
            buffer.writeInteger(Int16(0))
            let type = WireType(field.type)
            buffer.writeInteger(type.objectID)
            buffer.writeInteger(type.byteCount)
            buffer.writeInteger(type.modifier)
            buffer.writeInteger(format)
        }
    }

    private static func writeCopy(
        _ columnCount: Int, _ isBinary: Bool, _ buffer: inout ByteBuffer
    ) {
        buffer.writeInteger(UInt8(isBinary ? 1 : 0))
        buffer.writeInteger(Int16(truncatingIfNeeded: columnCount))
        for _ in 0..<columnCount { buffer.writeInteger(Int16(isBinary ? 1 : 0)) }
    }

    private static func write(
        _ error: DemetraError, _ position: Int?, _ isFatal: Bool, _ buffer: inout ByteBuffer
    ) {
        let severity = isFatal ? "FATAL" : "ERROR"
        field("S", severity, &buffer)
        field("V", severity, &buffer)
        field("C", error.sqlState.code, &buffer)
        field("M", error.message, &buffer)
        if let detail = error.detail { field("D", detail, &buffer) }
        if let hint = error.hint { field("H", hint, &buffer) }
        if let position { field("P", String(position), &buffer) }
        if let context = error.context { field("W", context, &buffer) }
        buffer.writeInteger(UInt8(0))
    }

    private static func write(_ notice: Notice, _ buffer: inout ByteBuffer) {
        field("S", notice.severity.rawValue, &buffer)
        field("V", notice.severity.rawValue, &buffer)
        let code = notice.severity == .notice ? "00000" : "01000"
        field("C", notice.sqlState?.code ?? code, &buffer)
        field("M", notice.message, &buffer)
        if let hint = notice.hint { field("H", hint, &buffer) }
        buffer.writeInteger(UInt8(0))
    }

    /// One field of an error; a zero byte would end the text, so none is let through.
    private static func field(
        _ type: Unicode.Scalar, _ text: String, _ buffer: inout ByteBuffer
    ) {
        buffer.writeInteger(UInt8(ascii: type))
        buffer.writeBytes(text.utf8.lazy.filter { $0 != 0 })
        buffer.writeInteger(UInt8(0))
    }
}
