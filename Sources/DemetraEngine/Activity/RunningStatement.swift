import DemetraTypes

/// A statement while it runs, as its own session and others see it.
final class RunningStatement: Sendable {
    /// The text that it is a part of.
    let text: String
    /// When it began.
    let startedAt: Timestamp
    /// Stops it.
    let cancellation = CancellationFlag()
    /// Its memory.
    let budget: MemoryBudget
    let progress = ReadProgress()

    init(text: String, startedAt: Timestamp, budget: MemoryBudget) {
        self.text = text
        self.startedAt = startedAt
        self.budget = budget
    }
}

/// A statement that has ended.
struct EndedStatement: Sendable {
    let session: SessionState
    let application: String
    let text: String
    let startedAt, endedAt: Timestamp
    /// Nil when it was carried out.
    let sqlState: SQLState?
    let rowsRead, rowsToRead, rowsReturned, peakBytes: Int
}
