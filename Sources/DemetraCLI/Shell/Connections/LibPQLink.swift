import CLibPQ
import Demetra
import DemetraEngine
import Synchronization

/// One connection of libpq, up to its end.
///
/// Safe because its pointers come from libpq, never change, and are given back when the last user is gone; libpq lets
/// any thread use the handle that cancels, and all else is done by the thread that runs statements. Bytes are copied
/// before their buffer is given back.
final class LibPQLink: Sendable {
    // As numbers, which may be shared: see above.
    private let connectionAddress: UInt
    private let cancelAddress: UInt
    private let inbox = NoticeInbox()
    private let isCancelled = Atomic(false)
    private let status = Mutex(TransactionStatus.idle)

    /// Connects.
    ///
    /// - Throws: 08001 when that fails, with what libpq or the server says.
    init(_ target: ServerTarget) throws(DemetraError) {
        var connection: OpaquePointer?
        for text in target.connectionStrings {
            PQfinish(connection)
            connection = PQconnectdb(text)
            let reason = Self.line(PQerrorMessage(connection)) ?? ""
            guard reason.contains("\" does not exist") else { break }
        }
        guard PQstatus(connection) == CONNECTION_OK else {
            defer { PQfinish(connection) }
            throw DemetraError(
                .cannotConnect, "cannot connect to the server of \(target.name)",
                detail: Self.line(PQerrorMessage(connection)), hint: "Is it running?")
        }
        connectionAddress = UInt(bitPattern: connection)
        cancelAddress = UInt(bitPattern: PQgetCancel(connection))
        PQsetNoticeReceiver(
            connection,
            { inbox, result in
                guard let inbox else { return }
                Unmanaged<NoticeInbox>.fromOpaque(inbox).takeUnretainedValue().add(result)
            }, Unmanaged.passUnretained(inbox).toOpaque())
    }

    deinit {
        PQfreeCancel(OpaquePointer(bitPattern: cancelAddress))
        PQfinish(connection)
    }

    private var connection: OpaquePointer? { OpaquePointer(bitPattern: connectionAddress) }

    /// The number that the session goes by at the server.
    var processID: Int { Int(PQbackendPID(connection)) }

    /// The value of a setting that the server reports.
    func parameter(_ name: String) -> String? {
        PQparameterStatus(connection, name).map { String(cString: $0) }
    }

    /// Where the session stands with its transaction; of one that has ended, where it stood.
    var transactionStatus: TransactionStatus { status.withLock { $0 } }

    /// Whether the server is still there, as far as it has not said otherwise.
    var isAlive: Bool {
        // A farewell, then the end.
        for _ in 0..<2 where PQconsumeInput(connection) == 1 { freeNotifications() }
        return PQstatus(connection) == CONNECTION_OK
    }

