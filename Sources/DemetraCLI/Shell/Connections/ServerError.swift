import CLibPQ
import Demetra
import Synchronization

/// Errors and notices of a server, as the program's own.
enum ServerError {
    /// The error that a result tells of; nil when it is none of the server's.
    ///
    /// - Parameter text: what its position points into.
    static func error(_ result: OpaquePointer?, in text: String) -> DemetraError? {
        guard let code = field("C", result), let message = field("M", result) else { return nil }
        return DemetraError(
            SQLState(code), message, detail: field("D", result), hint: field("H", result),
            position: field("P", result).flatMap { Int($0) }.map { offset($0, in: text) },
            context: field("W", result))
    }

    /// The notice that a result tells of.
    static func notice(_ result: OpaquePointer?) -> Notice {
        let severity = field("V", result) ?? field("S", result) ?? ""
        let isWarning = ["WARNING", "ERROR", "FATAL", "PANIC"].contains(severity)
        return Notice(
            field("M", result) ?? "", severity: isWarning ? .warning : .notice,
            hint: field("H", result), sqlState: field("C", result).map { SQLState($0) })
    }

    private static func field(_ letter: Unicode.Scalar, _ result: OpaquePointer?) -> String? {
        PQresultErrorField(result, Int32(letter.value)).map { String(cString: $0) }
    }

    /// The byte, from 0, of a character that is counted from 1.
    private static func offset(_ position: Int, in text: String) -> Int {
        let scalars = text.unicodeScalars
        let index = scalars.index(
            scalars.startIndex, offsetBy: max(0, position - 1), limitedBy: scalars.endIndex)
        return text.utf8.distance(from: text.startIndex, to: index ?? text.endIndex)
    }
}

/// Notices that have come while a statement runs.
final class NoticeInbox: Sendable {
    private let waiting = Mutex<[Notice]>([])

    /// Takes a notice in.
    func add(_ result: OpaquePointer?) {
        let notice = ServerError.notice(result)
        waiting.withLock { $0.append(notice) }
    }

    /// Gives all of them out.
    func empty(into output: any StatementOutput) {
        let notices = waiting.withLock { notices in
            defer { notices = [] }
            return notices
        }
        for notice in notices { output.notice(notice) }
    }
}
