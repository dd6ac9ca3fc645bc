import DemetraTesting
import DemetraTypes
import DemetraWire
import Testing

@Suite struct `A session's messages` {
    private typealias Action = WireStateMachine.Action

    private static let parse = FrontendMessage.parse(name: "", text: "SELECT 1", types: [])
    private static let short = DemetraError(.protocolViolation, "invalid message format")
    private static let execute = FrontendMessage.execute(portal: "", limit: 0)

    private func started() -> WireStateMachine {
        var machine = WireStateMachine()
        _ = machine.receive(.startup(minor: 0, parameters: ["user": "ann"]))
        return machine
    }

    private func state(of action: Action) -> SQLState? {
        switch action {
        case .fail(let error, _), .failAndClose(let error): error.sqlState
        default: nil
        }
    }

    @Test func `begin with questions for encryption, then the start`() {
        var machine = WireStateMachine()
        #expect(machine.receive(.sslRequest) == .offerEncryption)
        #expect(machine.receive(.gssRequest) == .refuseEncryption)
        #expect(
            machine.receive(.startup(minor: 2, parameters: ["a": "b"]))
                == .start(minor: 2, parameters: ["a": "b"]))
    }

    @Test func `are steps of a log-in until it is over`() {
        var machine = started()
        machine.requireAuthentication()
        #expect(machine.receive(.authentication([1, 2])) == .authenticate([1, 2]))
        machine.authenticated()
        #expect(machine.receive(.query("SELECT 1")) == .run("SELECT 1"))
        #expect(state(of: machine.receive(.authentication([]))) == .protocolViolation)
    }

    @Test(arguments: [
        FrontendMessage.query("SELECT 1"), parse, .sync, .malformed(0x42, short), .unexpected(0x41),
    ])
    func `that are no steps of a log-in end it`(message: FrontendMessage) {
        var machine = started()
        machine.requireAuthentication()
        #expect(state(of: machine.receive(message)) == .protocolViolation)
        #expect(machine.receive(.authentication([])) == .ignore)
    }

    @Test func `that are no start close the connection, and nothing is answered behind that`() {
        var machine = WireStateMachine()
        #expect(machine.receive(.query("SELECT 1")) == .close)
        #expect(machine.receive(.startup(minor: 0, parameters: [:])) == .ignore)
    }

    @Test func `to cancel are no session`() {
        var machine = WireStateMachine()
        #expect(
            machine.receive(.cancelRequest(processID: 3, secret: 4))
                == .cancel(processID: 3, secret: 4))
        #expect(machine.receive(.query("SELECT 1")) == .ignore)
    }

    @Test func `of the extended protocol are steps up to Sync`() {
        var machine = started()
        #expect(machine.receive(Self.parse) == .step(Self.parse))
        #expect(machine.receive(Self.execute) == .step(Self.execute))
        #expect(machine.receive(.flush) == .flush)
        #expect(machine.receive(.sync) == .sync)
    }

    @Test func `behind a step that failed are dropped up to Sync, queries too`() {
        var machine = started()
        _ = machine.receive(Self.parse)
        machine.failed()
        for message in [Self.execute, .query("SELECT 1"), .flush, .malformed(0x42, Self.short)] {
            #expect(machine.receive(message) == .ignore)
        }
        #expect(machine.receive(.sync) == .sync)
        #expect(machine.receive(.query("SELECT 1")) == .run("SELECT 1"))
    }

    @Test func `that are malformed fail as their protocol does`() {
        var simple = started()
        let query = simple.receive(.malformed(UInt8(ascii: "Q"), Self.short))
        #expect(state(of: query) == .protocolViolation)
        if case .fail(_, let isReady) = query { #expect(isReady) }
        #expect(simple.receive(.query("SELECT 1")) == .run("SELECT 1"))
        var extended = started()
        let bind = extended.receive(.malformed(UInt8(ascii: "B"), Self.short))
        if case .fail(_, let isReady) = bind { #expect(!isReady) } else { Issue.record("\(bind)") }
        #expect(extended.receive(.query("SELECT 1")) == .ignore)
    }

    @Test func `of COPY outside of one are left over and dropped`() {
        var machine = started()
        for message in [FrontendMessage.copyData([1]), .copyDone, .copyFail("no")] {
            #expect(machine.receive(message) == .ignore)
        }
    }

    @Test(arguments: [
        FrontendMessage.unexpected(0x70), .broken("invalid message length"), .sslRequest,
    ])
    func `that nobody knows end the session`(message: FrontendMessage) {
        var machine = started()
        let action = machine.receive(message)
        guard case .failAndClose = action else {
            Issue.record("\(action)")
            return
        }
        #expect(state(of: action) == .protocolViolation)
        #expect(machine.receive(.query("SELECT 1")) == .ignore)
    }

    @Test func `say goodbye at any time`() {
        var machine = started()
        _ = machine.receive(Self.parse)
        machine.failed()
        #expect(machine.receive(.terminate) == .close)
        #expect(machine.receive(.sync) == .ignore)
    }

    @Test func `that call a function the old way are refused and the session goes on`() {
        var machine = started()
        let action = machine.receive(.functionCall)
        #expect(state(of: action) == .featureNotSupported)
        #expect(machine.receive(.query("SELECT 1")) == .run("SELECT 1"))
    }
}
