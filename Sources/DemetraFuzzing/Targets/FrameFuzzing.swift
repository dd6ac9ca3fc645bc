import Demetra
import DemetraFunctions
import DemetraWire
import NIOCore

/// The bytes of a client of the server, from the first one on: where they are cut changes nothing, there are no more
/// messages than were sent, a connection that is closed stays so, and nobody logs in without the password.
enum FrameFuzzing {
    /// What bytes were taken for.
    private struct Reading: Equatable {
        var messages: [FrontendMessage] = []
        /// Why the rest was not read; nil when there was no more.
        var failure: String?
    }

    private static let verifier = PasswordVerifier(
        password: "correct", salt: [1, 2, 3, 4], iterations: 2)
    private static let nonce = "bm9uY2U"

    /// - Parameter bytes: the first one says how the others come in.
    static func run(_ bytes: [UInt8]) throws(FuzzFinding) {
        guard let first = bytes.first else { return }
        let sent = bytes.dropFirst()
        let whole = read(sent, [sent.count], isLoggedIn: first & 1 == 1)
        let parts = read(
            sent, [1 + Int(first >> 5), 1 + Int(first >> 1 & 0xf)], isLoggedIn: first & 1 == 1)
        try law(whole == parts, "in parts \(parts), at once \(whole)")
        // The shortest message has four bytes.
        try law(
            whole.messages.count * 4 <= sent.count,
            "\(whole.messages.count) messages in \(sent.count) bytes")
        try follow(whole.messages, asksForPassword: first & 2 == 2, isEncrypted: first & 4 == 4)
    }

    /// Cuts bytes into pieces of these lengths in turn, and those into messages.
    private static func read(
        _ bytes: ArraySlice<UInt8>, _ lengths: [Int], isLoggedIn: Bool
    ) -> Reading {
        let limit = MessageLengthLimit()
        limit.isRaised = isLoggedIn
        var decoder = FrontendDecoder(limit)
        var reading = Reading()
        var buffer = ByteBuffer()
        var rest = bytes
        var turn = 0
        while !rest.isEmpty {
            let piece = rest.prefix(lengths[turn % lengths.count])
            rest = rest.dropFirst(piece.count)
            turn += 1
            buffer.writeBytes(piece)
            do {
                while let message = try decoder.decode(buffer: &buffer) {
                    reading.messages.append(message)
                }
            } catch {
                reading.failure = "\(error)"
                return reading
            }
        }
        return reading
    }

    /// What a session does with the messages.
    private static func follow(
        _ messages: [FrontendMessage], asksForPassword: Bool, isEncrypted: Bool
    ) throws(FuzzFinding) {
        var machine = WireStateMachine()
        var login = SCRAMExchange(
            verifier: verifier, serverNonce: nonce, endPoint: isEncrypted ? [7] : nil)
        var isClosed = false
        var hasStarted = false
        for message in messages {
            let action = machine.receive(message)
            if isClosed { try law(action == .ignore, "a closed connection answers \(message)") }
            switch action {
            case .start:
                try law(!hasStarted, "a session is opened twice")
                hasStarted = true
                if asksForPassword { machine.requireAuthentication() }
            case .run, .step, .sync, .flush, .notify:
                try law(hasStarted && !asksForPassword, "\(message) is done before the log-in")
                if case .bind = message { machine.failed() }
            case .authenticate(let body):
                try law(asksForPassword, "a password nobody asked for")
                try take(body, &login)
            case .close, .failAndClose, .cancel: isClosed = true
            case .ignore, .refuseEncryption, .offerEncryption, .fail: break
            }
        }
    }

    private static func take(_ body: [UInt8], _ login: inout SCRAMExchange) throws(FuzzFinding) {
        // A typed error that is not understood ends the log-in; the exchange after it is asked for all the same.
        let text = String(decoding: body.prefix { $0 != 0 }, as: UTF8.self)
        do throws(DemetraError) {
            try login.choose(text)
        } catch {
            try law(error.sqlState != .internalError, "internal error: \(error.message)")
        }
        do throws(DemetraError) {
            if case .success = try login.receive(body) {
                throw DemetraError(.internalError, "logged in")
            }
        } catch {
            try law(error.sqlState != .internalError, "internal error: \(error.message)")
        }
    }
}
