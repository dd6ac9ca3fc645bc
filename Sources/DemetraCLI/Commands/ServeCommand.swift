import ArgumentParser
import Demetra
import DemetraWire
import Foundation

/// `demetra serve PATH`: a server for psql, drivers and tools.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve a database over the PostgreSQL protocol.",
        discussion: """
            psql, drivers and BI tools connect as they do to PostgreSQL. SIGTERM and Ctrl-C end the server: \
            what runs is cancelled and what was committed is on disk.

            Examples:
              demetra serve ads.demetra
              demetra serve ads.demetra --pg 127.0.0.1:5433 --memory-limit 2GB
              demetra serve ads.demetra --pg 0.0.0.0:5433 --tls-cert server.crt --tls-key server.key
              psql -h 127.0.0.1 -p 5433 ads
            """)

    @Argument(help: "The database's directory; made when it does not exist.")
    var path: String

    @Option(help: "Where to listen for PostgreSQL clients, as HOST:PORT; port 0 takes a free one.")
    var pg = "127.0.0.1:5433"

    @Option(help: "A directory for a socket too, on which everything is trusted.")
    var socket: String?

    @Flag(help: "Ask for passwords on 127.0.0.1 too.")
    var requireAuth = false

    @Option(help: "The certificate for TLS, a PEM file; read again on SIGHUP.")
    var tlsCert: String?

    @Option(help: "The key of the certificate, a PEM file.")
    var tlsKey: String?

    @Option(help: "Clients at once.")
    var maxConnections = 1_000

    @Option(help: "Clients at once from one address; by default as many as in all.")
    var maxConnectionsPerAddress: Int?

    @Option(help: "Seconds that a client has to log in.")
    var loginTimeout: Int64 = 60

    @Option(help: "Reserved for the HTTP API, which this version does not have.")
    var http: String?

    @OptionGroup var resources: ResourceOptions

    func run() async throws {
        let configuration = try configuration()
        do {
            let termination = try TerminationSignal.install()
            let database = try OpenDatabase.at(path, resources)
            let server = try await WireServer.start(database: database, configuration)
            ReloadSignal.install {
                do throws(DemetraError) {
                    try server.reloadCertificate()
                } catch {
                    Failure.write(error.rendered())
                }
            }
            if let warning = server.socketWarning {
                Failure.write("WARNING:  \(warning.message); \"demetra \(path)\" cannot attach")
            }
            if http != nil {
                Failure.write(
                    "demetra: the HTTP API is not part of this version; --http is ignored")
            }
            print("demetra ready pg=\(configuration.host):\(server.port)")
            fflush(nil)
            await termination.wait()
            try await server.stop()
            try database.close()
        } catch let error as DemetraError {
            throw Failure.show(error)
        }
    }

    private func configuration() throws -> WireConfiguration {
        let (host, port) = try Self.address(pg)
        var configuration = WireConfiguration(host: host, port: port)
        configuration.socketDirectory = socket
        configuration.hasDatabaseSocket = true
        configuration.requiresPasswords = requireAuth
        guard (tlsCert == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-cert and --tls-key belong together")
        }
        if let tlsCert, let tlsKey { configuration.certificate = (tlsCert, tlsKey) }
        let perAddress = maxConnectionsPerAddress ?? maxConnections
        guard maxConnections > 0, perAddress > 0, loginTimeout > 0 else {
            throw ValidationError("connections and seconds must be more than 0")
        }
        configuration.maximumConnections = maxConnections
        configuration.maximumConnectionsPerAddress = perAddress
        configuration.loginSeconds = loginTimeout
        return configuration
    }

    private static func address(_ text: String) throws -> (String, Int) {
        guard let colon = text.lastIndex(of: ":"),
            let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { throw ValidationError("'\(text)' is not HOST:PORT") }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) }
        return (host.isEmpty ? "127.0.0.1" : host, port)
    }
}
