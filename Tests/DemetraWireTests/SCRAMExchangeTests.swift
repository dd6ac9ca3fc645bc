import Demetra
import DemetraFunctions
import DemetraTypes
import DemetraWire
import Testing

@Suite struct `A log-in by SCRAM-SHA-256` {
    /// The example of RFC 7677, section 3.
    private enum Example {
        static let salt = Base64.bytes("W22ZaJ0SNY7soEsUEjb6gQ==") ?? []
        static let verifier = PasswordVerifier(password: "pencil", salt: salt)
        static let serverNonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
        static let clientFirst = "n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
        static let serverFirst =
            "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        static let clientFinal =
            "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="
        static let serverFinal = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="
    }

    private func exchange(
        _ verifier: PasswordVerifier = Example.verifier, endPoint: [UInt8]? = nil
    ) -> SCRAMExchange {
        SCRAMExchange(
            verifier: verifier, serverNonce: Example.serverNonce, endPoint: endPoint)
    }

    private func step(
        _ exchange: inout SCRAMExchange, _ message: String
    ) throws(DemetraError) -> SCRAMExchange.Step {
        try exchange.receive(Array(message.utf8))
    }

    /// What a client with a password sends last.
    private func proof(
        _ password: String, header: String = "n,,", binding: [UInt8] = [], _ serverFirst: String
    ) -> String {
        let parts = serverFirst.split(separator: ",")
        let nonce = parts[0].dropFirst(2)
        let salt = Base64.bytes(parts[1].dropFirst(2)) ?? []
        let salted = HMAC.stretched(Array(password.utf8), salt: salt, iterations: 4_096)
        let clientKey = HMAC.sha256(key: salted, Array("Client Key".utf8))
        let start = "c=" + Base64.text(Array(header.utf8) + binding) + ",r=\(nonce)"
        let message = "n=user,r=rOprNGfwEbeRWgbNEkqO,\(serverFirst),\(start)"
        let signature = HMAC.sha256(key: SHA2.sha256(clientKey), Array(message.utf8))
        return start + ",p=" + Base64.text(zip(clientKey, signature).map { $0 ^ $1 })
    }

    @Test func `goes as in the standard's example`() throws {
        var exchange = exchange()
        #expect(exchange.mechanisms == ["SCRAM-SHA-256"])
        try exchange.choose("SCRAM-SHA-256")
        #expect(try step(&exchange, Example.clientFirst) == .challenge(Example.serverFirst))
        #expect(try step(&exchange, Example.clientFinal) == .success(Example.serverFinal))
    }

    @Test func `fails for another password`() throws {
        var exchange = exchange()
        try exchange.choose("SCRAM-SHA-256")
        _ = try step(&exchange, Example.clientFirst)
        #expect(try step(&exchange, proof("pencils", Example.serverFirst)) == .failure)
        #expect(throws: DemetraError.self) { try step(&exchange, Example.clientFinal) }
    }

    @Test func `fails for every proof with one bit changed`() throws {
        let end = Example.clientFinal.ranges(of: ",p=")[0]
        let start = Example.clientFinal[..<end.upperBound]
        let right = Base64.bytes("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=") ?? []
        for bit in 0..<(right.count * 8) {
            var proof = right
            proof[bit / 8] ^= 1 << UInt8(bit % 8)
            var exchange = exchange()
            try exchange.choose("SCRAM-SHA-256")
            _ = try step(&exchange, Example.clientFirst)
            #expect(try step(&exchange, start + Base64.text(proof)) == .failure)
        }
    }

    @Test func `asks a user who cannot be there the same, and lets nobody in`() throws {
        var exchange = exchange(PasswordVerifier(impossibleWith: Example.salt))
        try exchange.choose("SCRAM-SHA-256")
        #expect(try step(&exchange, Example.clientFirst) == .challenge(Example.serverFirst))
        #expect(try step(&exchange, Example.clientFinal) == .failure)
    }

