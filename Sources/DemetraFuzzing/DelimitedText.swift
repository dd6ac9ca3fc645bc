import DemetraFormats
import DemetraTypes
import DemetraVectors

/// Delimited text of which all is here, read as an import reads it.
///
/// Safe because the buffer lives as long as the text.
struct DelimitedText {
    private let bytes: Buffer<UInt8>

    init(_ bytes: [UInt8]) { self.bytes = Buffer(bytes) }

    /// The rows, and the records that were set aside.
    struct Reading: Equatable {
        var rows: [[Value]] = []
        var rejected: [RejectedRow] = []
        var widenings: [Int: LogicalType] = [:]

        /// Adds what a chunk gave.
        mutating func add(_ chunk: ParsedChunk) {
            for batch in chunk.batches {
                for row in 0..<batch.count { rows.append(batch.row(row)) }
            }
            rejected += chunk.rejected
            chunk.addWidenings(to: &widenings)
        }
    }

    /// The bytes where they are.
    var span: UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(start: bytes.pointer, count: bytes.count)
    }

    /// Reads the text, cut into chunks of about `chunkByteCount`.
    func batches(
        _ columns: [CSVColumn], _ dialect: CSVDialect, _ policy: CSVErrorPolicy,
        chunkByteCount: Int = 4_096
    ) throws(DemetraError) -> Reading {
        let parser = CSVChunkParser(
            dialect: dialect, fieldCount: columns.count, columns: columns, policy: policy)
        var reading = Reading()
        for chunk in try chunks(dialect, chunkByteCount) { reading.add(try parser.parse(chunk)) }
        return reading
    }

    /// The chunks of the text.
    func chunks(
        _ dialect: CSVDialect, _ chunkByteCount: Int
    ) throws(DemetraError) -> [CSVChunk] {
        var chunker = CSVChunker(dialect: dialect, chunkByteCount: chunkByteCount)
        var chunks = try chunker.push(span)
        if let last = try chunker.finish() { chunks.append(last) }
        return chunks
    }
}
