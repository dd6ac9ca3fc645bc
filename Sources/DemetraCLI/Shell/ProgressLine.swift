import Foundation
import Synchronization

/// How far a statement is.
struct StatementProgress: Sendable {
    /// Seconds since it began.
    let seconds: Double
    /// Rows of tables that were read, of those that are to be.
    let rowsRead, rowsToRead: Int
}

/// A line on the terminal that says how far a statement is which takes long; it is gone when there is an answer.
final class ProgressLine: Sendable {
    /// Nothing is said of shorter statements.
    static let patienceSeconds = 2.0

    private struct State {
        var isShown = false
        /// The answer has begun: the terminal is its own.
        var isOver = false
        /// The greatest share so far: a plan may find more to read, and nobody likes to see it go back.
        var share = 0.0
    }

    private let state = Mutex(State())

    /// Shows how far the statement is.
    func show(_ progress: StatementProgress) {
        guard progress.seconds >= Self.patienceSeconds else { return }
        state.withLock { state in
            guard !state.isOver else { return }
            state.isShown = true
            if progress.rowsToRead > 0 {
                let share = Double(progress.rowsRead) / Double(progress.rowsToRead)
                state.share = max(state.share, min(1, share))
            }
            let text = Self.text(progress, state.share).prefix((Terminal.columnCount ?? 80) - 1)
            Self.write("\r" + text + "\u{1B}[K")
        }
    }

    /// Takes the line away, for good: the answer comes.
    func end() {
        state.withLock { state in
            state.isOver = true
            guard state.isShown else { return }
            state.isShown = false
            Self.write("\r\u{1B}[K")
        }
    }

    private static func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }

    /// The words of the line: a bar and an estimate where it is known how much there is to read.
    static func text(_ progress: StatementProgress, _ share: Double) -> String {
        let seconds = String(format: "%.0f s", progress.seconds)
        guard progress.rowsToRead > 0 else { return "running for \(seconds)" }
        let rows = "\(grouped(progress.rowsRead)) of \(grouped(progress.rowsToRead)) rows"
        let bar = "[\(ProgressBar.bar(share))] \(String(format: "%3.0f", share * 100)) %  \(rows)"
        // What comes behind the last row, such as sorting, cannot be told.
        guard share > 0.01, share < 1 else { return "\(bar), \(seconds)" }
        let left = progress.seconds / share - progress.seconds
        return "\(bar), \(seconds), about \(String(format: "%.0f", max(1, left))) s left"
    }

    /// A count with its thousands apart.
    private static func grouped(_ count: Int) -> String {
        var digits = Array(String(count))
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: place)
            place -= 3
        }
        return String(digits)
    }
}
