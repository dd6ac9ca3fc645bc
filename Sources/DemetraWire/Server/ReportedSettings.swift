import Demetra
import DemetraEngine

/// The settings that a client is told at the start and whenever they change.
struct ReportedSettings: Sendable {
    /// As clients know them, and as the session does, in PostgreSQL's order.
    private static let names = [
        ("in_hot_standby", "in_hot_standby"),
        ("application_name", "application_name"), ("client_encoding", "client_encoding"),
        ("DateStyle", "datestyle"),
        ("default_transaction_read_only", "default_transaction_read_only"),
        ("integer_datetimes", "integer_datetimes"), ("IntervalStyle", "intervalstyle"),
        ("is_superuser", "is_superuser"),
        ("server_encoding", "server_encoding"), ("server_version", "server_version"),
        ("standard_conforming_strings", "standard_conforming_strings"),
        ("TimeZone", "timezone"),
    ]

    /// All settings when the values were last looked at.
    private var settings: SessionSettings
    private var values: [String: String] = [:]

    /// The settings of a session that begins.
    init(_ connection: Connection) {
        settings = connection.settings
        _ = update(connection)
    }

    /// Names and values for the start of a session.
    func all(user: String) -> [(String, String)] {
        [("session_authorization", user)]
            + Self.names.compactMap { name, _ in values[name].map { (name, $0) } }
    }

    /// What has changed since the last call.
    mutating func changes(_ connection: Connection) -> [(String, String)] {
        let now = connection.settings
        guard now != settings else { return [] }
        settings = now
        return update(connection)
    }

    private mutating func update(_ connection: Connection) -> [(String, String)] {
        var changes: [(String, String)] = []
        for (name, setting) in Self.names {
            guard let value = try? connection.setting(setting), value != values[name] else {
                continue
            }
            values[name] = value
            changes.append((name, value))
        }
        return changes
    }
}
