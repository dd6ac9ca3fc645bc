import Demetra
import DemetraWire
import Foundation

/// `serve --check-config`: all that can be known before a server listens.
struct SettingsCheck {
    private let settings: ServeSettings

    init(_ settings: ServeSettings) { self.settings = settings }

    /// Prints the settings that hold.
    ///
    /// - Throws: what would keep the server from starting.
    func run() async throws {
        let (database, knowsUsers, note) = try opened()
        try WireServer.validate(settings.wire, database: database, knowsUsers: knowsUsers)
        try database?.close()
        for line in settings.lines { print(line) }
        if let note { print("# \(note)") }
        print("# the settings are valid")
    }

    /// The database with its users, as far as it can be read.
    private func opened() throws(DemetraError) -> (
        Database?, knowsUsers: Bool, note: String?
    ) {
        let path = settings.database
        let names = try? FileManager.default.contentsOfDirectory(atPath: path)
        guard FileManager.default.fileExists(atPath: path), names != [] else {
            return (nil, true, "the database does not exist yet: it is made at the start")
        }
        do throws(DemetraError) {
            return (try OpenDatabase.at(path, settings.resources, isReadOnly: true), true, nil)
        } catch {
            guard error.sqlState == .lockNotAvailable else { throw error }
            return (nil, false, "\(error.message): its users are not looked at")
        }
    }
}
