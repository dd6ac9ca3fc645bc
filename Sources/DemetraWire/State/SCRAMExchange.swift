package import Demetra
package import DemetraFunctions

/// One log-in by SCRAM-SHA-256, as the server sees it: a pure value, tested without sockets.
///
///     client-first   n,,n=,r=CLIENT                      or p=tls-server-end-point,,n=,r=CLIENT
///     server-first   r=CLIENT SERVER,s=SALT,i=4096
///     client-final   c=biws,r=CLIENT SERVER,p=PROOF
///     server-final   v=SIGNATURE
///
/// The exchange is the same for a user who does not exist or has no password: it ends with a proof that is wrong. The
/// name in client-first is not looked at, as in PostgreSQL: that of the start-up packet counts.
///
/// - Source: RFC 5802, RFC 7677; `tls-server-end-point` by RFC 5929.
package struct SCRAMExchange: Sendable {
    /// The mechanism of the name; with `-PLUS` it is bound to the TLS connection.
    package static let plain = "SCRAM-SHA-256"
    package static let bound = "SCRAM-SHA-256-PLUS"
    private static let binding = "p=tls-server-end-point"
    /// Bytes of randomness in the server's part of the nonce, as in PostgreSQL.
    package static let nonceBytes = 18

    /// What the server has to do with a message.
    package enum Step: Sendable, Equatable {
        /// Send it, and wait for the next message.
        case challenge(String)
        /// The proof is right: send the signature.
        case success(String)
        /// The proof is wrong.
        case failure
    }

    private enum State: Sendable {
        case waitingForFirst
        case waitingForFinal(header: String, firstBare: String, serverFirst: String, nonce: String)
        case over
    }

    private let verifier: PasswordVerifier
    private let serverNonce: String
    /// The digest of the server's certificate; nil without TLS, or for a certificate that has none.
    private let endPoint: [UInt8]?
    private var isBound = false
    private var state = State.waitingForFirst

    /// An exchange at its beginning.
    ///
    /// - Parameters:
    ///   - verifier: what the proof is checked with.
    ///   - serverNonce: random, printable, without a comma.
    ///   - endPoint: the digest of the server's certificate, where the connection can be bound to it.
    package init(verifier: PasswordVerifier, serverNonce: String, endPoint: [UInt8]?) {
        self.verifier = verifier
        self.serverNonce = serverNonce
        self.endPoint = endPoint
    }

    /// The mechanisms that the client is offered, best first.
    package var mechanisms: [String] { (endPoint == nil ? [] : [Self.bound]) + [Self.plain] }

    /// The client has chosen a mechanism.
    ///
    /// - Throws: 08P01 for one that was not offered.
    package mutating func choose(_ mechanism: String) throws(DemetraError) {
        guard mechanisms.contains(mechanism) else {
            throw DemetraError(
                .protocolViolation, "client selected an invalid SASL authentication mechanism")
        }
        isBound = mechanism == Self.bound
    }

    /// Takes a message of the client in.
    ///
    /// - Throws: 08P01 for one that makes no sense, 28000 for one that asks for more than there is.
    package mutating func receive(_ message: [UInt8]) throws(DemetraError) -> Step {
        guard let text = String(validating: message, as: UTF8.self), !message.contains(0) else {
            throw Self.malformed("The message is not UTF-8 text.")
        }
        switch state {
        case .waitingForFirst: return try receiveFirst(text)
        case .waitingForFinal(let header, let firstBare, let serverFirst, let nonce):
            state = .over
            return try receiveFinal(text, header, firstBare, serverFirst, nonce)
        case .over: throw Self.malformed("The exchange is over.")
        }
    }

    // MARK: First message

    private mutating func receiveFirst(_ text: String) throws(DemetraError) -> Step {
        let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
            .map(String.init)
        guard parts.count == 3 else { throw Self.malformed("The header is not complete.") }
        try checkBinding(parts[0])
        guard parts[1].isEmpty else {
            throw DemetraError(
                .featureNotSupported, "client uses authorization identity, but it is not supported")
        }
        let bare = parts[2]
        guard !bare.hasPrefix("m=") else {
            throw DemetraError(
                .featureNotSupported, "client requires an unsupported SCRAM extension")
        }
        let attributes = bare.split(separator: ",", omittingEmptySubsequences: false)
        guard attributes.count >= 2, attributes[0].hasPrefix("n="), attributes[1].hasPrefix("r=")
        else { throw Self.malformed("A name and a nonce are expected.") }
        let clientNonce = String(attributes[1].dropFirst(2))
        guard !clientNonce.isEmpty,
            clientNonce.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != 0x2c })
        else { throw Self.malformed("The nonce has characters that cannot be printed.") }
        let nonce = clientNonce + serverNonce
        let serverFirst = "r=\(nonce),s=\(Base64.text(verifier.salt)),i=\(verifier.iterations)"
        state = .waitingForFinal(
            header: parts[0] + ",,", firstBare: bare, serverFirst: serverFirst, nonce: nonce)
        return .challenge(serverFirst)
    }

    private func checkBinding(_ flag: String) throws(DemetraError) {
        switch flag {
        case "n":
            guard !isBound else {
                throw Self.malformed(
                    "The client selected \(Self.bound), but the message has no channel binding.")
            }
        case "y":
            guard !isBound else {
                throw Self.malformed(
                    "The client selected \(Self.bound), but the message has no channel binding.")
            }
            // Somebody between the two may have taken the offer away.
            guard endPoint == nil else {
                throw DemetraError(
                    .invalidAuthorization, "SCRAM channel binding negotiation error",
                    detail: "The client supports SCRAM channel binding but thinks the server does "
                        + "not. However, this server does support channel binding.")
            }
        case Self.binding:
            guard isBound else {
                throw Self.malformed(
                    "The client selected \(Self.plain), but the message has channel binding.")
            }
        default:
            guard flag.hasPrefix("p=") else {
                throw Self.malformed("Unexpected channel-binding flag.")
            }
            throw DemetraError(
                .protocolViolation, "unsupported SCRAM channel-binding type",
                hint: "This server binds by tls-server-end-point.")
        }
    }

    // MARK: Final message

    private func receiveFinal(
        _ text: String, _ header: String, _ firstBare: String, _ serverFirst: String,
        _ nonce: String
    ) throws(DemetraError) -> Step {
        guard let place = text.ranges(of: ",p=").last else {
            throw Self.malformed("The proof is missing.")
        }
        let withoutProof = text[..<place.lowerBound]
        let attributes = withoutProof.split(separator: ",", omittingEmptySubsequences: false)
        guard attributes.count >= 2, attributes[0].hasPrefix("c="), attributes[1].hasPrefix("r=")
        else { throw Self.malformed("Channel binding and a nonce are expected.") }
        let expected = Array(header.utf8) + (isBound ? endPoint ?? [] : [])
        guard let given = Base64.bytes(attributes[0].dropFirst(2)),
            HMAC.areEqual(given, expected)
        else {
            throw DemetraError(.invalidAuthorization, "SCRAM channel binding check failed")
        }
        guard attributes[1].dropFirst(2) == nonce else {
            throw DemetraError(
                .protocolViolation, "invalid SCRAM response", detail: "Nonce does not match.")
        }
        guard let proof = Base64.bytes(text[place.upperBound...]), proof.count == 32 else {
            throw Self.malformed("The proof is no digest.")
        }
        let message = Array("\(firstBare),\(serverFirst),\(withoutProof)".utf8)
        // A verifier that nothing fits takes the same time.
        let isPossible = verifier.storedKey.count == 32
        let storedKey =
            isPossible ? verifier.storedKey : [UInt8](repeating: 0, count: 32)
        let signature = HMAC.sha256(key: storedKey, message)
        let clientKey = zip(proof, signature).map { $0 ^ $1 }
        let isRight = HMAC.areEqual(SHA2.sha256(clientKey), storedKey)
        guard isRight, isPossible else { return .failure }
        return .success("v=" + Base64.text(HMAC.sha256(key: verifier.serverKey, message)))
    }

    private static func malformed(_ detail: String) -> DemetraError {
        DemetraError(.protocolViolation, "malformed SCRAM message", detail: detail)
    }
}
