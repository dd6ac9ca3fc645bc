import Demetra
import Synchronization

/// Makes guessing passwords slow: answers to wrong ones come late, and after many of them nobody from there is heard for
/// a while.
package final class LoginThrottle: Sendable {
    /// How long failures count.
    package static let memorySeconds: Int64 = 300
    /// Failures of one user from one address before the pair is refused.
    package static let mostForUser = 100
    /// Failures from one address before all of it is refused.
    package static let mostForAddress = 300
    /// How long the first wrong password is waited with; each further one takes twice as long.
    private static let firstDelayMilliseconds = 50
    private static let longestDelayMilliseconds = 2_000
    /// Who failed longest ago is forgotten beyond this.
    private static let mostEntries = 10_000

    private struct Key: Hashable {
        let address: String
        /// Nil for the whole address.
        let user: String?
    }

    private struct Failures {
        var count = 0
        var last: Int64 = 0
    }

    private let failures = Mutex<[Key: Failures]>([:])

    /// Nobody has failed yet.
    package init() {}

    /// Whether there were too many failures.
    ///
    /// - Parameter time: seconds of any clock that goes forward.
    package func isBlocked(user: String, _ address: String, at time: Int64) -> Bool {
        failures.withLock { failures in
            Self.count(failures[Key(address: address, user: user)], time) >= Self.mostForUser
                || Self.count(failures[Key(address: address, user: nil)], time)
                    >= Self.mostForAddress
        }
    }

    private static func count(_ entry: Failures?, _ time: Int64) -> Int {
        guard let entry, time - entry.last < memorySeconds else { return 0 }
        return entry.count
    }

    /// Notes a failure.
    ///
    /// - Returns: milliseconds until it should be answered.
    package func fail(user: String, _ address: String, at time: Int64) -> Int {
        failures.withLock { failures in
            if failures.count >= Self.mostEntries {
                failures = failures.filter { time - $0.value.last < Self.memorySeconds }
                if failures.count >= Self.mostEntries { failures.removeAll() }
            }
            var forUser = 0
            for key in [Key(address: address, user: user), Key(address: address, user: nil)] {
                let count = Self.count(failures[key], time) + 1
                failures[key] = Failures(count: count, last: time)
                if key.user != nil { forUser = count }
            }
            let doublings = min(forUser - 1, 10)
            return min(
                Self.firstDelayMilliseconds << doublings, Self.longestDelayMilliseconds)
        }
    }

    /// A right password: earlier failures of the user from there no longer count.
    package func succeed(user: String, _ address: String) {
        failures.withLock { $0[Key(address: address, user: user)] = nil }
    }
}
