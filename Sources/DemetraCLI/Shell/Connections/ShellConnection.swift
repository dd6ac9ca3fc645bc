import Demetra
import DemetraEngine
import Foundation

/// What the shell needs of a database: one that this process has open, or a server's.
///
/// Statements are run by one thread; `cancel` may be called by any.
protocol ShellConnection: AnyObject, Sendable {
    /// Runs a statement whose answer goes to `output`; false when the text holds none.
    ///
    /// - Throws: the statement's error, or 08006 when the connection ended.
    @discardableResult
    func run(_ text: String, output: any StatementOutput) throws(DemetraError) -> Bool

    /// Stops the statement that is running, if any.
    func cancel()

    /// How far the statement is that is running; nil when none is, or when it is not known.
    var progress: StatementProgress? { get }

    /// Where the session stands with its transaction.
    var transactionStatus: TransactionStatus { get }

    /// The session's time zone.
    var timeZone: TimeZoneRules { get }

    /// What the word before byte `cursor` of a text may become.
    func completions(of text: String, at cursor: Int) -> Completions
}

extension Connection: ShellConnection {
    var progress: StatementProgress? {
        runningStatement.map { startedAt, progress in
            StatementProgress(
                seconds: Date.now.timeIntervalSince1970 - Double(startedAt.microseconds) / 1e6,
                rowsRead: progress.rowsRead, rowsToRead: progress.rowsToRead)
        }
    }
}

extension ShellConnection {
    /// Runs a query and keeps its first rows.
    func answer(to text: String, mostRows: Int = 1_000) throws(DemetraError) -> KeptAnswer {
        let answer = KeptAnswer(mostRows: mostRows)
        try run(text, output: answer)
        return answer
    }
}
