import Demetra

/// The bytes of COPY FROM STDIN on their way from the event loop to the statement's thread.
///
/// The event loop stops reading from the client while too many bytes wait.
final class CopyInbox: CopySource, Sendable {
    private enum Piece: Sendable {
        case bytes([UInt8])
        case end
        case failure(String)
    }

    private struct State: Sendable {
        var pieces: [Piece] = []
        var byteCount = 0
        var isOpen = false
        /// Whether the event loop was told to stop reading.
        var isPaused = false

        /// True once for each pause.
        mutating func resume() -> Bool {
            defer { isPaused = false }
            return isPaused
        }
    }

    private let monitor = Monitor(State())
    private let resumeReading: @Sendable () -> Void

    init(resumeReading: @escaping @Sendable () -> Void) { self.resumeReading = resumeReading }

    /// Begins a COPY.
    func open() {
        monitor.withLock(notify: true) { $0 = State(isOpen: true, isPaused: $0.isPaused) }
    }

    /// Adds bytes; true when the client should wait.
    func add(_ bytes: [UInt8]) -> Bool {
        monitor.withLock(notify: true) { state in
            guard state.isOpen else { return false }
            state.pieces.append(.bytes(bytes))
            state.byteCount += bytes.count
            guard state.byteCount > WireLimits.outputBytes * 8 else { return false }
            state.isPaused = true
            return true
        }
    }

    /// The client has sent everything.
    func finish() { monitor.withLock(notify: true) { $0.pieces.append(.end) } }

    /// The client gives up, or is gone.
    func fail(_ reason: String) {
        monitor.withLock(notify: true) { $0.pieces.append(.failure(reason)) }
    }

    /// Whatever still arrives is dropped.
    func close() {
        let mustResume = monitor.withLock(notify: true) { state in
            let mustResume = state.resume()
            state = State()
            return mustResume
        }
        if mustResume { resumeReading() }
    }

    func read() throws(DemetraError) -> [UInt8]? {
        let (piece, mustResume) = monitor.wait { state -> (Piece, Bool)? in
            guard let piece = state.pieces.first else { return nil }
            state.pieces.removeFirst()
            if case .bytes(let bytes) = piece { state.byteCount -= bytes.count }
            return (piece, state.byteCount < WireLimits.outputBytes && state.resume())
        }
        if mustResume { resumeReading() }
        switch piece {
        case .bytes(let bytes): return bytes
        case .end: return nil
        case .failure(let reason):
            throw DemetraError(.queryCanceled, "COPY from stdin failed: \(reason)")
        }
    }
}
