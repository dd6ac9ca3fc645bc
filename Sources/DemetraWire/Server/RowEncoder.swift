import Demetra
import DemetraFormats
import NIOCore

/// Turns rows into DataRow messages, each column as text or in its binary form.
struct RowEncoder {
    private let zone: TimeZoneRules
    private let formats: [Int16]

    /// - Parameter formats: 0 for text or 1 for binary, one a column.
    init(zone: TimeZoneRules = .utc, formats: [Int16] = []) {
        self.zone = zone
        self.formats = formats
    }

    /// The rows of a batch, ready to be written.
    func rows(_ batch: Batch) -> DataRows {
        let columns = zip(batch.vectors, formats).map { vector, format in
            format == 1
                ? ColumnCells(vector, as: BinaryForm())
                : ColumnCells(vector, as: TextForm(zone: zone))
        }
        return DataRows(columns, count: batch.count, isFramed: true)
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
        buffer.writeBytes(rows.bytes(first..<row))
        return row
    }
}
