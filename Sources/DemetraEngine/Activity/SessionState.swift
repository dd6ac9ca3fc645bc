import DemetraTypes
import Synchronization

/// What a session is and does, as far as others may see it and have a hand in it.
final class SessionState: Sendable {
    /// What the session does at a moment.
    struct Activity {
        /// The statement that runs, if any.
        var statement: RunningStatement?
        /// The text of the statement that runs, or ran last.
        var text = ""
        var statementStartedAt: Timestamp?
        /// When it last began or ended a statement.
        var changedAt: Timestamp
        var statementCount = 0

        /// A statement of the client begins.
        mutating func begin(_ text: String, at time: Timestamp) {
            self.text = text
            statementStartedAt = time
            changedAt = time
            statementCount += 1
        }
    }

    /// Tells the sessions of a database apart; clients know it as the process id.
    let number: Int
    /// The user's name.
    let user: String
    /// How it was opened.
    let origin: SessionOrigin
    /// When it was opened.
    let startedAt: Timestamp
    let settings = Mutex(SessionSettings())
    let status = Mutex(TransactionStatus.idle)
    /// When the open transaction began.
    let transactionStartedAt = Mutex<Timestamp?>(nil)
    private let activity: Mutex<Activity>
    private let isEnded = Atomic(false)
    private let terminationReceiver = Mutex<(@Sendable () -> Void)?>(nil)

    init(number: Int, user: String, origin: SessionOrigin, startedAt: Timestamp) {
        self.number = number
        self.user = user
        self.origin = origin
        self.startedAt = startedAt
        activity = Mutex(Activity(changedAt: startedAt))
    }

    /// What the session does now.
    var current: Activity { activity.withLock { $0 } }

    /// What the client calls itself.
    var application: String {
        settings.withLock { (try? $0.value("application_name")) ?? "" }
    }

    // MARK: Statements

    /// A statement begins.
    ///
    /// - Returns: the one that it is a part of, for `end`.
    func begin(_ statement: RunningStatement) -> RunningStatement? {
        activity.withLock { activity in
            defer { activity.statement = statement }
            if activity.statement == nil {
                activity.begin(statement.text, at: statement.startedAt)
            }
            return activity.statement
        }
    }

    /// The statement has ended.
    func end(resuming outer: RunningStatement?, at time: Timestamp) {
        activity.withLock { activity in
            activity.statement = outer
            if outer == nil { activity.changedAt = time }
        }
    }

    /// A statement was carried out that takes no time worth speaking of.
    func note(_ text: String, at time: Timestamp) {
        activity.withLock { activity in
            if activity.statement == nil { activity.begin(text, at: time) }
        }
    }

    // MARK: Stopping

    /// Stops the statement that runs, if any.
    func cancel() { activity.withLock { $0.statement }?.cancellation.cancel() }

    /// Ends the session: what runs is stopped, and nothing is begun any more.
    func terminate() {
        isEnded.store(true, ordering: .sequentiallyConsistent)
        cancel()
        terminationReceiver.withLock { $0 }?()
    }

    /// Whether the session was ended by another.
    var isTerminated: Bool { isEnded.load(ordering: .relaxed) }

    /// Takes the news that the session was ended, on the thread of whoever did it; it must not wait.
    func setTerminationReceiver(_ receiver: (@Sendable () -> Void)?) {
        terminationReceiver.withLock { $0 = receiver }
    }
}
