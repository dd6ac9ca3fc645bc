package import DemetraTypes

/// When a model wants to be trained again.
package struct ModelSchedule: Sendable, Hashable {
    /// When it was trained.
    package let trainedAt: Timestamp
    /// Microseconds from one training to the next; positive.
    package let period: Int64

    /// Makes a schedule.
    package init(trainedAt: Timestamp, period: Int64) {
        self.trainedAt = trainedAt
        self.period = period
    }
}
