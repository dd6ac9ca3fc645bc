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
    private let loop: ClientLoop
    private let inbox: SessionInbox
    /// With whoever serves the inbox; here in between.
    private let worker: Monitor<SessionWorker?>

    init(
        connection: Connection, channel: any Channel, loop: ClientLoop,
        machine: WireStateMachine, reported: ReportedSettings
    ) {
        self.connection = connection
        self.loop = loop
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
        connection.setNotificationReceiver(nil)
        connection.setTerminationReceiver(nil)
        inbox.close()
        connection.cancel()
        connection.leave()
    }

    /// Takes messages in, on the client's event loop.
    func receive(_ messages: [FrontendMessage]) {
        let answered = answerHere(messages)
        // A client that must not be silent for long needs somebody who waits for it.
        let isWatched = worker.withLock { $0?.silence != nil }
        guard answered < messages.count || isWatched else { return }
        if inbox.add(Array(messages[answered...])) { startServing() }
    }

    /// Lets other sessions end this one: at once when it is idle, else with the statement that runs, which fails.
    func obeyTermination() {
        connection.setTerminationReceiver { [weak self] in
            guard let self else { return }
            channel.eventLoop.execute { [self] in
                guard inbox.isIdle, let worker = takeWorker() else { return }
                inbox.close()
                worker.end(Session.terminated)
                self.worker.withLock(notify: true) { $0 = worker }
            }
        }
    }

    /// Passes the messages of other sessions on.
    func receiveNotifications() {
        connection.setNotificationReceiver { [weak self] notification in
            guard let self else { return }
            guard let mustServe = inbox.post(notification) else {
                // It does not read them: others must not wait for it, nor memory fill up.
                return channel.close(promise: nil)
            }
            if mustServe { startServing() }
        }
    }

    private func startServing() {
        let isStarted = SystemThread.start { [self] in
            serve(patienceMilliseconds: Self.patienceMilliseconds)
        }
        // Without a thread the event loop has to do it: slow, but nothing is lost.
        if !isStarted { serve(patienceMilliseconds: 0) }
    }

    /// Answers messages on the event loop, as far as they are answered in no time: two threads less have to be woken up.
    ///
    /// - Returns: how many of them are answered.
    private func answerHere(_ messages: [FrontendMessage]) -> Int {
        guard inbox.isIdle, let worker = takeWorker()
        else { return 0 }
        defer { self.worker.withLock(notify: true) { $0 = worker } }
        var count = 0
        for (index, message) in messages.enumerated() where count == index {
            guard worker.isShort(message, mayWait: loop.isExclusive), worker.isClientFast else {
                break
            }
            let isSyncNext = index + 1 < messages.count && messages[index + 1] == .sync
            count += 1
            guard
                worker.answer(
                    message, isSyncNext: isSyncNext,
                    flush: { (output) throws(DemetraError) in output.write(on: loop) })
            else {
                inbox.close()
                return messages.count
            }
        }
        return count
    }

    private func takeWorker() -> SessionWorker? {
        worker.withLock { worker in
            defer { worker = nil }
            return worker
        }
    }

    /// Answers messages until none comes any more.
    private func serve(patienceMilliseconds: Int) {
        var patience = patienceMilliseconds
        while true {
            let silence = worker.withLock { $0?.silence }
            if let silence, patienceMilliseconds > 0 { patience = silence.milliseconds }
            guard let message = inbox.next(patienceMilliseconds: patience) else {
                if let silence, patienceMilliseconds > 0, !inbox.isClosed {
                    worker.withLock { $0 }?.end(silence.error)
                }
                return
            }
            patience = patienceMilliseconds
            // The event loop has it for no longer than a short answer takes.
            let worker = self.worker.wait { worker in
                defer { worker = nil }
                return worker
            }
            let goesOn = worker.answer(message, isSyncNext: inbox.isSyncNext) {
                (output) throws(DemetraError) in try output.flush()
            }
            self.worker.withLock(notify: true) { $0 = worker }
            if !goesOn { inbox.close() }
        }
    }
}
