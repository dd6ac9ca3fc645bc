import Demetra
import DemetraEngine

/// The messages of one client on their way from its event loop to the thread of its session, in order.
///
/// While too many bytes wait, the event loop stops reading from the client.
final class SessionInbox: CopySource, Sendable {
    private struct State: Sendable {
        var messages: [FrontendMessage] = []
        /// Messages before it have been taken.
        var first = 0
        var byteCount = 0
        /// Someone takes messages out, or waits for them.
        var isServed = false
        /// Someone waits for a message.
        var isWaiting = false
        /// The event loop was told to stop reading.
        var isPaused = false
        /// The client is gone.
        var isClosed = false
        /// Messages of other sessions, that wait until the client is between two statements.
        var notifications: [Notification] = []
        /// Some of them have come since they were last looked for.
        var hasNews = false

        var isEmpty: Bool { first == messages.count }

        mutating func takeNews() -> FrontendMessage? {
            defer { hasNews = false }
            return hasNews ? .news : nil
        }

        mutating func take() -> FrontendMessage? {
            guard !isEmpty else { return nil }
            let message = messages[first]
            first += 1
            byteCount -= message.byteCount
            if first == messages.count {
                messages.removeAll(keepingCapacity: messages.capacity <= 1_024)
                first = 0
            } else if first >= 1_024 {
                messages.removeFirst(first)
                first = 0
            }
            return message
        }
    }

    private let monitor = Monitor(State())
    private let setReading: @Sendable (Bool) -> Void

    /// - Parameter setReading: lets the event loop read from the client, or stops it.
    init(setReading: @escaping @Sendable (Bool) -> Void) { self.setReading = setReading }

    /// Whether no message waits and none is being answered.
    var isIdle: Bool { monitor.withLock { $0.isEmpty && (!$0.isServed || $0.isWaiting) } }

    /// Adds messages.
    ///
    /// - Returns: true when nobody serves the inbox: the caller has to see to it that somebody does.
    func add(_ messages: [FrontendMessage]) -> Bool {
        let (mustServe, mustPause) = monitor.withLock(notify: true) { state in
            guard !state.isClosed else { return (false, false) }
            state.messages += messages
            state.byteCount += messages.reduce(0) { $0 + $1.byteCount }
            let mustPause = !state.isPaused && state.byteCount > WireLimits.inputBytes
            if mustPause { state.isPaused = true }
            defer { state.isServed = true }
            return (!state.isServed, mustPause)
        }
        if mustPause { setReading(false) }
        return mustServe
    }

    /// Whether the client is gone.
    var isClosed: Bool { monitor.withLock { $0.isClosed } }

    /// No more messages will come, and those that wait are of no use.
    func close() {
        monitor.withLock(notify: true) { state in
            state.isClosed = true
            state.messages = []
            state.first = 0
            state.byteCount = 0
        }
    }

    /// The next message.
    ///
    /// - Parameter patienceMilliseconds: how long to wait for one.
    /// - Returns: nil when none has come, or the client is gone; then nobody serves the inbox.
    func next(patienceMilliseconds: Int) -> FrontendMessage? {
        if let message = take() { return message }
        if patienceMilliseconds > 0 {
            _ = monitor.wait(milliseconds: patienceMilliseconds) { state -> Bool? in
                state.isWaiting = state.isEmpty && !state.isClosed && !state.hasNews
                return state.isWaiting ? nil : true
            }
        }
        let (message, mustResume) = monitor.withLock { state in
            state.isWaiting = false
            let message = state.take() ?? state.takeNews()
            if message == nil { state.isServed = false }
            return (message, Self.resumes(&state))
        }
        if mustResume { setReading(true) }
        return message
    }

    /// Adds a message of another session.
    ///
    /// - Returns: true when nobody serves the inbox; nil when there are too many and the client has to go.
    func post(_ notification: Notification) -> Bool? {
        monitor.withLock(notify: true) { state -> Bool? in
            guard !state.isClosed else { return false }
            guard state.notifications.count < WireLimits.waitingNotifications else { return nil }
            state.notifications.append(notification)
            state.hasNews = true
            defer { state.isServed = true }
            return !state.isServed
        }
    }

    /// The messages of other sessions so far.
    func takeNotifications() -> [Notification] {
        monitor.withLock { state in
            defer { state.notifications = [] }
            return state.notifications
        }
    }

    /// Whether Sync is what comes next: nothing else belongs to the transaction of the message that was taken last.
    var isSyncNext: Bool {
        monitor.withLock { $0.isEmpty ? false : $0.messages[$0.first] == .sync }
    }

    private func take() -> FrontendMessage? {
        let (message, mustResume) = monitor.withLock { state in
            (state.take(), Self.resumes(&state))
        }
        if mustResume { setReading(true) }
        return message
    }

    private static func resumes(_ state: inout State) -> Bool {
        guard state.isPaused, state.byteCount <= WireLimits.inputBytes / 2 else { return false }
        state.isPaused = false
        return true
    }

    // MARK: COPY

    /// How long a COPY waits before it looks whether it was cancelled.
    private static let copyMilliseconds = 100

    /// The next bytes of COPY FROM STDIN; none when it is time to look for a cancellation.
    func read() throws(DemetraError) -> [UInt8]? {
        while true {
            let next = monitor.wait(milliseconds: Self.copyMilliseconds) { state in
                Self.copyMessage(&state)
            }
            guard let (message, mustResume) = next else { return [] }
            if mustResume { setReading(true) }
            switch message {
            case .copyData(let bytes)?: return bytes
            case .copyDone?: return nil
            case .copyFail(let reason)?:
                throw DemetraError(.queryCanceled, "COPY from stdin failed: \(reason)")
            case .flush?, .sync?: continue
            case nil:
                throw DemetraError(
                    .queryCanceled, "COPY from stdin failed: the client closed the connection")
            default:
                throw DemetraError(
                    .protocolViolation, "unexpected message during COPY from stdin",
                    hint: "Send CopyDone or CopyFail first.")
            }
        }
    }

    /// Takes the next message if it belongs to a COPY; others stay, and are answered after its error.
    private static func copyMessage(_ state: inout State) -> (FrontendMessage?, Bool)? {
        if state.isClosed { return (nil, false) }
        guard !state.isEmpty else { return nil }
        switch state.messages[state.first] {
        case .copyData, .copyDone, .copyFail, .flush, .sync: return (state.take(), resumes(&state))
        default: return (state.messages[state.first], false)
        }
    }
}