    /// Stops the statement that is running, by a connection of its own.
    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
        // There is nobody to tell when it fails: the statement goes on.
        var reason: [CChar] = Array(repeating: 0, count: 256)
        PQcancel(OpaquePointer(bitPattern: cancelAddress), &reason, Int32(reason.count))
    }

    // MARK: Statements

    /// Runs a statement; false when the text holds none.
    ///
    /// - Throws: its error; what `output` throws, after the statement was stopped; 08006 when the connection ended.
    func run(_ text: String, _ output: any StatementOutput) throws(DemetraError) -> Bool {
        isCancelled.store(false, ordering: .relaxed)
        guard PQsendQuery(connection, text) == 1, PQsetSingleRowMode(connection) == 1 else {
            throw lost()
        }
        var answer = ServerAnswer(output)
        var failure: DemetraError?
        var holdsStatement = false
        while let result = PQgetResult(connection) {
            defer { PQclear(result) }
            inbox.empty(into: output)
            switch PQresultStatus(result) {
            case PGRES_EMPTY_QUERY: continue
            case PGRES_FATAL_ERROR, PGRES_BAD_RESPONSE:
                failure = failure ?? ServerError.error(result, in: text) ?? lost()
            default:
                holdsStatement = true
                // Of a statement that is being stopped the rest is only read.
                guard failure == nil else {
                    discard(result)
                    continue
                }
                do throws(DemetraError) {
                    try take(result, &answer, output)
                } catch {
                    failure = error
                    cancel()
                }
            }
        }
        inbox.empty(into: output)
        freeNotifications()
        noteStatus()
        if let failure { throw failure }
        return holdsStatement
    }

    private func take(
        _ result: OpaquePointer, _ answer: inout ServerAnswer, _ output: any StatementOutput
    ) throws(DemetraError) {
        switch PQresultStatus(result) {
        case PGRES_SINGLE_TUPLE: try answer.add(result)
        case PGRES_TUPLES_OK:
            try answer.add(result)
            try answer.finish(result)
        case PGRES_COMMAND_OK: try answer.finish(result)
        case PGRES_COPY_IN: try send(result, output)
        case PGRES_COPY_OUT: try receive(result, output)
        default:
            throw DemetraError(
                .protocolViolation, "the server answers with what the shell does not know")
        }
    }

    private func discard(_ result: OpaquePointer) {
        switch PQresultStatus(result) {
        case PGRES_COPY_IN: PQputCopyEnd(connection, "the copy was given up")
        case PGRES_COPY_OUT: while copiedBytes() != nil {}
        default: break
        }
    }

    // MARK: COPY

    private func send(
        _ result: OpaquePointer, _ output: any StatementOutput
    ) throws(DemetraError) {
        do throws(DemetraError) {
            let source = try output.copySource(
                columnCount: Int(PQnfields(result)), isBinary: PQbinaryTuples(result) == 1)
            while !isCancelled.load(ordering: .relaxed), let bytes = try source.read() {
                guard PQputCopyData(connection, bytes, Int32(bytes.count)) == 1 else {
                    throw lost()
                }
            }
            // A cancelled statement says so itself.
            let isWhole = !isCancelled.load(ordering: .relaxed)
            PQputCopyEnd(connection, isWhole ? nil : "the copy was cancelled")
        } catch {
            PQputCopyEnd(connection, error.message)
            throw error
        }
    }

    private func receive(
        _ result: OpaquePointer, _ output: any StatementOutput
    ) throws(DemetraError) {
        do throws(DemetraError) {
            try output.beginCopyOut(
                columnCount: Int(PQnfields(result)), isBinary: PQbinaryTuples(result) == 1)
            while let bytes = copiedBytes() { try output.copyRows(bytes, ends: [bytes.count]) }
        } catch {
            cancel()
            while copiedBytes() != nil {}
            throw error
        }
    }

    /// The next bytes of COPY ... TO STDOUT; nil behind the last.
    private func copiedBytes() -> [UInt8]? {
        var buffer: UnsafeMutablePointer<CChar>?
        let count = PQgetCopyData(connection, &buffer, 0)
        guard count > 0, let buffer else { return nil }
        defer { PQfreemem(buffer) }
        return Array(UnsafeRawBufferPointer(start: buffer, count: Int(count)))
    }

    // MARK: The end

    private func lost() -> DemetraError {
        DemetraError(
            .connectionFailure, "the connection to the server was lost",
            detail: Self.line(PQerrorMessage(connection)),
            hint: "Whether the statement was carried out is not known; the next one connects again."
        )
    }

    private func noteStatus() {
        let now: TransactionStatus? =
            switch PQtransactionStatus(connection) {
            case PQTRANS_IDLE: .idle
            case PQTRANS_INTRANS: .open
            case PQTRANS_INERROR: .failed
            default: nil
            }
        if let now { status.withLock { $0 = now } }
    }

    /// Messages of other sessions, which the shell does not show.
    private func freeNotifications() {
        while let notification = PQnotifies(connection) { PQfreemem(notification) }
    }

    /// What libpq says, as one line.
    private static func line(_ text: UnsafePointer<CChar>?) -> String? {
        guard let text else { return nil }
        let lines = String(cString: text).split(separator: "\n")
            .map { $0.drop(while: \.isWhitespace) }
        return lines.isEmpty ? nil : lines.joined(separator: " ")
    }
}
