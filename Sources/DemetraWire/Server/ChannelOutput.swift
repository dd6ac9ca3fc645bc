import Demetra
import NIOCore
import Synchronization

/// Sends the answers of a session's statements to its client, waiting while the client is slow.
///
/// Rows are turned into bytes on the statement's thread; the event loop only writes.
final class ChannelOutput: StatementOutput {
    private let channel: any Channel
    private let copyIn: CopyInbox
    private let beginCopyIn: @Sendable () -> Void
    // Owned by the statement's thread.
    private var buffer: ByteBuffer
    private var encoder = RowEncoder(zone: nil)
    private var isCopyingOut = false
    /// Set while the zone of the session is known.
    private let zone: @Sendable () -> TimeZoneRules?

    init(
        channel: any Channel, copyIn: CopyInbox, zone: @escaping @Sendable () -> TimeZoneRules?,
        beginCopyIn: @escaping @Sendable () -> Void
    ) {
        self.channel = channel
        self.copyIn = copyIn
        self.zone = zone
        self.beginCopyIn = beginCopyIn
        buffer = channel.allocator.buffer(capacity: 1_024)
    }

    func begin(_ schema: Schema) throws(DemetraError) {
        encoder = RowEncoder(zone: zone())
        send(.rowDescription(schema))
    }

    func rows(_ batch: Batch) throws(DemetraError) {
        var row = 0
        while row < batch.count {
            encoder.encode(batch, row: row, into: &buffer)
            row += 1
            if buffer.readableBytes >= WireLimits.outputBytes / 4 { try flush() }
        }
    }

    func finish(tag: String) throws(DemetraError) {
        if isCopyingOut {
            send(.copyDone)
            isCopyingOut = false
        }
        send(.commandComplete(tag))
    }

    func notice(_ notice: Notice) { send(.notice(notice)) }

    func copySource(columnCount: Int) throws(DemetraError) -> any CopySource {
        // The thread ends with the statements that wait for it, rarely more than this one.
        SystemThread.giveWay()
        copyIn.open()
        send(.copyInResponse(columnCount: columnCount))
        try flush()
        beginCopyIn()
        return copyIn
    }

    func beginCopyOut(columnCount: Int) throws(DemetraError) {
        isCopyingOut = true
        send(.copyOutResponse(columnCount: columnCount))
    }

    /// A message for each row, as PostgreSQL sends them.
    func copyRows(_ bytes: [UInt8], ends: [Int]) throws(DemetraError) {
        var start = 0
        for end in ends {
            send(.copyData(bytes[start..<end]))
            start = end
        }
        if buffer.readableBytes >= WireLimits.outputBytes / 4 { try flush() }
    }

    /// Adds a message to those that wait.
    func send(_ message: BackendMessage) { message.encode(into: &buffer) }

    /// Writes what waits, and waits until the client has taken it.
    ///
    /// - Throws: 57014 when the client is gone.
    func flush() throws(DemetraError) {
        guard buffer.readableBytes > 0 else { return }
        let bytes = buffer
        buffer = channel.allocator.buffer(capacity: 8_192)
        do {
            try channel.writeAndFlush(bytes).wait()
        } catch {
            throw DemetraError(.queryCanceled, "the client closed the connection")
        }
    }

    /// Writes what waits, on the event loop, without waiting for the client.
    func writeHere() {
        let bytes = buffer
        buffer = ByteBuffer()
        if bytes.readableBytes > 0 { channel.writeAndFlush(bytes, promise: nil) }
    }

    /// Hands what waits to the event loop without waiting for the client; `done` is called there afterwards.
    ///
    /// One task for both: each wakes the event loop up, which costs more than a small answer.
    func flushWithoutWaiting(then done: @escaping @Sendable () -> Void) {
        let bytes = buffer
        buffer = ByteBuffer()
        channel.eventLoop.execute { [channel] in
            if bytes.readableBytes > 0 { channel.writeAndFlush(bytes, promise: nil) }
            done()
        }
    }
}

/// Turns rows into DataRow messages, values as text.
struct RowEncoder {
    private let zone: TimeZoneRules?
    private var scratch: [UInt8] = []

    init(zone: TimeZoneRules?) { self.zone = zone }

    /// Appends one row.
    mutating func encode(_ batch: Batch, row: Int, into buffer: inout ByteBuffer) {
        buffer.writeInteger(UInt8(ascii: "D"))
        let start = buffer.writerIndex
        buffer.writeInteger(Int32(0))
        buffer.writeInteger(Int16(truncatingIfNeeded: batch.vectors.count))
        for vector in batch.vectors {
            guard vector.isValid(row) else {
                buffer.writeInteger(Int32(-1))
                continue
            }
            scratch.removeAll(keepingCapacity: true)
            appendWireText(vector, row, zone, &scratch)
            buffer.writeInteger(Int32(scratch.count))
            buffer.writeBytes(scratch)
        }
        buffer.setInteger(Int32(buffer.writerIndex - start), at: start)
    }

    /// The protocol writes booleans as `t` and `f`; everything else is the value's text.
    private func appendWireText(
        _ vector: Vector, _ row: Int, _ zone: TimeZoneRules?, _ bytes: inout [UInt8]
    ) {
        if vector.type == .boolean {
            bytes.append(
                vector.value(at: row) == .boolean(true) ? UInt8(ascii: "t") : UInt8(ascii: "f"))
            return
        }
        appendText(vector, row: row, zone: zone, to: &bytes)
    }
}
