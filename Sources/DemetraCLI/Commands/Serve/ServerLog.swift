import ArgumentParser
import Demetra
import Foundation
import Synchronization

/// How much a line of the log matters; the levels of swift-log.
enum LogLevel: String, CaseIterable, Comparable, ExpressibleByArgument {
    case trace, debug, info, notice, warning, error, critical

    static func < (left: LogLevel, right: LogLevel) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// How lines of the log are written.
enum LogFormat: String, CaseIterable, ExpressibleByArgument {
    case text, json
}

/// What the server tells of itself, on standard error: a line for each event.
///
///     2026-11-26T18:14:00.120Z info demetra: pg=127.0.0.1:5433 ready
///     {"time":"2026-11-26T18:14:00.120Z","level":"info","label":"demetra","message":"ready","pg":"127.0.0.1:5433"}
final class ServerLog: Sendable {
    private let form: Mutex<(format: LogFormat, level: LogLevel)>

    init(_ format: LogFormat, _ level: LogLevel) { form = Mutex((format, level)) }

    /// Changes what is written, and how.
    func set(_ format: LogFormat, _ level: LogLevel) { form.withLock { $0 = (format, level) } }

    /// Writes a line, unless its level is below what is asked for.
    ///
    /// - Parameter facts: names, which no two facts share, and values.
    func write(_ level: LogLevel, _ message: String, _ facts: [(String, String)] = []) {
        let (format, least) = form.withLock { $0 }
        guard level >= least else { return }
        let time = Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        switch format {
        case .text:
            let words = facts.map { "\($0.0)=\(Self.quoted($0.1)) " }.joined()
            Failure.write("\(time) \(level.rawValue) demetra: \(words)\(message)")
        case .json:
            let pairs =
                [
                    ("time", time), ("level", level.rawValue), ("label", "demetra"),
                    ("message", message),
                ] + facts
            let members = pairs.map { "\(Self.json($0.0)):\(Self.json($0.1))" }
            Failure.write("{" + members.joined(separator: ",") + "}")
        }
    }

    /// Writes an error with all that it says.
    func write(_ level: LogLevel, _ error: DemetraError) {
        var facts = [("sqlstate", error.sqlState.code)]
        if let detail = error.detail { facts.append(("detail", detail)) }
        if let hint = error.hint { facts.append(("hint", hint)) }
        write(level, error.message, facts)
    }

    private static func quoted(_ text: String) -> String {
        let isPlain =
            !text.isEmpty && text.allSatisfy { !$0.isWhitespace && $0 != "\"" && $0 != "=" }
        return isPlain ? text : json(text)
    }

    private static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            case _ where scalar.value < 32: result += String(format: "\\u%04x", scalar.value)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
