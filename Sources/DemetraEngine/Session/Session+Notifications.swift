import DemetraTypes
import Synchronization

// LISTEN, UNLISTEN and NOTIFY: they happen when the transaction commits.

/// What a transaction does about notifications when it commits.
enum NotificationAction: Sendable, Equatable {
    case listen(String)
    /// Nil for all channels.
    case unlisten(String?)
    case notify(String, payload: String)
}

extension Session {
    /// The longest payload, as in PostgreSQL.
    private static let longestPayload = 7_999
    private static let longestChannel = 63

    /// Takes the messages of channels that the session listens to, on the thread that sends them.
    package func setNotificationReceiver(
        _ receiver: (@Sendable (Notification) -> Void)?
    ) { notificationReceiver.withLock { $0 = receiver } }

    /// Does something about notifications now, or when the open transaction commits.
    ///
    /// - Throws: 22023 for names and payloads that are too long.
    func perform(_ action: NotificationAction) throws(DemetraError) {
        if case .notify(let channel, let payload) = action {
            guard !channel.isEmpty, channel.utf8.count <= Self.longestChannel else {
                throw DemetraError(
                    .invalidParameterValue,
                    channel.isEmpty ? "channel name cannot be empty" : "channel name too long",
                    hint: "It has 1 to \(Self.longestChannel) bytes.")
            }
            guard payload.utf8.count <= Self.longestPayload else {
                throw DemetraError(
                    .invalidParameterValue, "payload string too long",
                    hint: "Send at most \(Self.longestPayload) bytes, such as the key of a row.")
            }
        }
        let isDeferred = transaction.withLock { transaction in
            transaction?.note(action)
            return transaction != nil
        }
        if !isDeferred { apply([action]) }
    }

    /// Does what a transaction has noted.
    func apply(_ actions: [NotificationAction]) {
        for action in actions {
            switch action {
            case .listen(let channel):
                engine.notifications.listen(channel, session: number) { [weak self] notification in
                    self?.notificationReceiver.withLock { $0 }?(notification)
                }
            case .unlisten(let channel):
                engine.notifications.unlisten(channel, session: number)
            case .notify(let channel, let payload):
                engine.notifications.send(
                    Notification(sender: number, channel: channel, payload: payload))
            }
        }
    }
}