    @Test(arguments: [
        "", "n", "n,,", "n,,n=user", "n,,r=abc,n=user", "x,,n=user,r=abc", "n,,n=user,r=",
        "n,,n=user,r=a\u{1}b", "p=tls-unique,,n=user,r=abc", "p=tls-server-end-point,,n=,r=abc",
        "n,a=ann,n=user,r=abc", "n,,m=x,n=user,r=abc",
    ])
    func `is not begun by what makes no sense`(message: String) throws {
        var exchange = exchange()
        try exchange.choose("SCRAM-SHA-256")
        #expect(throws: DemetraError.self) { try step(&exchange, message) }
    }

    @Test(arguments: [
        "", "c=biws", "c=biws,r=x,p=AAAA", "c=eSws,r=%,p=AAAA",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=",
        "c=biws,r=rOprNGfwEbeRWgbNEkqO,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
        "c=eSws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
            + "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    ])
    func `is not ended by what makes no sense, another nonce or another header`(
        message: String
    ) throws {
        var exchange = exchange()
        try exchange.choose("SCRAM-SHA-256")
        _ = try step(&exchange, Example.clientFirst)
        #expect(throws: DemetraError.self) { try step(&exchange, message) }
    }

    @Test func `is bound to the server's certificate where the client wants it`() throws {
        let digest: [UInt8] = Array(1...32)
        let header = "p=tls-server-end-point,,"
        for (binding, isRight) in [(digest, true), (Array(2...33), false)] {
            var exchange = exchange(endPoint: digest)
            #expect(exchange.mechanisms == ["SCRAM-SHA-256-PLUS", "SCRAM-SHA-256"])
            try exchange.choose("SCRAM-SHA-256-PLUS")
            let first = header + "n=user,r=rOprNGfwEbeRWgbNEkqO"
            #expect(try step(&exchange, first) == .challenge(Example.serverFirst))
            let final = proof("pencil", header: header, binding: binding, Example.serverFirst)
            if isRight {
                guard case .success = try step(&exchange, final) else {
                    Issue.record("the proof is right")
                    return
                }
            } else {
                #expect(throws: DemetraError.self) { try step(&exchange, final) }
            }
        }
    }

    @Test func `is refused when somebody has hidden that it can be bound`() throws {
        var exchange = exchange(endPoint: Array(1...32))
        try exchange.choose("SCRAM-SHA-256")
        #expect(throws: DemetraError.self) { try step(&exchange, "y,,n=user,r=abc") }
        var plain = self.exchange()
        try plain.choose("SCRAM-SHA-256")
        guard case .challenge = try step(&plain, "y,,n=user,r=abc") else {
            Issue.record("a server without TLS cannot bind")
            return
        }
    }

    @Test func `is refused with a mechanism that was not offered`() {
        var exchange = exchange()
        for name in ["", "PLAIN", "SCRAM-SHA-1", "SCRAM-SHA-256-PLUS"] {
            #expect(throws: DemetraError.self) { try exchange.choose(name) }
        }
    }
}

@Suite struct `Who may log in` {
    private let verifier = PasswordVerifier(password: "x", salt: [1])
    private let remote = ClientAddress.remote("192.0.2.7")
    private let loopback = ClientAddress.loopback("127.0.0.1")

    private func roles(_ names: LoginRole...) -> LoginRoles { LoginRoles(names, secret: [7]) }

    private func decide(
        _ user: String, _ address: ClientAddress, _ roles: LoginRoles, encrypted: Bool = true,
        requiresPasswords: Bool = false
    ) -> AccessPolicy.Decision {
        AccessPolicy(requiresPasswords: requiresPasswords)
            .decide(user: user, from: address, isEncrypted: encrypted, roles)
    }

    @Test func `on loopback everybody as long as there are no users, and then roles alone`() {
        #expect(decide("ann", loopback, roles()) == .trust(asOwner: true))
        let some = roles(LoginRole(name: "ann"), LoginRole(name: "bob", verifier: verifier))
        #expect(decide("ann", loopback, some) == .trust(asOwner: false))
        #expect(decide("bob", loopback, some) == .password(verifier, isPossible: true))
        guard case .password(_, isPossible: false) = decide("eve", loopback, some) else {
            Issue.record("a name that is no role is asked in vain")
            return
        }
    }

    @Test func `from elsewhere nobody without encryption and a password`() {
        let some = roles(LoginRole(name: "ann"), LoginRole(name: "bob", verifier: verifier))
        for user in ["ann", "eve"] {
            guard case .password(_, isPossible: false) = decide(user, remote, some) else {
                Issue.record("\(user) has no password")
                return
            }
        }
        #expect(decide("bob", remote, some) == .password(verifier, isPossible: true))
        guard case .refuse = decide("bob", remote, some, encrypted: false) else {
            Issue.record("plain text from another machine")
            return
        }
        guard case .password(_, isPossible: false) = decide("ann", remote, roles()) else {
            Issue.record("no trust outside of this machine")
            return
        }
    }

    @Test func `on loopback nobody without a password where passwords are required`() {
        let some = roles(LoginRole(name: "ann"))
        guard
            case .password(_, isPossible: false) = decide(
                "ann", loopback, some, requiresPasswords: true)
        else {
            Issue.record("ann has no password")
            return
        }
    }

    @Test
    func `a name that is no role is always asked with the same salt, another one with another`() {
        let some = roles(LoginRole(name: "ann"))
        #expect(decide("eve", remote, some) == decide("eve", remote, some))
        #expect(decide("eve", remote, some) != decide("eva", remote, some))
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("::1", true), ("localhost", true),
        ("::ffff:127.0.0.1", true), ("0.0.0.0", false), ("::", false), ("192.0.2.1", false),
        ("127.0.0.1.example.org", false),
    ])
    func `loopback is this machine alone`(host: String, isLoopback: Bool) {
        #expect(ClientAddress.isLoopback(host) == isLoopback)
    }
}

@Suite struct `Guessing passwords` {
    @Test func `takes longer with each guess, up to two seconds`() {
        let throttle = LoginThrottle()
        let delays = (0..<8).map { _ in throttle.fail(user: "ann", "192.0.2.1", at: 10) }
        #expect(delays == [50, 100, 200, 400, 800, 1_600, 2_000, 2_000])
        throttle.succeed(user: "ann", "192.0.2.1")
        #expect(throttle.fail(user: "ann", "192.0.2.1", at: 11) == 50)
    }

