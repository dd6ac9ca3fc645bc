/// A message from a client, as the PostgreSQL protocol version 3.0 frames it.
///
///     start-up    length Int32 (itself included)   code Int32   rest       no type byte
///     others      type Byte1   length Int32 (itself included)   body
///
/// - Source: PostgreSQL 15 documentation, chapter 55.7 "Message Formats".
enum FrontendMessage: Sendable, Equatable {
    /// Asks for TLS; answered by one byte.
    case sslRequest
    /// Asks for GSSAPI encryption; answered by one byte.
    case gssRequest
    /// Opens a session; `minor` is the minor protocol version asked for.
    case startup(minor: Int, parameters: [String: String])
    /// Stops the statement of another session; gets no answer.
    case cancelRequest(processID: Int32, secret: Int32)
    /// Statements of the simple protocol.
    case query(String)
    /// Bytes of COPY FROM STDIN.
    case copyData([UInt8])
    case copyDone
    case copyFail(String)
    /// A message of the extended protocol: its type byte.
    case extended(UInt8)
    case flush
    case sync
    case terminate
    /// A password nobody asked for, or a type this server does not know.
    case unexpected(UInt8)
}

/// Why bytes from a client make no sense; the connection cannot go on.
struct ProtocolViolation: Error, Sendable, Equatable {
    /// The message, in the form of an error's.
    let message: String
}

/// Bounds on what a client may announce.
enum WireLimits {
    /// Bytes of a start-up packet, as in PostgreSQL.
    static let startupBytes = 10_000
    /// Bytes of any other message.
    static let messageBytes = 256 << 20
    /// Bytes of an answer that may wait for a slow client.
    static let outputBytes = 1 << 20
    /// Messages that may wait while a statement runs.
    static let queuedMessages = 10_000
}
