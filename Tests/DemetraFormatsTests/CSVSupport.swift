import DemetraFormats
import DemetraTypes
import DemetraVectors

/// What reading a text as CSV gave.
struct CSVReading: Equatable {
    var rows: [[Value]] = []
    var rejected: [RejectedRow] = []
}

/// Reads a text given in pieces of `pieceByteCount`, cut into chunks of about `chunkByteCount`.
func readCSV(
    _ text: some Sequence<UInt8>, _ columns: [CSVColumn], dialect: CSVDialect = .csv,
    policy: CSVErrorPolicy = .strict(table: "t"), pieceByteCount: Int = .max,
    chunkByteCount: Int = CSVChunker.standardChunkByteCount,
    recordLimit: Int = CSVChunker.standardRecordLimit
) throws(DemetraError) -> CSVReading {
    let bytes = Array(text)
    var chunker = CSVChunker(
        dialect: dialect, chunkByteCount: chunkByteCount, recordLimit: recordLimit)
    var chunks: [CSVChunk] = []
    var offset = 0
    while offset < bytes.count {
        let piece = Buffer(Array(bytes[offset...].prefix(pieceByteCount)))
        chunks += try chunker.push(
            UnsafeBufferPointer(start: piece.pointer, count: piece.count))
        offset += piece.count
    }
    if let last = try chunker.finish() { chunks.append(last) }
    let parser = CSVChunkParser(
        dialect: dialect, fieldCount: columns.count, columns: columns, policy: policy)
    var reading = CSVReading()
    for chunk in chunks {
        let parsed = try parser.parse(chunk)
        for batch in parsed.batches {
            for row in 0..<batch.count { reading.rows.append(batch.row(row)) }
        }
        reading.rejected += parsed.rejected
    }
    return reading
}

/// Columns of the given types, named a, b, c and so on.
func columns(_ types: LogicalType...) -> [CSVColumn] {
    types.enumerated().map { index, type in
        CSVColumn(
            name: String(UnicodeScalar(UInt8(97 + index))), type: type, fieldIndex: index)
    }
}
