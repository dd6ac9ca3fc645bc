import Demetra
import Glibc
import NIOCore
import NIOPosix

/// A socket in the file system on which a server listens; who may open it is its owner.
struct LocalSocket {
    private let path: SocketPath
    private let channel: any Channel

    /// Listens on a socket; a file that a server left behind makes room for it.
    ///
    /// - Throws: 58030 when that is not possible.
    static func listen(
        _ directory: String, port: Int, _ bootstrap: ServerBootstrap
    ) async throws -> LocalSocket {
        do {
            guard let path = SocketPath(directory: directory, port: port) else {
                throw DemetraError(.undefinedFile, "there is no such directory")
            }
            // Nobody else may open it from its first moment on.
            let mask = umask(0o077)
            defer { umask(mask) }
            let channel = try await bootstrap.bind(
                unixDomainSocketPath: path.text, cleanupExistingSocketFile: true
            ).get()
            guard chmod(path.text, 0o600) == 0 else {
                try? await channel.close()
                throw DemetraError(.ioError, "the socket's rights cannot be set")
            }
            return LocalSocket(path: path, channel: channel)
        } catch {
            throw DemetraError(
                .ioError, "cannot listen on the socket \"\(directory)/.s.PGSQL.\(port)\": \(error)",
                hint: "Does the directory exist, and may the server write to it?")
        }
    }

    /// Stops listening and removes the file.
    func close() async {
        try? await channel.close()
        unlink(path.text)
    }
}
