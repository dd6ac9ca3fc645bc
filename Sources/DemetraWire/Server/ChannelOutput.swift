import Demetra
import DemetraEngine
import DemetraFormats
import NIOCore
import Synchronization

/// Sends the answers of a session to its client, waiting while the client is slow.
///
/// Rows are turned into bytes on the session's thread; the event loop only writes.
// Owned by the session's thread.
final class ChannelOutput: StatementOutput {
    /// Answers are written when they have so many bytes.
    private static let chunkBytes = WireLimits.outputBytes / 4

    private let channel: any Channel
    private let inbox: SessionInbox
    private let connection: Connection
    private var buffer: ByteBuffer
    private var encoder = RowEncoder()
    private var isCopyingOut = false
    /// The last description of rows, and its message.
    private var described: (fields: [Field], formats: [Int16], message: ByteBuffer)?
    private static let longestKeptDescription = 1_024
    /// Bytes that the client has not taken yet.
    private let waiting: WaitingBytes

    /// How rows are described and written: by the simple protocol, or as a portal was bound.
    enum RowForm {
        case described
        case bound([Int16])
    }

    /// What `begin` does.
    var form = RowForm.described

    init(
        channel: any Channel, inbox: SessionInbox, connection: Connection, waiting: WaitingBytes
    ) {
        self.channel = channel
        self.inbox = inbox
        self.connection = connection
        self.waiting = waiting
        buffer = channel.allocator.buffer(capacity: 1_024)
    }

    func begin(_ schema: Schema) throws(DemetraError) {
        switch form {
        case .described:
            let formats = [Int16](repeating: 0, count: schema.count)
            encoder = RowEncoder(zone: connection.timeZone, formats: formats)
            describe(schema.fields, formats: formats)
        case .bound(let formats):
            encoder = RowEncoder(zone: connection.timeZone, formats: formats)
        }
    }

    func rows(_ batch: Batch) throws(DemetraError) {
        guard !encoder.appendFew(batch, to: &buffer) else {
            if buffer.readableBytes >= Self.chunkBytes { try flush() }
            return
        }
        let rows = encoder.rows(batch)
        var row = 0
        while row < rows.count {
            row = RowEncoder.append(rows, from: row, to: &buffer, limit: Self.chunkBytes)
            if buffer.readableBytes >= Self.chunkBytes { try flush() }
        }
    }

    func finish(tag: String) throws(DemetraError) {
        if isCopyingOut {
            send(.copyDone)
            isCopyingOut = false
        }
        send(.commandComplete(tag))
    }

    func notice(_ notice: Notice) {
        if connection.settings.shows(notice.severity) { send(.notice(notice)) }
    }

    func copySource(columnCount: Int, isBinary: Bool) throws(DemetraError) -> any CopySource {
        // The thread ends with the statements that wait for it, rarely more than this one.
        SystemThread.giveWay()
        send(.copyInResponse(columnCount: columnCount, isBinary: isBinary))
        try flush()
        return inbox
    }

    func beginCopyOut(columnCount: Int, isBinary: Bool) throws(DemetraError) {
        isCopyingOut = true
        send(.copyOutResponse(columnCount: columnCount, isBinary: isBinary))
    }

    /// A message for each row, as PostgreSQL sends them.
    func copyRows(_ bytes: [UInt8], ends: [Int]) throws(DemetraError) {
        RowEncoder.append(copied: bytes, ends: ends, to: &buffer)
        if buffer.readableBytes >= Self.chunkBytes { try flush() }
    }

    /// A statement has failed: nothing of it goes on.
    func reset() {
        isCopyingOut = false
        form = .described
    }

    /// Adds a message to those that wait.
    func send(_ message: BackendMessage) { message.encode(into: &buffer) }

    /// Adds the description of rows: for a statement that comes again, as it was written before.
    func describe(_ fields: [Field], formats: [Int16]) {
        if let described, described.formats == formats, described.fields == fields {
            buffer.writeImmutableBuffer(described.message)
            return
        }
        let start = buffer.writerIndex
        send(.rowDescription(fields, formats: formats))
        guard let message = buffer.getSlice(at: start, length: buffer.writerIndex - start),
            message.readableBytes <= Self.longestKeptDescription
        else { return }
        // A slice would keep all of the buffer.
        described = (fields, formats, ByteBuffer(bytes: message.readableBytesView))
    }

    /// Hands what waits to the event loop; while the client has not taken what it got before, it waits for that.
    ///
    /// - Throws: 57014 when the client is gone.
    func flush() throws(DemetraError) {
        guard buffer.readableBytes > 0 else { return }
        let bytes = buffer
        buffer = channel.allocator.buffer(capacity: min(bytes.writerIndex, Self.chunkBytes))
        let written = waiting.write(bytes, to: channel)
        guard waiting.isTooMuch else { return }
        do {
            try written.wait()
        } catch {
            throw DemetraError(.queryCanceled, "the client closed the connection")
        }
    }

    /// Whether the client takes its answers as fast as it gets them.
    var isTaken: Bool { channel.isWritable && !waiting.isTooMuch }

    /// Writes what waits, on the event loop itself.
    func write(on loop: ClientLoop) {
        let bytes = buffer
        guard bytes.readableBytes > 0 else { return }
        buffer = channel.allocator.buffer(capacity: min(bytes.writerIndex, Self.chunkBytes))
        channel.write(bytes, promise: nil)
        loop.flushSoon(channel)
    }

    /// Sends what waits, then closes the connection.
    func close() {
        let bytes = buffer
        buffer = ByteBuffer()
        channel.writeAndFlush(bytes).whenComplete { [channel] _ in channel.close(promise: nil) }
    }
}

/// Counts the bytes that were written to a channel and that its client has not taken.
final class WaitingBytes: Sendable {
    private let count = Atomic<Int>(0)

    /// Whether the client should be waited for.
    var isTooMuch: Bool { count.load(ordering: .relaxed) > WireLimits.outputBytes }

    func write(_ bytes: ByteBuffer, to channel: any Channel) -> EventLoopFuture<Void> {
        let byteCount = bytes.readableBytes
        count.add(byteCount, ordering: .relaxed)
        let written = channel.writeAndFlush(bytes)
        written.whenComplete { [self] _ in count.subtract(byteCount, ordering: .relaxed) }
        return written
    }
}
