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
            what runs is cancelled and what was committed is on disk; a second one ends it at once. SIGHUP reads \
            the file of --config and the certificate again.

            A file of --config holds a line for each option, such as max_connections = 200, and database = \
            DIRECTORY; options of the command line go before it.

            Examples:
              demetra serve ads.demetra
              demetra serve ads.demetra --pg 127.0.0.1:5433 --memory-limit 2GB
              demetra serve ads.demetra --pg 0.0.0.0:5433 --tls-cert server.crt --tls-key server.key
              demetra serve --config server.conf --check-config
              psql -h 127.0.0.1 -p 5433 ads
            """)

    @Argument(
        help:
            "The database's directory; made when it does not exist. The file of --config may name it."
    )
    var path: String?

    @Option(help: "A file of settings; read again on SIGHUP.")
    var config: String?

    @Flag(help: "Say what is wrong with the settings, or which hold, and do not serve.")
    var checkConfig = false

    @Option(
        help:
            "Where to listen for PostgreSQL clients, as HOST:PORT; port 0 takes a free one. (default: 127.0.0.1:5433)"
    )
    var pg: String?

    @Option(help: "A directory for a socket too, on which everything is trusted.")
    var socket: String?

    @Flag(help: "Ask for passwords on 127.0.0.1 too.")
    var requireAuth = false

    @Option(help: "The certificate for TLS, a PEM file; read again on SIGHUP.")
    var tlsCert: String?

    @Option(help: "The key of the certificate, a PEM file.")
    var tlsKey: String?

    @Option(help: "Clients at once. (default: 1000)")
    var maxConnections: Int?

    @Option(help: "Clients at once from one address; by default as many as in all.")
    var maxConnectionsPerAddress: Int?

    @Option(help: "Seconds that a client has to log in. (default: 60)")
    var loginTimeout: Int?

    @Option(help: "How the log is written on standard error: text or json. (default: text)")
    var logFormat: LogFormat?

    @Option(
        help:
            "The least that is logged: trace, debug, info, notice, warning, error or critical. (default: info)"
    )
    var logLevel: LogLevel?

    @Option(help: "Reserved for the HTTP API, which this version does not have.")
    var http: String?

    @OptionGroup var resources: ResourceOptions

    func run() async throws {
        let settings = try settings()
        if let problem = settings.problems.first(where: \.isOption) {
            throw ValidationError(problem.message + (problem.hint.map { ". " + $0 } ?? ""))
        }
        guard settings.problems.isEmpty else {
            for problem in settings.problems {
                _ = Failure.show(
                    DemetraError(.invalidParameterValue, problem.message, hint: problem.hint))
            }
            throw ExitCode(1)
        }
        do {
            if checkConfig { return try await SettingsCheck(settings).run() }
            if http != nil {
                Failure.write(
                    "demetra: the HTTP API is not part of this version; --http is ignored")
            }
            try await ServerRun(settings, readAgain: Self.reader(options, config)).run()
        } catch let error as DemetraError {
            throw Failure.show(error)
        }
    }

    private func settings() throws -> ServeSettings {
        do throws(DemetraError) {
            return try Self.reader(options, config)()
        } catch {
            throw Failure.show(error)
        }
    }

    /// What reads the file and puts the options before it.
    private static func reader(
        _ options: [ServeSetting: String], _ file: String?
    ) -> @Sendable () throws(DemetraError) -> ServeSettings {
        { () throws(DemetraError) in
            ServeSettings(
                options: options,
                try file.map { path throws(DemetraError) in try SettingsFile(path) })
        }
    }

    /// What the command line says.
    private var options: [ServeSetting: String] {
        let given: [(ServeSetting, String?)] = [
            (.database, path), (.pg, pg), (.socket, socket),
            (.requireAuth, requireAuth ? "on" : nil), (.tlsCert, tlsCert), (.tlsKey, tlsKey),
            (.maxConnections, maxConnections.map { String($0) }),
            (.maxConnectionsPerAddress, maxConnectionsPerAddress.map { String($0) }),
            (.loginTimeout, loginTimeout.map { String($0) }),
            (.memoryLimit, resources.memoryLimit), (.threads, resources.threads.map { String($0) }),
            (.logFormat, logFormat?.rawValue), (.logLevel, logLevel?.rawValue),
        ]
        return Dictionary(
            uniqueKeysWithValues: given.compactMap { setting, value in value.map { (setting, $0) } }
        )
    }
}
