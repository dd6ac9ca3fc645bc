import Glibc

/// The path of a socket in the file system, in a form that the system's calls take: they allow 107 bytes.
///
/// A longer one leads through an open descriptor of its directory, `/proc/self/fd/7/.s.PGSQL.5432`: it is the same file,
/// under the same rights, and no other place has to be found that is short, writable and private.
///
/// - Invariant: `text` is good as long as the value lives.
package final class SocketPath: Sendable {
    /// What `sockaddr_un` holds, without the zero at its end.
    static let longest = 107

    /// The directory, whose path is as short as it has to be.
    package let directory: String
    /// The name in the directory, as clients of PostgreSQL look for it.
    let name: String
    private let descriptor: Int32

    /// The socket `.s.PGSQL.PORT` of a directory; nil when there is no such directory.
    package init?(directory: String, port: Int) {
        name = ".s.PGSQL.\(port)"
        guard directory.utf8.count + 1 + name.utf8.count > Self.longest else {
            self.directory = directory
            descriptor = -1
            return
        }
        descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        self.directory = "/proc/self/fd/\(descriptor)"
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The path, short enough.
    var text: String { directory + "/" + name }

    /// Whether something is there under the name.
    package var exists: Bool { access(text, F_OK) == 0 }
}

/// The socket by which the shell reaches the server that has a database open: a file of the database's directory.
package enum DatabaseSocket {
    /// The port in its name: the one that clients of PostgreSQL assume, as `psql -h DIRECTORY` does.
    package static let port = 5432

    /// The socket of the database in a directory.
    package static func path(_ directory: String) -> SocketPath? {
        SocketPath(directory: directory, port: port)
    }
}
