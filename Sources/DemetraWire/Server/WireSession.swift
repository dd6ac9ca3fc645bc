import Demetra
import DemetraEngine
import NIOCore

/// The session of one client: its connection to the database, and who answers its messages.
///
/// Event loops must never wait for a query, so messages are answered on a plain thread of the session's own. It is
/// started with a message and stays a moment for the next one, which most clients send at once; idle sessions have none.
final class WireSession: Sendable {
    /// How long the thread waits for the next message.
    private static let patienceMilliseconds = 1_000

    private let connection: Connection
    private let channel: any Channel
    private let loops: ClientLoops
    private let inbox: SessionInbox
    /// With whoever serves the inbox; here in between.
    private let worker: Monitor<SessionWorker?>

    init(
        connection: Connection, channel: any Channel, loops: ClientLoops,
        machine: WireStateMachine, reported: ReportedSettings
    ) {
        self.connection = connection
        self.loops = loops
        self.channel = channel
        let inbox = SessionInbox { isReading in
            channel.setOption(.autoRead, value: isReading).whenFailure { _ in }
        }
        self.inbox = inbox
        let output = ChannelOutput(
            channel: channel, inbox: inbox, connection: connection, waiting: WaitingBytes())
        worker = Monitor(
            SessionWorker(
                machine: machine, connection: connection, output: output, inbox: inbox,
                reported: reported))
    }

    /// Stops whatever runs: nobody waits for it.
    func clientIsGone() {
        inbox.close()
        connection.cancel()
    }

    /// Takes messages in, on the client's event loop.
    func receive(_ messages: [FrontendMessage]) {
        if messages.count == 1, answerHere(messages[0]) { return }
        guard inbox.add(messages) else { return }
        let isStarted = SystemThread.start { [self] in
            serve(patienceMilliseconds: Self.patienceMilliseconds)
        }
        // Without a thread the event loop has to do it: slow, but nothing is lost.
        if !isStarted { serve(patienceMilliseconds: 0) }
    }

    /// Answers a message on the event loop, if that can be done: the loop is the client's own and the answer is so short
    /// that nobody has to wait for the client. Two threads less have to be woken up.
    ///
    /// - Returns: false when nothing was done.
    private func answerHere(_ message: FrontendMessage) -> Bool {
        guard case .query(let text) = message, loops.isExclusive(channel.eventLoop),
            inbox.isIdle, connection.isRepeatedInsert(text), let worker = takeWorker()
        else { return false }
        _ = worker.answer(message) { (output) throws(DemetraError) in output.writeHere() }
        self.worker.withLock { $0 = worker }
        return true
    }

    private func takeWorker() -> SessionWorker? {
        worker.withLock { worker in
            defer { worker = nil }
            return worker
        }
    }

    /// Answers messages until none comes any more.
    private func serve(patienceMilliseconds: Int) {
        while let message = inbox.next(patienceMilliseconds: patienceMilliseconds) {
            // The event loop has it for no longer than a short answer takes.
            let worker = self.worker.wait { worker in
                defer { worker = nil }
                return worker
            }
            let goesOn = worker.answer(message) { (output) throws(DemetraError) in
                try output.flush()
            }
            self.worker.withLock(notify: true) { $0 = worker }
            if !goesOn { inbox.close() }
        }
    }
}

/// The `options` of a start-up packet: `-c name=value` and `--name=value`.
enum StartupOptions {
    /// Applies the settings of a start-up packet, also those in `options`.
    static func apply(
        _ parameters: [String: String], to connection: Connection
    ) throws(DemetraError) {
        for (name, value) in parameters {
            switch name {
            case "user", "database", "replication": continue
            case "options":
                for (name, value) in parse(value) { try connection.set(name, to: value) }
            default:
                if name.hasPrefix("_pq_.") { continue }
                try connection.set(name, to: value)
            }
        }
    }

    private static func parse(_ text: String) -> [(String, String)] {
        var result: [(String, String)] = []
        var words = text.split(separator: " ").map(String.init)
        while !words.isEmpty {
            var word = words.removeFirst()
            if word == "-c", !words.isEmpty {
                word = words.removeFirst()
            } else if word.hasPrefix("-c") || word.hasPrefix("--") {
                word.removeFirst(2)
            } else {
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { result.append((parts[0], parts[1])) }
        }
        return result
    }
}
