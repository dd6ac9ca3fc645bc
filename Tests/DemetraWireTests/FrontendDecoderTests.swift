import DemetraTesting
import DemetraWire
import NIOCore
import Testing

@Suite struct `Messages of a client` {
    /// A session with every kind of message.
    private static let session: [UInt8] =
        ClientBytes.sslRequest
        + ClientBytes.startup(["user", "ann", "database", "", "options", "-c a=b"])
        + ClientBytes.message("Q", ClientBytes.text("SELECT 'ä'"))
        + ClientBytes.message("d", [1, 2, 0, 255]) + ClientBytes.message("d")
        + ClientBytes.message("c") + ClientBytes.message("f", ClientBytes.text("no more"))
        + ClientBytes.message(
            "P",
            ClientBytes.text("s") + ClientBytes.text("SELECT $1") + [0, 2, 0, 0, 0, 23, 0, 0, 0, 0])
        + ClientBytes.message(
            "B",
            ClientBytes.text("p") + ClientBytes.text("s") + [0, 1, 0, 1, 0, 2]
                + ClientBytes.integer(4) + [0, 0, 0, 7] + ClientBytes.integer(-1) + [0, 0])
        + ClientBytes.message("D", [0x50] + ClientBytes.text("p"))
        + ClientBytes.message("E", ClientBytes.text("p") + ClientBytes.integer(50))
        + ClientBytes.message("C", [0x53] + ClientBytes.text("s"))
        + ClientBytes.message("H") + ClientBytes.message("S") + ClientBytes.message("p", [65, 0])
        + ClientBytes.message("X")

    private static let messages: [FrontendMessage] = [
        .sslRequest,
        .startup(minor: 0, parameters: ["user": "ann", "database": "", "options": "-c a=b"]),
        .query("SELECT 'ä'"), .copyData([1, 2, 0, 255]), .copyData([]), .copyDone,
        .copyFail("no more"), .parse(name: "s", text: "SELECT $1", types: [23, 0]),
        .bind(
            FrontendMessage.Binding(
                portal: "p", statement: "s", parameterFormats: [1],
                values: [[0, 0, 0, 7], nil], resultFormats: [])),
        .describe(.portal, name: "p"), .execute(portal: "p", limit: 50),
        .closeTarget(.statement, name: "s"), .flush, .sync,
        .authentication([65, 0]), .terminate,
    ]

    /// Feeds pieces as the network might cut them.
    private func decode(_ pieces: [[UInt8]]) throws -> [FrontendMessage] {
        let processor = NIOSingleStepByteToMessageProcessor(FrontendDecoder())
        var messages: [FrontendMessage] = []
        for piece in pieces {
            try processor.process(buffer: ByteBuffer(bytes: piece)) { messages.append($0) }
        }
        return messages
    }

    @Test func `are the same wherever the network cuts their bytes`() throws {
        let bytes = Self.session
        #expect(try decode([bytes]) == Self.messages)
        #expect(try decode(bytes.map { [$0] }) == Self.messages)
        for first in 0...bytes.count {
            for second in first...bytes.count {
                let pieces = [bytes[..<first], bytes[first..<second], bytes[second...]]
                #expect(try decode(pieces.map(Array.init)) == Self.messages)
            }
        }
    }

    @Test func `are not given before all of their bytes are there`() throws {
        let bytes = Self.session
        for count in 0..<bytes.count {
            let given = try decode([Array(bytes[..<count])])
            #expect(given.count < Self.messages.count)
            #expect(given == Array(Self.messages[..<given.count]))
        }
    }

    @Test(arguments: [Int32.min, -1, 0, 3, 4, 7, 10_001, 80_877_103, .max])
    func `with a length that no start-up has are refused before memory is taken`(length: Int32) {
        #expect(throws: ProtocolViolation.self) {
            try decode([ClientBytes.integer(length) + [0, 3, 0, 0]])
        }
    }

    @Test(arguments: [Int32.min, -1, 0, 3, 256 << 20 + 1, .max])
    func `with a length that no message has are refused before memory is taken`(length: Int32) {
        let start = ClientBytes.startup(["user", "ann"])
        #expect(throws: ProtocolViolation.self) {
            try decode([start + [UInt8(ascii: "Q")] + ClientBytes.integer(length)])
        }
    }

    @Test(arguments: [
        ClientBytes.startup(major: 2, ["user", "ann"]), ClientBytes.startup(major: 4, []),
        ClientBytes.packet(ClientBytes.integer(3 << 16) + [65, 66]),
        ClientBytes.packet(ClientBytes.integer(80_877_102) + [0, 0]),
        ClientBytes.packet(ClientBytes.integer(3 << 16) + ClientBytes.text("user") + [65]),
        ClientBytes.packet(
            ClientBytes.integer(3 << 16) + ClientBytes.text("user") + ClientBytes.text("ann")
                + Array("database".utf8)),
        ClientBytes.packet(ClientBytes.integer(3 << 16) + [0, 0]),
    ])
    func `that make no sense at the start are refused`(packet: [UInt8]) {
        #expect(throws: ProtocolViolation.self) { try decode([packet]) }
    }

    @Test(
        arguments: [
            ("Q", Array("SELECT 1".utf8)), ("Q", ClientBytes.text("SELECT 1") + [0]),
            ("Q", [0xff, 0xfe, 0]), ("P", [0]), ("P", ClientBytes.text("s") + [0, 0xff, 0xff]),
            ("B", [0, 0, 0, 0, 0, 1, 0x7f, 0xff, 0xff, 0xff, 0, 0]),
            ("B", [0, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xfe, 0, 0]), ("D", [0x41, 0]),
            ("E", [0, 1]),
            ("C", []),
        ] as [(Unicode.Scalar, [UInt8])])
    func `whose bodies make no sense are told so, and the next one is read`(
        type: Unicode.Scalar, body: [UInt8]
    ) throws {
        let bytes =
            ClientBytes.startup([]) + ClientBytes.message(type, body) + ClientBytes.message("S")
        let messages = try decode([bytes])
        #expect(messages.count == 3)
        guard case .malformed(UInt8(ascii: type), _) = messages[1] else {
            Issue.record("\(messages[1])")
            return
        }
        #expect(messages[2] == .sync)
    }

    @Test func `a request to cancel carries its key`() throws {
        let bytes = ClientBytes.cancel(7, -9)
        #expect(try decode([bytes]) == [.cancelRequest(processID: 7, secret: -9)])
    }

    @Test(arguments: 0..<200)
    func `random bytes are refused or wait for more, and never trap`(seed: Int) {
        var random = SeededGenerator(state: UInt64(seed))
        let start = Bool.random(using: &random) ? ClientBytes.startup(["user", "ann"]) : []
        let noise = (0..<Int.random(in: 0...300, using: &random)).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
        _ = try? decode([start, noise])
    }
}
