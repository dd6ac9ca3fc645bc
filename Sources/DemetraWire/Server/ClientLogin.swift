import Demetra
import DemetraFunctions
import NIOCore

/// A client that has said who it is and has to prove it.
struct ClientLogin {
    /// The start-up packet.
    struct Request {
        let user: String
        let parameters: [String: String]
    }

    /// What the handler has to do.
    enum Step {
        case answer(BackendMessage)
        /// The proof is right; the message goes first.
        case success(BackendMessage)
        case failure
    }

    let request: Request
    private var exchange: SCRAMExchange
    private var hasBegun = false
    /// The client chose a mechanism without a message, and was sent an empty challenge.
    private var isAskedAgain = false

    /// - Parameter endPoint: the digest of the server's certificate, where there is TLS.
    init(_ request: Request, _ verifier: PasswordVerifier, endPoint: [UInt8]?) {
        self.request = request
        var generator = SystemRandomNumberGenerator()
        let nonce = (0..<SCRAMExchange.nonceBytes).map { _ in
            UInt8.random(in: .min ... .max, using: &generator)
        }
        exchange = SCRAMExchange(
            verifier: verifier, serverNonce: Base64.text(nonce), endPoint: endPoint)
    }

    /// What the client may choose from.
    var offer: BackendMessage { .authenticationSASL(exchange.mechanisms) }

    /// Takes the body of an authentication message in.
    ///
    /// - Throws: 08P01 and 28000 for what makes no sense.
    mutating func receive(_ body: [UInt8]) throws(DemetraError) -> Step {
        var message = body
        if !hasBegun {
            hasBegun = true
            guard let first = try begin(body) else {
                isAskedAgain = true
                return .answer(.authenticationSASLContinue(""))
            }
            message = first
        }
        switch try exchange.receive(message) {
        case .challenge(let text): return .answer(.authenticationSASLContinue(text))
        case .success(let text): return .success(.authenticationSASLFinal(text))
        case .failure: return .failure
        }
    }

    /// The mechanism, then the length and bytes of the first message; nil when there is none yet.
    private mutating func begin(_ body: [UInt8]) throws(DemetraError) -> [UInt8]? {
        var buffer = ByteBuffer(bytes: body)
        guard let mechanism = buffer.readNullTerminatedString(),
            let length = buffer.readInteger(as: Int32.self)
        else { throw DemetraError(.protocolViolation, "invalid SASL message") }
        try exchange.choose(mechanism)
        if length == -1, buffer.readableBytes == 0 { return nil }
        guard length >= 0, Int(length) == buffer.readableBytes,
            let bytes = buffer.readBytes(length: Int(length))
        else { throw DemetraError(.protocolViolation, "invalid SASL message length") }
        return bytes
    }
}
