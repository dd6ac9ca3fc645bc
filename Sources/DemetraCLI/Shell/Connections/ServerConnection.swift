import Demetra
import DemetraEngine
import Foundation
import Synchronization

/// A connection to a server, by libpq.
///
/// When the server goes away, the statement at hand fails, and the next one connects again; what the session had
/// set, and a transaction that was open, are gone then, and a notice says so. A statement is never sent a second time.
///
/// - Invariant: statements run on one thread, which alone connects and talks; `cancel` has a handle of its own.
final class ServerConnection: ShellConnection {
    private struct State {
        /// Nil when it was lost.
        var link: LibPQLink?
        /// A transaction was open when it was lost, and nobody has been told yet.
        var hasLostTransaction = false
    }

    let target: ServerTarget
    /// Whether a lost connection is made anew; scripts end instead.
    private let reconnects: Bool
    private let state: Mutex<State>
    /// The connection that asks how far statements are, once there was one that took long.
    private let watching = Mutex<LibPQLink?>(nil)
    private let zones = TimeZones { name in
        FileManager.default.contents(atPath: "/usr/share/zoneinfo/" + name).map { Array($0) }
    }

    /// Connects.
    ///
    /// - Throws: 08001 when nobody answers, or what the server refuses the log-in with.
    init(_ target: ServerTarget, reconnects: Bool) throws(DemetraError) {
        self.target = target
        self.reconnects = reconnects
        state = Mutex(State(link: try LibPQLink(target)))
    }

    var transactionStatus: TransactionStatus {
        state.withLock { $0.link }?.transactionStatus ?? .idle
    }

    var timeZone: TimeZoneRules {
        guard let name = state.withLock({ $0.link })?.parameter("TimeZone") else { return .utc }
        return (try? zones.rules(name)) ?? .utc
    }

    /// Asked on a connection of its own, by the one thread that watches.
    var progress: StatementProgress? {
        guard let link = state.withLock({ $0.link }) else { return nil }
        let known = watching.withLock { $0 }
        guard let watching = known ?? (try? LibPQLink(target)) else { return nil }
        self.watching.withLock { $0 = watching.isAlive ? watching : nil }
        let answer = KeptAnswer(mostRows: 1)
        let question =
            "SELECT (extract(epoch FROM elapsed) * 1000)::bigint, rows_read, rows_to_read FROM demetra_queries"
            + " WHERE state = 'running' AND pid = \(link.processID)"
        guard (try? watching.run(question, answer)) != nil, let row = answer.rows.first,
            case .integer(let milliseconds) = row[0], case .integer(let read) = row[1],
            case .integer(let toRead) = row[2]
        else { return nil }
        return StatementProgress(
            seconds: Double(milliseconds) / 1_000, rowsRead: Int(read), rowsToRead: Int(toRead))
    }

    func cancel() { state.withLock { $0.link }?.cancel() }

    func run(_ text: String, output: any StatementOutput) throws(DemetraError) -> Bool {
        let link = try link(output)
        do throws(DemetraError) {
            return try link.run(text, output)
        } catch {
            if !link.isAlive { lose(link) }
            throw error
        }
    }

    /// What completions there are is for the server to say; none when it cannot.
    func completions(of text: String, at cursor: Int) -> Completions {
        let none = Completions(range: cursor..<cursor, items: [], filePrefix: nil)
        guard let link = state.withLock({ $0.link }), link.isAlive, transactionStatus != .failed
        else { return none }
        let answer = KeptAnswer(mostRows: 10_000)
        let call =
            "SELECT candidate, kind, first_byte, end_byte FROM demetra_completions("
            + "\(NamePattern.literal(text)), \(cursor))"
        guard (try? link.run(call, answer)) != nil, let first = answer.rows.first,
            case .integer(let start) = first[2], case .integer(let end) = first[3], start <= end
        else { return none }
        let range = Int(start)..<Int(end)
        let items = answer.rows.indices.compactMap { row -> Completions.Item? in
            guard let text = answer.texts(row)[0], let word = answer.texts(row)[1],
                let kind = Completions.Item.Kind(rawValue: word)
            else { return nil }
            return Completions.Item(text: text, kind: kind)
        }
        let isFile = answer.texts(0)[1] == "file"
        return Completions(
            range: range, items: items, filePrefix: isFile ? answer.texts(0)[0] : nil)
    }

    // MARK: The connection

    /// The connection to talk by: made anew when it was lost.
    private func link(_ output: any StatementOutput) throws(DemetraError) -> LibPQLink {
        if let link = state.withLock({ $0.link }) {
            if link.isAlive { return link }
            lose(link)
        }
        let hasLostTransaction = state.withLock { state in
            defer { state.hasLostTransaction = false }
            return state.hasLostTransaction
        }
        let lost = "the connection to the server was lost"
        guard reconnects else { throw DemetraError(.connectionFailure, lost) }
        let link = try LibPQLink(target)
        state.withLock { $0.link = link }
        let gone = "Settings, prepared statements and temporary tables of the session are gone."
        guard !hasLostTransaction else {
            // The statement was meant for the transaction, and must not run alone.
            throw DemetraError(
                .connectionFailure, lost + ", and with it the transaction",
                hint: "It is connected again. " + gone + " Begin anew.")
        }
        output.notice(
            Notice(lost + "; " + target.greeting + " again", severity: .warning, hint: gone))
        return link
    }

    private func lose(_ link: LibPQLink) {
        state.withLock { state in
            if link.transactionStatus != .idle { state.hasLostTransaction = true }
            state.link = nil
        }
    }
}
