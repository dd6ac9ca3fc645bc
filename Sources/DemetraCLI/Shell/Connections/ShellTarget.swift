import Demetra

/// What a shell talks to: a database that it opens, or the server that has it open.
struct ShellTarget {
    let connection: any ShellConnection
    /// As the greeting says it.
    let greeting: String
    /// As `\conninfo` says it.
    let place: String
    /// Nil where a server has it.
    private let database: Database?

    /// Opens the database of a directory; where a server holds it, or the text says where a server is, connects to that.
    ///
    /// - Parameters:
    ///   - isReadOnly: no file of a database that is opened changes; in a server's, transactions begin READ ONLY.
    ///   - reconnects: a connection that is lost is made anew.
    /// - Throws: 55P03 when another process has the database open that is no server, or what opening it fails with.
    static func open(
        _ path: String, _ resources: ResourceOptions, isReadOnly: Bool = false, reconnects: Bool
    ) throws(DemetraError) -> ShellTarget {
        if let target = ServerTarget(connectionString: path, isReadOnly: isReadOnly) {
            return ShellTarget(try ServerConnection(target, reconnects: reconnects))
        }
        do throws(DemetraError) {
            return ShellTarget(try OpenDatabase.at(path, resources, isReadOnly: isReadOnly), path)
        } catch {
            guard error.sqlState == .lockNotAvailable,
                let target = ServerTarget(holding: path, isReadOnly: isReadOnly)
            else { throw error }
            do throws(DemetraError) {
                let connection = try ServerConnection(target, reconnects: reconnects)
                resources.warnOfServer()
                return ShellTarget(connection)
            } catch let refusal {
                // The socket of a server that is gone says nothing of who holds the database now.
                guard refusal.detail?.contains("FATAL") ?? false else { throw error }
                throw refusal
            }
        }
    }

    private init(_ connection: ServerConnection) {
        self.connection = connection
        greeting = connection.target.greeting
        place = connection.target.greeting
        database = nil
    }

    private init(_ database: Database, _ path: String) {
        connection = database.connect()
        greeting = "database \"\(path)\""
        place = "directory \"\(path)\""
        self.database = database
    }

    /// Writes what is not on the disk yet.
    func close() throws(DemetraError) { try database?.close() }
}
