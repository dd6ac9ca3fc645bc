import ArgumentParser
import Demetra
import DemetraWire
import Foundation

/// `demetra serve PATH`: a server for psql, drivers and tools.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serve a database over the PostgreSQL protocol.")

    @Argument(help: "The database's directory; made when it does not exist.")
    var path: String

    @Option(help: "Where to listen for PostgreSQL clients, as HOST:PORT; port 0 takes a free one.")
    var pg = "127.0.0.1:5433"

    @Option(help: "Reserved for the HTTP API, which this version does not have.")
    var http: String?

    func run() async throws {
        let (host, port) = try Self.address(pg)
        do {
            let database = try OpenDatabase.at(path)
            let server = try await WireServer.start(database: database, host: host, port: port)
            if http != nil {
                Failure.write(
                    "demetra: the HTTP API is not part of this version; --http is ignored")
            }
            print("demetra ready pg=\(host):\(server.port)")
            fflush(nil)
            await Self.terminationSignal()
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

    /// Waits for SIGTERM or SIGINT.
    private static func terminationSignal() async {
        let signals = [SIGTERM, SIGINT]
        for number in signals { signal(number, SIG_IGN) }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let first = FirstCall(continuation)
            for number in signals {
                let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
                source.setEventHandler { first.resume() }
                source.resume()
                first.keep(source)
            }
        }
    }

    /// Resumes a continuation once, whatever comes first, and keeps the sources alive until then.
    private final class FirstCall: Sendable {
        private struct State {
            var continuation: CheckedContinuation<Void, Never>?
            var sources: [any DispatchSourceSignal] = []
        }
        private let state: Monitor<State>

        init(_ continuation: CheckedContinuation<Void, Never>) {
            state = Monitor(State(continuation: continuation))
        }

        func keep(_ source: any DispatchSourceSignal) {
            state.withLock { $0.sources.append(source) }
        }

        func resume() {
            let continuation = state.withLock { state in
                defer { state.continuation = nil }
                return state.continuation
            }
            continuation?.resume()
        }
    }
}