    @Test func `ends after a hundred guesses, for some minutes and from there`() {
        let throttle = LoginThrottle()
        for _ in 0..<LoginThrottle.mostForUser {
            #expect(!throttle.isBlocked(user: "ann", "192.0.2.1", at: 10))
            _ = throttle.fail(user: "ann", "192.0.2.1", at: 10)
        }
        #expect(throttle.isBlocked(user: "ann", "192.0.2.1", at: 11))
        #expect(!throttle.isBlocked(user: "bob", "192.0.2.1", at: 11))
        #expect(!throttle.isBlocked(user: "ann", "192.0.2.2", at: 11))
        let later = 10 + LoginThrottle.memorySeconds
        #expect(!throttle.isBlocked(user: "ann", "192.0.2.1", at: later))
    }

    @Test func `of many users from one address ends for all of it`() {
        let throttle = LoginThrottle()
        for number in 0..<LoginThrottle.mostForAddress {
            _ = throttle.fail(user: "user\(number)", "192.0.2.1", at: 10)
        }
        #expect(throttle.isBlocked(user: "ann", "192.0.2.1", at: 10))
        #expect(!throttle.isBlocked(user: "ann", "192.0.2.2", at: 10))
    }
}

@Suite struct `Clients at once` {
    @Test func `are limited in all, from an address and for a user`() {
        let counts = ConnectionCounts(most: 3, mostForAddress: 2)
        #expect(counts.open(from: "a") == nil)
        #expect(counts.open(from: "a") == nil)
        #expect(counts.open(from: "a") == .address)
        #expect(counts.open(from: "b") == nil)
        #expect(counts.open(from: "c") == .server)
        counts.close(from: "a")
        #expect(counts.open(from: "c") == nil)
        #expect(counts.logIn("ann", limit: 1) == nil)
        #expect(counts.logIn("ann", limit: 1) == .user)
        counts.logOut("ann")
        #expect(counts.logIn("ann", limit: 1) == nil)
    }
}
