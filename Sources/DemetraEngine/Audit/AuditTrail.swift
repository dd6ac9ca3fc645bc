package import DemetraStorage
package import DemetraTypes
import Synchronization

/// What clients have done that somebody may ask for later: log-ins, and statements that define things.
///
/// Events are lines of two files in the folder `audit` of the database, `current` and, once that is full, `previous`: so
/// the last of them stay and the oldest go. They are written by a thread of their own, some milliseconds after they
/// happen: a client that tries passwords must not make the disk wait. After a crash of the machine the last ones may be
/// missing; a disk that is full loses them, and stops nothing else.
package final class AuditTrail: Sendable {
    /// A file of so many bytes is full.
    private static let fileBytes = 8 << 20
    /// Events that wait to be written; beyond this they are dropped, and counted.
    private static let mostWaiting = 10_000

    private struct Waiting {
        var events: [AuditEvent] = []
        var dropped = 0
        /// Somebody writes them.
        var isServed = false
    }

    private let directory: String
    private let fileSystem: any FileSystem
    private let clock: any Clock
    private let waiting = Monitor(Waiting())
    /// Held while files are written or read.
    private let files = Mutex(())

    /// The events of the database in a directory; no file is made before the first event.
    package init(directory: String, fileSystem: any FileSystem, clock: any Clock) {
        self.directory = directory + "/audit"
        self.fileSystem = fileSystem
        self.clock = clock
    }

    private var current: String { directory + "/current" }
    private var previous: String { directory + "/previous" }

    // MARK: Writing

    /// A client has logged in, or was refused for a reason.
    package func note(
        loginOf user: String, from address: String, application: String, _ error: DemetraError?
    ) {
        note(
            AuditEvent(
                time: clock.now(), kind: .login, user: user, role: user, address: address,
                application: application, error: error, statement: ""))
    }

    /// A client has carried out a statement, or was refused for a reason.
    func note(
        statement: String, user: String, role: String, from address: String, application: String,
        _ error: DemetraError?
    ) {
        note(
            AuditEvent(
                time: clock.now(), kind: .statement, user: user, role: role, address: address,
                application: application, error: error, statement: statement))
    }

    private func note(_ event: AuditEvent) {
        let mustServe = waiting.withLock { waiting -> Bool in
            guard waiting.events.count < Self.mostWaiting else {
                waiting.dropped += 1
                return false
            }
            waiting.events.append(event)
            defer { waiting.isServed = true }
            return !waiting.isServed
        }
        guard mustServe else { return }
        if !SystemThread.start({ [self] in serve() }) { serve() }
    }

    /// Writes what waits, until nothing does.
    private func serve() {
        while true {
            let events = waiting.withLock(notify: true) { waiting -> [AuditEvent] in
                defer { waiting.events = [] }
                if waiting.events.isEmpty { waiting.isServed = false }
                return waiting.events
            }
            guard !events.isEmpty else { return }
            files.withLock { _ in try? write(events.flatMap(\.line)) }
        }
    }

    private func write(_ bytes: [UInt8]) throws(DemetraError) {
        if !fileSystem.exists(current) { try fileSystem.createDirectory(directory) }
        var file = try fileSystem.open(current, creating: true)
        if try file.byteCount() >= Self.fileBytes {
            try fileSystem.rename(current, to: previous)
            file = try fileSystem.open(current, creating: true)
        }
        // A line that a crash has cut off ends here.
        let count = try file.byteCount()
        let last = count > 0 ? try file.read(at: count - 1, count: 1) : [0x0a]
        try file.append(last == [0x0a] ? bytes : [0x0a] + bytes)
    }

    /// Waits until all that was noted is in the files.
    package func settle() {
        _ = waiting.wait(milliseconds: 1_000) { $0.isServed ? nil : true }
    }

    // MARK: Reading

    /// The events that are kept, oldest first.
    func events() -> [AuditEvent] {
        settle()
        let bytes = files.withLock { _ in content(previous) + content(current) }
        return bytes.split(separator: 0x0a).compactMap { AuditEvent(line: $0) }
    }

    private func content(_ path: String) -> [UInt8] {
        guard fileSystem.exists(path), let file = try? fileSystem.openForReading(path),
            let count = try? file.byteCount(), let bytes = try? file.read(at: 0, count: count)
        else { return [] }
        return bytes + [0x0a]
    }
}
