import Demetra
import Foundation

/// Beside a statement that runs at a terminal: turns Ctrl-C into its cancellation, and says how far it is.
final class StatementMonitor: Sendable {
    private static let interval = 0.02
    private static let lineInterval = 0.25
    private let isOver = CancellationFlag()
    private let line: ProgressLine?

    /// Begins to watch.
    ///
    /// - Parameter line: where it is said how far the statement is; nil for nowhere.
    init(_ connection: any ShellConnection, line: ProgressLine?) {
        self.line = line
        let isOver = isOver
        Thread.detachNewThread {
            var next = Date.now.addingTimeInterval(ProgressLine.patienceSeconds)
            while !isOver.isCancelled {
                if Interrupts.take() { connection.cancel() }
                if let line, Date.now >= next {
                    if let progress = connection.progress, !isOver.isCancelled {
                        line.show(progress)
                    }
                    next = Date.now.addingTimeInterval(Self.lineInterval)
                }
                Thread.sleep(forTimeInterval: Self.interval)
            }
        }
    }

    /// The statement has ended.
    func end() {
        isOver.cancel()
        line?.end()
    }
}
