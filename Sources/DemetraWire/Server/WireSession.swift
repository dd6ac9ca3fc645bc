import Demetra
import DemetraEngine
import NIOCore

/// The session of one client: its connection to the database and the thread its statements run on.
final class WireSession: Sendable {
    let copyIn: CopyInbox
    private let connection: Connection
    private let channel: any Channel
    private let queue = StatementQueue()
    private let loops: ClientLoops

    init(connection: Connection, channel: any Channel, loops: ClientLoops) {
        self.connection = connection
        self.loops = loops
        self.channel = channel
        copyIn = CopyInbox {
            channel.setOption(.autoRead, value: true).whenFailure { _ in }
        }
    }

    /// The status byte of ReadyForQuery.
    var status: UInt8 {
        switch connection.transactionStatus {
        case .idle: UInt8(ascii: "I")
        case .open: UInt8(ascii: "T")
        case .failed: UInt8(ascii: "E")
        }
    }

    /// Applies the settings of the start-up packet, also those in `options`.
    func applyStartup(_ parameters: [String: String]) throws(DemetraError) {
        for (name, value) in parameters {
            switch name {
            case "user", "database", "replication": continue
            case "options":
                for (name, value) in StartupOptions.parse(value) {
                    try connection.set(name, to: value)
                }
            default:
                if name.hasPrefix("_pq_.") { continue }
                try connection.set(name, to: value)
            }
        }
    }

    /// The settings a client is told at the start, in PostgreSQL's order.
    func reportedSettings(user: String) -> [(String, String)] {
        let names = [
            ("application_name", "application_name"), ("client_encoding", "client_encoding"),
            ("DateStyle", "datestyle"),
            ("default_transaction_read_only", "default_transaction_read_only"),
            ("integer_datetimes", "integer_datetimes"), ("IntervalStyle", "intervalstyle"),
            ("server_encoding", "server_encoding"), ("server_version", "server_version"),
            ("standard_conforming_strings", "standard_conforming_strings"),
            ("TimeZone", "timezone"),
        ]
        var result = [
            ("in_hot_standby", "off"), ("is_superuser", "on"), ("session_authorization", user),
        ]
        for (reported, setting) in names {
            if let value = try? connection.setting(setting) { result.append((reported, value)) }
        }
        return result
    }

    /// Stops whatever runs: nobody waits for it.
    func clientIsGone() {
        connection.cancel()
        copyIn.fail("the client closed the connection")
        queue.close()
    }

    /// Runs statements on the session's thread and sends their answers, ReadyForQuery last.
    ///
    /// - Parameter ended: called on the event loop when all answers are on their way.
    func run(
        _ text: String, beginCopyIn: @escaping @Sendable () -> Void,
        ended: @escaping @Sendable () -> Void
    ) {
        queue.add { [self] in
            answer(text, beginCopyIn: beginCopyIn).flushWithoutWaiting(then: ended)
        }
    }

    /// Runs statements on the event loop and sends their answers, if that can be done: the loop is the client's own
    /// and the answers are so short that nobody has to wait for the client. Two threads less have to be woken up.
    ///
    /// - Returns: false when nothing was done.
    func runHere(_ text: String) -> Bool {
        guard loops.isExclusive(channel.eventLoop), connection.isRepeatedInsert(text) else {
            return false
        }
        answer(text, beginCopyIn: {}).writeHere()
        return true
    }

    private func answer(
        _ text: String, beginCopyIn: @escaping @Sendable () -> Void
    ) -> ChannelOutput {
        let connection = connection
        let output = ChannelOutput(
            channel: channel, copyIn: copyIn, zone: { connection.timeZone },
            beginCopyIn: beginCopyIn)
        do throws(DemetraError) {
            if text.isBlankStatement {
                output.send(.emptyQueryResponse)
            } else {
                try connection.run(text, output: output)
            }
        } catch {
            let position = error.position.map { Self.characterPosition($0, in: text) }
            output.send(.error(error, position: position, isFatal: false))
        }
        copyIn.close()
        output.send(.readyForQuery(status))
        return output
    }

    /// A byte offset as the protocol counts: characters, from 1.
    private static func characterPosition(_ offset: Int, in text: String) -> Int {
        let bytes = text.utf8.prefix(offset)
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.count + 1
    }
}

extension String {
    /// Nothing but blanks and semicolons.
    fileprivate var isBlankStatement: Bool {
        utf8.allSatisfy { $0 == 0x20 || $0 == 0x0a || $0 == 0x0d || $0 == 0x09 || $0 == 0x3b }
    }
}

/// The `options` of a start-up packet: `-c name=value` and `--name=value`.
enum StartupOptions {
    static func parse(_ text: String) -> [(String, String)] {
        var result: [(String, String)] = []
        var words = text.split(separator: " ").map(String.init)
        while !words.isEmpty {
            var word = words.removeFirst()
            if word == "-c", !words.isEmpty {
                word = words.removeFirst()
            } else if word.hasPrefix("-c") || word.hasPrefix("--") {
                word.removeFirst(2)
            } else {
                continue
            }
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            if parts.count == 2 { result.append((parts[0], parts[1])) }
        }
        return result
    }
}
