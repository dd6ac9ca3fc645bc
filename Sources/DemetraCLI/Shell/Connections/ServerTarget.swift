import Demetra
import DemetraWire
import Foundation

/// Where a server is, and what to call it.
struct ServerTarget: Sendable {
    /// As libpq takes it; each but the first is for a server that does not know the database by the name before.
    let connectionStrings: [String]
    /// As people are told.
    let name: String
    /// The directory of the database, when the server is reached by its socket.
    let directory: String?
    /// Keeps the path of the socket good.
    private let socket: SocketPath?

    /// The server that has the database of a directory open; nil when it listens on no socket there.
    ///
    /// - Parameter isReadOnly: transactions begin READ ONLY.
    init?(holding directory: String, isReadOnly: Bool) {
        guard let socket = DatabaseSocket.path(Self.absolute(directory)), socket.exists else {
            return nil
        }
        // A server that was told of the directory by another path may have another name for it.
        connectionStrings = [Self.databaseName(directory), "demetra"].map { database in
            // What the environment says is about other servers.
            let parameters = [
                ("host", socket.directory), ("hostaddr", ""), ("port", String(DatabaseSocket.port)),
                ("user", "demetra"), ("dbname", database), ("application_name", "demetra"),
                ("connect_timeout", "10"), ("client_encoding", "UTF8"),
                ("options", isReadOnly ? Self.readOnly : ""),
            ]
            return parameters.map { "\($0.0)=\(Self.quoted($0.1))" }.joined(separator: " ")
        }
        name = "\"\(directory)\""
        self.directory = directory
        self.socket = socket
    }

    /// The server that a connection string names, as `postgresql://host:5433/ads` and `host=... port=...` do.
    init?(connectionString text: String, isReadOnly: Bool) {
        guard Self.isConnectionString(text) else { return nil }
        connectionStrings = [isReadOnly ? Self.withReadOnly(text) : text]
        name = Self.withoutPassword(text)
        directory = nil
        socket = nil
    }

    /// The process that holds the database, as its lock file tells.
    var processID: Int? {
        guard let directory,
            let text = try? String(contentsOfFile: directory + "/LOCK", encoding: .utf8)
        else { return nil }
        return Int(text.prefix { $0 != "\n" })
    }

    /// What a prompt's greeting says of it.
    var greeting: String {
        guard directory != nil else { return "connected to \(name)" }
        return "attached to the server of \(name)"
            + (processID.map { " (process \($0))" } ?? "")
    }

    private static let readOnly = "-c default_transaction_read_only=on"

    private static func withReadOnly(_ text: String) -> String {
        guard text.contains("://") else { return text + " options='\(readOnly)'" }
        let escaped = readOnly.replacing(" ", with: "%20").replacing("=", with: "%3D")
        return text + (text.contains("?") ? "&" : "?") + "options=" + escaped
    }

    static func isConnectionString(_ text: String) -> Bool {
        if text.hasPrefix("postgresql://") || text.hasPrefix("postgres://") { return true }
        // A directory may have any name; one with such a beginning can be written ./host=...
        let keys = ["host", "hostaddr", "port", "dbname", "user", "service"]
        return keys.contains { text.hasPrefix($0 + "=") }
    }

    /// libpq takes a host for a socket's directory when it begins with a slash.
    private static func absolute(_ path: String) -> String {
        path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
    }

    /// What the server calls the database: the name of its folder, without an ending.
    private static func databaseName(_ directory: String) -> String {
        let folder = URL(fileURLWithPath: directory).lastPathComponent
        return folder.split(separator: ".").first.map(String.init) ?? folder
    }

    private static func quoted(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }

    private static func withoutPassword(_ text: String) -> String {
        text.replacing(#/(://[^:@/]*):[^@/]*@/#) { "\($0.output.1)@" }
            .replacing(#/password\s*=\s*('(\\.|[^'\\])*'|\S*)/#, with: "password=...")
    }
}
