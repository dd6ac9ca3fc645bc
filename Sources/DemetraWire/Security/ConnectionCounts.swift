import Synchronization

/// How many clients there are: in all, of each address and of each user.
package final class ConnectionCounts: Sendable {
    /// Why a client is one too many.
    package enum Refusal: Sendable, Equatable {
        case server, address, user
    }

    private struct Counts {
        var most: Int
        var mostForAddress: Int
        var all = 0
        var addresses: [String: Int] = [:]
        var users: [String: Int] = [:]
    }

    private let counts: Mutex<Counts>

    /// - Parameters:
    ///   - most: clients that the server takes.
    ///   - mostForAddress: clients that it takes from one address.
    package init(most: Int, mostForAddress: Int) {
        counts = Mutex(Counts(most: most, mostForAddress: mostForAddress))
    }

    /// Sets how many are taken from now on; who is there stays.
    package func limit(most: Int, mostForAddress: Int) {
        counts.withLock { ($0.most, $0.mostForAddress) = (most, mostForAddress) }
    }

    /// A client has come; nil when there is room for it.
    package func open(from address: String) -> Refusal? {
        counts.withLock { counts in
            guard counts.all < counts.most else { return .server }
            guard counts.addresses[address, default: 0] < counts.mostForAddress else {
                return .address
            }
            counts.all += 1
            counts.addresses[address, default: 0] += 1
            return nil
        }
    }

    /// A client that was let in has gone.
    package func close(from address: String) {
        counts.withLock { counts in
            counts.all -= 1
            Self.decrease(&counts.addresses, address)
        }
    }

    /// A client has logged in; nil when the user may have one more.
    package func logIn(_ user: String, limit: Int?) -> Refusal? {
        counts.withLock { counts in
            if let limit, counts.users[user, default: 0] >= limit { return .user }
            counts.users[user, default: 0] += 1
            return nil
        }
    }

    /// A client that had logged in has gone.
    package func logOut(_ user: String) { counts.withLock { Self.decrease(&$0.users, user) } }

    private static func decrease(_ counts: inout [String: Int], _ key: String) {
        let left = (counts[key] ?? 1) - 1
        counts[key] = left > 0 ? left : nil
    }
}
