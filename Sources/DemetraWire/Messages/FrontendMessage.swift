/// A message from a client, as the PostgreSQL protocol version 3.0 frames it.
///
///     start-up    length Int32 (itself included)   code Int32   rest       no type byte
///     others      type Byte1   length Int32 (itself included)   body
///
/// - Source: PostgreSQL 15 documentation, chapter 55.7 "Message Formats".
package enum FrontendMessage: Sendable, Equatable {
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
    /// All bytes of COPY were sent.
    case copyDone
    /// The client gives COPY up, with its reason.
    case copyFail(String)
    /// A message of the extended protocol: its type byte.
    case extended(UInt8)
    /// Asks for the answers so far.
    case flush
    /// Ends a run of messages of the extended protocol.
    case sync
    /// Says goodbye.
    case terminate
    /// A password nobody asked for, or a type this server does not know.
    case unexpected(UInt8)
}

/// Why bytes from a client make no sense; the connection cannot go on.
package struct ProtocolViolation: Error, Sendable, Equatable {
    /// The message, in the form of an error's.
    package let message: String
}

/// Bounds on what a client may announce.
package enum WireLimits {
    /// Bytes of a start-up packet, as in PostgreSQL.
    package static let startupBytes = 10_000
    /// Bytes of any other message.
    package static let messageBytes = 256 << 20
    /// Bytes of an answer that may wait for a slow client.
    package static let outputBytes = 1 << 20
    /// Messages that may wait while a statement runs.
    package static let queuedMessages = 10_000
}
