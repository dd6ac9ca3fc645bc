import Synchronization

/// A message from one session to all that listen to its channel.
package struct Notification: Sendable, Equatable {
    /// The session that sent it.
    package let sender: Int
    /// What is listened to.
    package let channel: String
    /// Its text.
    package let payload: String
}

/// Passes messages between the sessions of a database.
final class NotificationHub: Sendable {
    /// Takes a message; it must not wait.
    typealias Receiver = @Sendable (Notification) -> Void

    private let channels = Mutex<[String: [Int: Receiver]]>([:])

    func listen(_ channel: String, session: Int, _ receiver: @escaping Receiver) {
        channels.withLock { $0[channel, default: [:]][session] = receiver }
    }

    /// Stops one channel, or all.
    func unlisten(_ channel: String?, session: Int) {
        channels.withLock { channels in
            for name in channel.map({ [$0] }) ?? Array(channels.keys) {
                channels[name]?[session] = nil
                if channels[name]?.isEmpty == true { channels[name] = nil }
            }
        }
    }

    func send(_ notification: Notification) {
        let receivers = channels.withLock { Array(($0[notification.channel] ?? [:]).values) }
        for receiver in receivers { receiver(notification) }
    }
}
