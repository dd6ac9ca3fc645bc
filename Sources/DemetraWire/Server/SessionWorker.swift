import Demetra
import DemetraEngine
import DemetraFormats
import NIOCore

/// Answers the messages of one client, one after the other.
// Owned by whoever serves the session.
final class SessionWorker {
    private var machine: WireStateMachine
    private let connection: Connection
    private let output: ChannelOutput
    private let inbox: SessionInbox
    private var reported: ReportedSettings
    /// For each portal, 0 for text or 1 for binary for each of its columns.
    private var formats: [String: [Int16]] = [:]

    init(
        machine: WireStateMachine, connection: Connection, output: ChannelOutput,
        inbox: SessionInbox, reported: ReportedSettings
    ) {
        self.machine = machine
        self.connection = connection
        self.output = output
        self.inbox = inbox
        self.reported = reported
    }

    /// The longest text and values that are looked at without a thread.
    private static let shortBytes = 1_024

    /// Whether the client takes its answers as fast as it gets them.
    var isClientFast: Bool { output.isTaken }

    /// Whether a message is answered in no time worth speaking of, so that an event loop may do it.
    ///
    /// - Parameter mayWait: the loop may wait for the disk.
    func isShort(_ message: FrontendMessage, mayWait: Bool) -> Bool {
        switch message {
        case .query(let text):
            connection.isShort(text) || mayWait && connection.isRepeatedInsert(text)
        case .parse(_, let text, let types):
            message.byteCount <= Self.shortBytes
                && connection.isDescribed(text, declared: Self.declared(types))
        case .bind: message.byteCount <= Self.shortBytes
        case .execute(let name, _):
            (try? connection.portal(named: name))?.statement.isShort ?? true
        case .describe, .closeTarget, .flush: true
        case .sync: connection.hasNothingToCommit
        default: false
        }
    }

    /// Answers a message; false when the connection ends with it.
    ///
    /// - Parameters:
    ///   - isSyncNext: nothing else belongs to its transaction.
    ///   - flush: sends the answers so far.
    func answer(
        _ message: FrontendMessage, isSyncNext: Bool,
        flush: (ChannelOutput) throws(DemetraError) -> Void
    ) -> Bool {
        let goesOn = !connection.isTerminated && respond(message, isSyncNext, flush)
        guard connection.isTerminated else { return goesOn }
        end(Session.terminated)
        return false
    }

    private func respond(
        _ message: FrontendMessage, _ isSyncNext: Bool,
        _ flush: (ChannelOutput) throws(DemetraError) -> Void
    ) -> Bool {
        do throws(DemetraError) {
            switch machine.receive(message) {
            case .ignore, .refuseEncryption, .offerEncryption, .authenticate, .start, .cancel:
                return true
            case .run(let text):
                run(text)
                ready()
                try flush(output)
            case .step(let message):
                if !step(message, isSyncNext) { try flush(output) }
            case .flush: try flush(output)
            case .notify:
                notify()
                try flush(output)
            case .sync:
                do throws(DemetraError) { try connection.sync() } catch {
                    output.send(.error(error, position: nil, isFatal: false))
                }
                ready()
                try flush(output)
            case .fail(let error, let isReady):
                connection.fail()
                output.send(.error(error, position: nil, isFatal: false))
                if isReady { ready() }
                try flush(output)
            case .failAndClose(let error):
                output.send(.error(error, position: nil, isFatal: true))
                output.close()
                return false
            case .close:
                output.close()
                return false
            }
            return true
        } catch {
            // The client is gone.
            return false
        }
    }

    /// How long the client may be silent from here on, and what it is told when it has been so longer.
    var silence: (milliseconds: Int, error: DemetraError)? {
        let settings = connection.settings
        if connection.transactionStatus == .idle {
            guard settings.idleMilliseconds > 0 else { return nil }
            return (
                settings.idleMilliseconds,
                DemetraError(
                    .idleSessionTimeout, "terminating connection due to idle-session timeout")
            )
        }
        guard settings.idleInTransactionMilliseconds > 0 else { return nil }
        return (
            settings.idleInTransactionMilliseconds,
            DemetraError(
                .idleInTransactionTimeout,
                "terminating connection due to idle-in-transaction timeout")
        )
    }

    /// Ends the session.
    func end(_ error: DemetraError) {
        output.send(.error(error, position: nil, isFatal: true))
        output.close()
    }

    private func ready() {
        // The last words of a session that another has ended are not that it is ready.
        guard !connection.isTerminated else { return }
        for (name, value) in reported.changes(connection) {
            output.send(.parameterStatus(name: name, value: value))
        }
        notify()
        output.send(.readyForQuery(connection.statusByte))
    }

    /// Messages of other sessions come between transactions.
    private func notify() {
        guard connection.transactionStatus == .idle else { return }
        for notification in inbox.takeNotifications() { output.send(.notification(notification)) }
    }

    // MARK: Simple protocol

    private func run(_ text: String) {
        output.reset()
        do throws(DemetraError) {
            // What was done in the extended protocol without a Sync ends here.
            try connection.sync()
            if try !connection.run(text, output: output) { output.send(.emptyQueryResponse) }
        } catch {
            fail(error, text)
        }
    }

    private func fail(_ error: DemetraError, _ text: String?) {
        output.reset()
        guard !connection.isTerminated else { return }
        let position = error.position.flatMap { position in
            text.map { SQLText.characterPosition(position, in: $0) }
        }
        output.send(.error(error, position: position, isFatal: false))
    }

    // MARK: Extended protocol

