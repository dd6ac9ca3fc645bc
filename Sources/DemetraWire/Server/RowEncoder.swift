import Demetra
import DemetraFormats
import NIOCore

/// Turns rows into DataRow messages, each column as text or in its binary form.
///
/// Safe because the memory that rows are written to has the bytes that they were counted to have.
struct RowEncoder {
    private let zone: TimeZoneRules
    private let formats: [Int16]
    /// So few rows are written value by value, which takes no preparation.
    private static let fewRows = 4

    /// - Parameter formats: 0 for text or 1 for binary, one a column.
    init(zone: TimeZoneRules = .utc, formats: [Int16] = []) {
        self.zone = zone
        self.formats = formats
    }

    /// The rows of a batch, ready to be written.
    func rows(_ batch: Batch) -> DataRows {
        let columns = zip(batch.vectors, formats).map { vector, format in
            format == 1 ? DataCells(binary: vector) : DataCells(text: vector, zone: zone)
        }
        return DataRows(columns, count: batch.count, isFramed: true)
    }

    /// Appends a batch of few rows; false where it has more.
    func appendFew(_ batch: Batch, to buffer: inout ByteBuffer) -> Bool {
        guard batch.count <= Self.fewRows else { return false }
        var cell: [UInt8] = []
        for row in 0..<batch.count {
            BackendMessage.frame("D", &buffer) { buffer in
                buffer.writeInteger(Int16(truncatingIfNeeded: batch.vectors.count))
                for (vector, format) in zip(batch.vectors, formats) {
                    guard vector.isValid(row) else {
                        buffer.writeInteger(Int32(-1))
                        continue
                    }
                    cell.removeAll(keepingCapacity: true)
                    if format == 1 {
                        BinaryValue.append(vector, row: row, to: &cell)
                    } else {
                        TextForm(zone: zone).append(vector, row: row, to: &cell)
                    }
                    buffer.writeInteger(Int32(truncatingIfNeeded: cell.count))
                    buffer.writeBytes(cell)
                }
            }
        }
        return true
    }

    /// Appends rows until `buffer` has `limit` bytes.
    ///
    /// - Returns: the row to go on with.
    static func append(
        _ rows: DataRows, from first: Int, to buffer: inout ByteBuffer, limit: Int
    ) -> Int {
        let room = max(1, limit - buffer.readableBytes)
        var (row, byteCount) = (first, 0)
        while row < rows.count, byteCount < room {
            byteCount += rows.byteCount(row)
            row += 1
        }
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: byteCount) { memory in
            rows.write(first..<row, to: memory)
            return byteCount
        }
        return row
    }

    /// Appends a CopyData message for each row.
    ///
    /// - Parameter ends: where each ends in the bytes, ascending.
    static func append(copied bytes: [UInt8], ends: [Int], to buffer: inout ByteBuffer) {
        let byteCount = bytes.count + ends.count * copyFrameBytes
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: byteCount) { memory in
            bytes.withUnsafeBytes { bytes in
                var (start, place) = (0, 0)
                for end in ends {
                    memory[place] = UInt8(ascii: "d")
                    let length = Int32(truncatingIfNeeded: end - start + 4)
                    memory.storeBytes(
                        of: length.bigEndian, toByteOffset: place + 1, as: Int32.self)
                    memory[(place + copyFrameBytes)...].copyBytes(from: bytes[start..<end])
                    place += copyFrameBytes + end - start
                    start = end
                }
            }
            return byteCount
        }
    }

    /// The type of a message and its length.
    private static let copyFrameBytes = 5
}
