package import Demetra

/// A message from a client, as the PostgreSQL protocol version 3.0 frames it.
///
///     start-up    length Int32 (itself included)   code Int32   rest       no type byte
///     others      type Byte1   length Int32 (itself included)   body
///
/// - Source: PostgreSQL 15 documentation, chapter 55.7 "Message Formats".
package enum FrontendMessage: Sendable, Equatable {
    /// What Describe and Close name.
    package enum Target: UInt8, Sendable {
        /// A prepared statement.
        case statement = 0x53
        /// A statement with its values.
        case portal = 0x50
    }

    /// Bind: a statement gets its values and becomes a portal.
    package struct Binding: Sendable, Equatable {
        /// The portal's name; empty for the unnamed one.
        package var portal: String
        /// The statement's name.
        package var statement: String
        /// 0 for text and 1 for binary: none (all text), one for all, or one a value.
        package var parameterFormats: [Int16]
        /// The values; nil for NULL.
        package var values: [[UInt8]?]
        /// 0 for text and 1 for binary: none (all text), one for all, or one a column.
        package var resultFormats: [Int16]

        /// Makes a message.
        package init(
            portal: String = "", statement: String = "", parameterFormats: [Int16] = [],
            values: [[UInt8]?] = [], resultFormats: [Int16] = []
        ) {
            self.portal = portal
            self.statement = statement
            self.parameterFormats = parameterFormats
            self.values = values
            self.resultFormats = resultFormats
        }
    }

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
    /// Parse: a statement and the types of its parameters, 0 where they are to be found out.
    case parse(name: String, text: String, types: [UInt32])
    case bind(Binding)
    case describe(Target, name: String)
    /// Runs a portal; `limit` is the most rows to give, 0 for all.
    case execute(portal: String, limit: Int)
    case closeTarget(Target, name: String)
    /// The old way to call a function, which nobody uses any more.
    case functionCall
    /// Bytes of COPY FROM STDIN.
    case copyData([UInt8])
    /// All bytes of COPY were sent.
    case copyDone
    /// The client gives COPY up, with its reason.
    case copyFail(String)
    /// Asks for the answers so far.
    case flush
    /// Ends a run of messages of the extended protocol.
    case sync
    /// Says goodbye.
    case terminate
    /// The body of an answer to a request for authentication.
    case authentication([UInt8])
    /// A message of a known type whose body makes no sense: its type byte, and what is wrong.
    case malformed(UInt8, DemetraError)
    /// Not of the client: messages of other sessions wait for it.
    case news
    /// Bytes that cannot be cut into messages, and why; nothing behind them makes sense.
    case broken(String)
    /// A type this server does not know.
    case unexpected(UInt8)

    /// Bytes that the message takes while it waits, roughly.
    var byteCount: Int {
        switch self {
        case .query(let text), .parse(_, let text, _): 64 + text.utf8.count
        case .bind(let binding):
            binding.values.reduce(128) { $0 + 24 + ($1?.count ?? 0) }
        case .copyData(let bytes), .authentication(let bytes): 64 + bytes.count
        default: 64
        }
    }
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
    /// Bytes of a message of a client that has not logged in, as in PostgreSQL.
    package static let authenticationBytes = 65_535
    /// Bytes of answers that may wait for a slow client.
    package static let outputBytes = 1 << 20
    /// Bytes of messages that may wait for the session; the client has to wait then.
    package static let inputBytes = 1 << 20
    /// Seconds that a client is heard for which there is no room.
    package static let refusedSeconds: Int64 = 5
    /// Seconds that a statement goes on for a client that has closed its side of the connection.
    package static let halfClosedSeconds: Int64 = 2
    /// Messages of other sessions that may wait for a client.
    package static let waitingNotifications = 10_000
}
