import Demetra
import DemetraWire
import Foundation
import Synchronization

/// A server from its start to its end, and what it tells of itself.
final class ServerRun: Sendable {
    /// How long statements that were told to stop may take to do so.
    private static let patienceSeconds = 10

    private let log: ServerLog
    private let settings: Mutex<ServeSettings>
    private let readAgain: @Sendable () throws(DemetraError) -> ServeSettings

    /// - Parameter readAgain: gives the settings as they are in the file by now.
    init(
        _ settings: ServeSettings,
        readAgain: @escaping @Sendable () throws(DemetraError) -> ServeSettings
    ) {
        self.settings = Mutex(settings)
        self.readAgain = readAgain
        log = ServerLog(settings.logFormat, settings.logLevel)
    }

    /// Serves until the program is told to end.
    func run() async throws {
        let settings = settings.withLock { $0 }
        let termination = try TerminationSignal.install()
        let database = try OpenDatabase.at(settings.database, settings.resources) { [log] notice in
            log.write(
                notice.severity == .warning ? .warning : .notice, notice.message,
                notice.hint.map { [("hint", $0)] } ?? [])
        }
        var wire = settings.wire
        wire.onLogin = { [log] user, address, error in
            let facts = [("user", user), ("address", address)]
            if let error {
                log.write(.debug, "log-in refused: \(error.message)", facts)
            } else {
                log.write(.debug, "log-in", facts)
            }
        }
        let server = try await WireServer.start(database: database, wire)
        ReloadSignal.install { [self] in reload(server, database) }
        if let warning = server.socketWarning { log.write(.warning, warning) }
        log.write(
            .info, "ready",
            [
                ("database", settings.database), ("pg", "\(wire.host):\(server.port)"),
                ("tls", server.isEncrypted ? "on" : "off"), ("pid", "\(getpid())"),
            ])
        print("demetra ready pg=\(wire.host):\(server.port)")
        fflush(nil)
        await termination.wait()
        log.write(.info, "stopping: clients are sent away")
        let late = try await server.stop(patienceSeconds: Self.patienceSeconds)
        if late > 0 {
            log.write(
                .warning, "clients whose statements did not stop in time", [("count", "\(late)")])
        }
        try database.close()
        log.write(.info, "stopped")
    }

    /// Takes over what has changed in the file, as far as that can be done while the server runs.
    private func reload(_ server: WireServer, _ database: Database) {
        do throws(DemetraError) {
            let fresh = try readAgain()
            guard fresh.problems.isEmpty else {
                for problem in fresh.problems {
                    log.write(.error, problem.message, problem.hint.map { [("hint", $0)] } ?? [])
                }
                return log.write(.error, "the settings stay as they were")
            }
            let before = settings.withLock { $0 }
            let changes = fresh.changes(from: before)
            try server.apply(fresh.wire)
            if changes.contains(.memoryLimit) {
                try database.connect().set("memory_limit", to: fresh.memoryLimit)
            }
            log.set(fresh.logFormat, fresh.logLevel)
            // What needs a restart counts as unchanged, so that it is said again the next time.
            settings.withLock { $0 = before.taking(changes.filter(\.isLive), from: fresh) }
            log.write(
                .info, "settings read again",
                [("changed", Self.list(changes.filter(\.isLive)))])
            let waiting = changes.filter { !$0.isLive }
            if !waiting.isEmpty {
                log.write(.warning, "settings that need a restart", [("names", Self.list(waiting))])
            }
        } catch {
            log.write(.error, error)
            log.write(.error, "the settings stay as they were")
        }
    }

    private static func list(_ settings: [ServeSetting]) -> String {
        settings.isEmpty ? "none" : settings.map(\.rawValue).joined(separator: ",")
    }
}