    /// False when the step was an error.
    private func step(_ message: FrontendMessage, _ isSyncNext: Bool) -> Bool {
        var text: String?
        do throws(DemetraError) {
            switch message {
            case .parse(let name, let source, let types):
                text = source
                try parse(name, source, types)
            case .bind(let binding): try bind(binding)
            case .describe(.statement, let name):
                let statement = try connection.statement(named: name)
                output.send(.parameterDescription(statement.parameterTypes))
                describe(statement.fields) { $0.map { _ in 0 } }
            case .describe(.portal, let name):
                let portal = try connection.portal(named: name)
                describe(portal.statement.fields) { formats(of: name, $0) }
            case .execute(let name, let limit):
                let portal = try connection.portal(named: name)
                text = portal.statement.text
                try execute(portal, name, limit, isAlone: isSyncNext)
            case .closeTarget(.statement, let name):
                connection.closeStatement(named: name)
                output.send(.closeComplete)
            case .closeTarget(.portal, let name):
                connection.closePortal(named: name)
                formats[name] = nil
                output.send(.closeComplete)
            default: break
            }
            return true
        } catch {
            connection.fail()
            machine.failed()
            fail(error, text)
            return false
        }
    }

    private func parse(
        _ name: String, _ text: String, _ types: [UInt32]
    ) throws(DemetraError) {
        try connection.keep(
            try connection.describe(text, declared: Self.declared(types)), as: name)
        output.send(.parseComplete)
    }

    private static func declared(_ types: [UInt32]) -> [LogicalType] {
        types.map { LogicalType(objectID: $0) ?? .unknown }
    }

    private func describe(_ fields: [Field]?, _ formats: ([Field]) -> [Int16]) {
        if let fields {
            output.describe(fields, formats: formats(fields))
        } else {
            output.send(.noData)
        }
    }

    private func formats(of portal: String, _ fields: [Field]) -> [Int16] {
        let formats = formats[portal] ?? []
        return formats.count == fields.count ? formats : fields.map { _ in 0 }
    }

    private func bind(_ binding: FrontendMessage.Binding) throws(DemetraError) {
        let statement = try connection.statement(named: binding.statement)
        let types = statement.parameterTypes
        guard binding.values.count == types.count else {
            throw DemetraError(
                .protocolViolation,
                "bind message supplies \(binding.values.count) parameters, but prepared statement "
                    + "\"\(binding.statement)\" requires \(types.count)")
        }
        guard let given = Self.spread(binding.parameterFormats, types.count) else {
            throw DemetraError(
                .protocolViolation,
                "bind message has \(binding.parameterFormats.count) parameter formats but "
                    + "\(types.count) parameters")
        }
        var values: [Value] = []
        for (index, bytes) in binding.values.enumerated() {
            values.append(
                try value(bytes, types[index], given[index], place: index, of: binding.portal))
        }
        let columnCount = statement.fields?.count ?? 0
        let wanted = Self.spread(binding.resultFormats, columnCount)
        guard let wanted else {
            throw DemetraError(
                .protocolViolation,
                "bind message has \(binding.resultFormats.count) result formats but query has "
                    + "\(columnCount) columns")
        }
        try connection.bind(statement, values, to: binding.portal)
        formats[binding.portal] = wanted
        output.send(.bindComplete)
    }

    /// Formats, one for each of `count`; nil when there are neither none, nor one, nor so many, or one is unknown.
    private static func spread(_ formats: [Int16], _ count: Int) -> [Int16]? {
        guard formats.allSatisfy({ $0 == 0 || $0 == 1 }) else { return nil }
        switch formats.count {
        case 0: return [Int16](repeating: 0, count: count)
        case count: return formats
        case 1: return [Int16](repeating: formats[0], count: count)
        default: return nil
        }
    }

    private func value(
        _ bytes: [UInt8]?, _ type: LogicalType, _ format: Int16, place: Int, of portal: String
    ) throws(DemetraError) -> Value {
        guard let bytes else { return .null }
        do throws(DemetraError) {
            if format == 1 { return try BinaryValue.read(bytes, as: type) }
            guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else {
                throw DemetraError(
                    .characterNotInRepertoire, "invalid byte sequence for encoding \"UTF8\"")
            }
            return try connection.value(ofText: text, as: type)
        } catch {
            var error = error
            error.position = nil
            error.context =
                (portal.isEmpty ? "unnamed portal" : "portal \"\(portal)\"")
                + " parameter $\(place + 1)"
            throw error
        }
    }

    private func execute(
        _ portal: Portal, _ name: String, _ limit: Int, isAlone: Bool
    ) throws(DemetraError) {
        guard !portal.statement.isEmpty else { return output.send(.emptyQueryResponse) }
        output.form = .bound(formats(of: name, portal.statement.fields ?? []))
        defer { output.form = .described }
        let isOver = try connection.execute(
            portal, limit: limit, isAlone: isAlone, output: output)
        if !isOver { output.send(.portalSuspended) }
    }
}

extension Connection {
    /// The status byte of ReadyForQuery.
    var statusByte: UInt8 {
        switch transactionStatus {
        case .idle: UInt8(ascii: "I")
        case .open: UInt8(ascii: "T")
        case .failed: UInt8(ascii: "E")
        }
    }
}

/// What the protocol wants to know of the text of a statement.
enum SQLText {
    /// A byte offset as the protocol counts: characters, from 1.
    static func characterPosition(_ offset: Int, in text: String) -> Int {
        let bytes = text.utf8.prefix(offset)
        return String(decoding: bytes, as: UTF8.self).unicodeScalars.count + 1
    }
}
