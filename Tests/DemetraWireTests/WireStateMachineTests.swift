import DemetraTesting
import DemetraTypes
import DemetraWire
import Testing

@Suite struct `A session's messages` {
    private typealias Action = WireStateMachine.Action

    private func started() -> WireStateMachine {
        var machine = WireStateMachine()
        _ = machine.receive(.startup(minor: 0, parameters: ["user": "ann"]))
        return machine
    }

    private func isFailure(_ action: Action, _ state: SQLState, ready: Bool) -> Bool {
        if case .fail(let error, ready) = action { return error.sqlState == state }
        return false
    }

    @Test func `begin with encryption declined, then the start`() {
        var machine = WireStateMachine()
        #expect(machine.receive(.sslRequest) == [.refuseEncryption])
        #expect(machine.receive(.gssRequest) == [.refuseEncryption])
        #expect(
            machine.receive(.startup(minor: 2, parameters: ["a": "b"])) == [
                .start(minor: 2, parameters: ["a": "b"])
            ])
    }

    @Test func `that are no start close the connection, and nothing is answered behind that`() {
        var machine = WireStateMachine()
        #expect(machine.receive(.query("SELECT 1")) == [.close])
        #expect(machine.receive(.startup(minor: 0, parameters: [:])) == [])
    }

    @Test func `to cancel are no session`() {
        var machine = WireStateMachine()
        #expect(
            machine.receive(.cancelRequest(processID: 3, secret: 4)) == [
                .cancel(processID: 3, secret: 4), .close,
            ])
    }

    @Test func `wait while a statement runs, and run in order`() {
        var machine = started()
        #expect(machine.receive(.query("one")) == [.run("one")])
        #expect(machine.receive(.query("two")) == [])
        #expect(machine.receive(.sync) == [])
        #expect(machine.receive(.query("three")) == [])
        #expect(machine.ended() == [.run("two")])
        #expect(machine.ended() == [.ready, .run("three")])
        #expect(machine.ended() == [])
    }

    @Test func `of COPY go to the statement that wants them`() {
        var machine = started()
        #expect(machine.receive(.query("COPY t FROM STDIN")) == [.run("COPY t FROM STDIN")])
        #expect(machine.receive(.copyData([1])) == [])
        #expect(machine.beginCopyIn() == [.copyData([1])])
        #expect(machine.receive(.copyData([2])) == [.copyData([2])])
        #expect(machine.receive(.sync) == [])
        #expect(machine.receive(.copyDone) == [.copyDone])
        #expect(machine.receive(.query("next")) == [])
        #expect(machine.ended() == [.run("next")])
    }

    @Test func `of a COPY that was given up reach the statement as its failure`() {
        var machine = started()
        _ = machine.receive(.query("COPY t FROM STDIN"))
        _ = machine.beginCopyIn()
        #expect(machine.receive(.copyFail("why")) == [.copyFail("why")])
        #expect(machine.ended() == [])
    }

    @Test func `of another kind inside COPY end it and are answered behind it`() {
        var machine = started()
        _ = machine.receive(.query("COPY t FROM STDIN"))
        _ = machine.beginCopyIn()
        #expect(
            machine.receive(.query("SELECT 1")) == [
                .copyFail("unexpected message during COPY from stdin")
            ])
        #expect(machine.ended() == [.run("SELECT 1")])
    }

    @Test func `of COPY behind a COPY that failed are dropped`() {
        var machine = started()
        _ = machine.receive(.query("COPY t FROM STDIN"))
        _ = machine.beginCopyIn()
        #expect(machine.ended() == [])
        #expect(machine.receive(.copyData([1])) == [])
        #expect(machine.receive(.copyDone) == [])
        #expect(machine.receive(.query("next")) == [.run("next")])
    }

    @Test func `of the extended protocol are refused once, up to Sync`() {
        var machine = started()
        let first = machine.receive(.extended(UInt8(ascii: "P")))
        #expect(first.count == 1 && isFailure(first[0], .featureNotSupported, ready: false))
        #expect(machine.receive(.extended(UInt8(ascii: "B"))) == [])
        #expect(machine.receive(.query("dropped")) == [])
        #expect(machine.receive(.sync) == [.ready])
        #expect(machine.receive(.query("next")) == [.run("next")])
    }

    @Test func `that nobody asked for are a violation that closes`() {
        var machine = started()
        let actions = machine.receive(.unexpected(UInt8(ascii: "p")))
        #expect(actions.count == 2 && isFailure(actions[0], .protocolViolation, ready: false))
        #expect(actions.last == .close)
        #expect(machine.receive(.query("late")) == [])
    }

    @Test func `to end close at once, whatever runs or waits`() {
        var busy = started()
        _ = busy.receive(.query("one"))
        _ = busy.receive(.query("two"))
        #expect(busy.receive(.terminate) == [.close])
        #expect(busy.ended() == [])

        var copying = started()
        _ = copying.receive(.query("COPY t FROM STDIN"))
        _ = copying.beginCopyIn()
        #expect(
            copying.receive(.terminate) == [
                .copyFail("the client closed the connection"), .close,
            ])
    }

    @Test func `may not wait without bound`() {
        var machine = started()
        _ = machine.receive(.query("slow"))
        var actions: [Action] = []
        var count = 0
        while actions.isEmpty, count < 20_000 {
            actions = machine.receive(.sync)
            count += 1
        }
        #expect(count == WireLimits.queuedMessages + 1)
        #expect(actions.count == 2 && isFailure(actions[0], .programLimitExceeded, ready: false))
        #expect(actions.last == .close)
    }

    @Test(arguments: 0..<100)
    func `in any order give one answer a statement at most`(seed: Int) {
        var random = SeededGenerator(state: UInt64(seed))
        var machine = started()
        var (asked, ran, isRunning, isClosed) = (0, 0, false, false)
        for _ in 0..<300 {
            let actions: [Action]
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1, 2:
                asked += 1
                actions = machine.receive(.query("\(asked)"))
            case 3: actions = machine.receive(.copyData([1]))
            case 4: actions = machine.receive(.copyDone)
            case 5: actions = machine.receive(.sync)
            case 6: actions = isRunning ? machine.beginCopyIn() : []
            case 7: actions = machine.receive(.extended(UInt8(ascii: "P")))
            default:
                isRunning = false
                actions = machine.ended()
            }
            for action in actions {
                if case .run(let text) = action {
                    #expect(!isRunning, "two statements run at once")
                    #expect(!isClosed, "a statement runs behind the end")
                    #expect((Int(text) ?? 0) > ran, "statements overtake each other")
                    ran = Int(text) ?? 0
                    isRunning = true
                }
                if action == .close { isClosed = true }
            }
        }
        #expect(ran <= asked)
    }
}
