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
              psql -h 127.0.0.1 -p 5433 ads
            """)

    @Argument(help: "The database's directory; made when it does not exist.")
    var path: String

    @Option(help: "Where to listen for PostgreSQL clients, as HOST:PORT; port 0 takes a free one.")
    var pg = "127.0.0.1:5433"

    @Option(help: "Reserved for the HTTP API, which this version does not have.")
    var http: String?

    @OptionGroup var resources: ResourceOptions

    func run() async throws {
        let (host, port) = try Self.address(pg)
        do {
            let termination = try TerminationSignal.install()
            let database = try OpenDatabase.at(path, resources)
            let server = try await WireServer.start(database: database, host: host, port: port)
            if http != nil {
                Failure.write(
                    "demetra: the HTTP API is not part of this version; --http is ignored")
            }
            print("demetra ready pg=\(host):\(server.port)")
            fflush(nil)
            await termination.wait()
            try await server.stop()
            try database.close()
        } catch let error as DemetraError {
            throw Failure.show(error)
        }
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
