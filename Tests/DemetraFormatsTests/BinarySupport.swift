import DemetraFormats
import DemetraTypes
import DemetraVectors

/// Rows as COPY (FORMAT binary).
func binaryCopy(_ batches: [Batch]) -> [UInt8] {
    var bytes: [UInt8] = []
    var ends: [Int] = []
    let writer = BinaryRowWriter()
    writer.begin(into: &bytes)
    for batch in batches { writer.write(batch, into: &bytes, ends: &ends) }
    writer.end(into: &bytes)
    return bytes
}

/// Reads COPY (FORMAT binary) given in pieces that end at `cuts`.
func readBinaryCopy(
    _ bytes: [UInt8], _ fields: [Field], cuts: [Int] = [], chunkByteCount: Int = 1 << 20,
    rowLimit: Int = BinaryChunker.standardRowLimit
) throws(DemetraError) -> [[Value]] {
    let bounds = [0] + cuts + [bytes.count]
    var pieces = zip(bounds, bounds.dropFirst()).map { Buffer(Array(bytes[$0..<$1])) }[...]
    var chunker = BinaryChunker(
        columnCount: fields.count, table: "t", chunkByteCount: chunkByteCount, rowLimit: rowLimit)
    let parser = BinaryChunkParser(fields: fields, table: "t")
    var rows: [[Value]] = []
    while let chunk = try chunker.next(from: { () throws(DemetraError) in pieces.popFirst() }) {
        for batch in try parser.parse(chunk) {
            for row in 0..<batch.count { rows.append(batch.row(row)) }
        }
    }
    return rows
}

/// The same read field by field: what the fast way has to agree with.
func readBinaryCopyByValue(
    _ bytes: [UInt8], _ fields: [Field]
) throws(DemetraError) -> [[Value]] {
    var reader = BinaryReader(bytes)
    _ = try reader.take(11)
    guard try reader.integer(UInt32.self) >> 16 == 0 else { throw malformed }
    _ = try reader.take(Int(try reader.integer(Int32.self)))
    var rows: [[Value]] = []
    while !reader.isAtEnd {
        let count = try reader.integer(Int16.self)
        if count == -1 {
            guard reader.isAtEnd else { throw malformed }
            break
        }
        guard Int(count) == fields.count else { throw malformed }
        var row: [Value] = []
        for field in fields {
            let length = try reader.integer(Int32.self)
            row.append(
                length == -1
                    ? .null : try BinaryValue.read(try reader.take(Int(length)), as: field.type))
        }
        rows.append(row)
    }
    return rows
}

private let malformed = DemetraError(.badCopyFileFormat, "malformed")
