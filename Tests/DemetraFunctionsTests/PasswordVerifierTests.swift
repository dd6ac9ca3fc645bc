import DemetraFunctions
import Testing

@Suite struct `What a password is checked with` {
    /// RFC 7677, section 3.
    private let salt = Base64.bytes("W22ZaJ0SNY7soEsUEjb6gQ==") ?? []

    @Test func `is that of PostgreSQL, and reads back`() {
        let verifier = PasswordVerifier(password: "pencil", salt: salt)
        let text =
            "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
            + "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:"
            + "wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
        #expect(verifier.text == text)
        #expect(PasswordVerifier(text: text) == verifier)
    }

    @Test(arguments: [
        "", "pencil", "SCRAM-SHA-256$", "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$a:b",
        "SCRAM-SHA-256$0:AAAA$AAAA:AAAA", "SCRAM-SHA-256$99999999999:AAAA$AAAA:AAAA",
        "md5a6343a68d964ca596d9752250d54bb8a",
    ])
    func `is not just any text`(text: String) {
        #expect(PasswordVerifier(text: text) == nil)
    }

    @Test func `is the same however a password was typed`() {
        func bytes(_ text: String) -> [UInt8] { PreparedPassword.bytes(text) }
        #expect(bytes("e\u{301}") == Array("\u{e9}".utf8))
        #expect(bytes("I\u{AD}X") == Array("IX".utf8))
        #expect(bytes("a\u{A0}b") == Array("a b".utf8))
        #expect(bytes("plain \t") == Array("plain \t".utf8))
        #expect(bytes("\u{7}\u{e9}") == Array("\u{7}\u{e9}".utf8))
        #expect(bytes("a") != bytes("A"))
    }
}

@Suite struct `Bytes as letters` {
    @Test func `read back, whatever they are`() {
        var bytes: [UInt8] = []
        for index in 0..<300 {
            #expect(Base64.bytes(Base64.text(bytes)) == bytes)
            bytes.append(UInt8(truncatingIfNeeded: index &* 37))
        }
    }

    @Test(arguments: ["A", "AA", "AAA", "A===", "AB==CD==", "AA=A", "AB==", "A A=", "====", "é==="])
    func `have one form`(text: String) {
        #expect(Base64.bytes(text) == nil)
    }
}

@Suite struct `Keyed digests` {
    @Test func `are those of the standards`() {
        // RFC 4231, cases 1, 2 and 6.
        func hex(_ bytes: [UInt8]) -> String {
            bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        }
        #expect(
            hex(HMAC.sha256(key: [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8)))
                == "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7")
        #expect(
            hex(HMAC.sha256(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8)))
                == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = "Test Using Larger Than Block-Size Key - Hash Key First"
        #expect(
            hex(HMAC.sha256(key: [UInt8](repeating: 0xaa, count: 131), Array(long.utf8)))
                == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
        // RFC 7914, section 11, the first 32 bytes.
        #expect(
            hex(HMAC.stretched(Array("passwd".utf8), salt: Array("salt".utf8), iterations: 1))
                == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc")
    }
}
