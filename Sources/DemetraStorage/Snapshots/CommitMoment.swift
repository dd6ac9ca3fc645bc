package import DemetraTypes

/// Monotonic number of a commit: the clock of what is visible.
package struct CommitSequence: Sendable, Hashable, Comparable {
    /// The number.
    package let number: UInt64

    /// Earlier commits come first.
    package static func < (left: CommitSequence, right: CommitSequence) -> Bool {
        left.number < right.number
    }
}

/// Which commit, and when it was made.
///
/// No two commits have one time, and none is earlier than the one before it, whatever the clock does: the
/// times between two commits say as much as their numbers.
package struct CommitMoment: Sendable, Hashable {
    /// The commit.
    package let sequence: CommitSequence
    /// When it was made; 1970 for what was written before commits had times.
    package let time: Timestamp

    /// Before the first commit.
    static let none = CommitMoment(
        sequence: CommitSequence(number: 0), time: Timestamp(microseconds: 0))

    /// A moment at which the commits before this one had been made, and this one had not.
    var previous: CommitMoment {
        CommitMoment(
            sequence: CommitSequence(number: max(sequence.number, 1) - 1),
            time: Timestamp(microseconds: time.microseconds - 1))
    }

    init(sequence: CommitSequence, time: Timestamp) {
        self.sequence = sequence
        self.time = time
    }

    /// The moment of the commit after this one, by a clock that says `now`.
    package func next(at now: Timestamp) -> CommitMoment {
        let earliest = time.microseconds == .max ? .max : time.microseconds + 1
        return CommitMoment(
            sequence: CommitSequence(number: sequence.number + 1),
            time: Timestamp(microseconds: max(now.microseconds, earliest)))
    }
}
