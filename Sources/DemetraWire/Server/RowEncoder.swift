import Demetra
import DemetraFormats
import NIOCore

/// Turns rows into DataRow messages, each column as text or in its binary form.
struct RowEncoder {
    private let zone: TimeZoneRules?
    private let formats: [Int16]
    private var bytes: [UInt8] = []

    /// - Parameter formats: 0 for text or 1 for binary, one a column.
    init(zone: TimeZoneRules?, formats: [Int16]) {
        self.zone = zone
        self.formats = formats
    }

    /// Appends rows of a batch, until `buffer` has `limit` bytes.
    ///
    /// - Returns: the row to go on with.
    mutating func encode(
        _ batch: Batch, from first: Int, into buffer: inout ByteBuffer, limit: Int
    ) -> Int {
        bytes.removeAll(keepingCapacity: true)
        let room = max(1, limit - buffer.readableBytes)
        var row = first
        while row < batch.count, bytes.count < room {
            append(batch, row)
            row += 1
        }
        buffer.writeBytes(bytes)
        return row
    }

    private mutating func append(_ batch: Batch, _ row: Int) {
        bytes.append(UInt8(ascii: "D"))
        let start = bytes.count
        bytes.append(integer: Int32(0))
        bytes.append(integer: Int16(truncatingIfNeeded: batch.vectors.count))
        for (column, vector) in batch.vectors.enumerated() {
            guard vector.isValid(row) else {
                bytes.append(integer: Int32(-1))
                continue
            }
            let place = bytes.count
            bytes.append(integer: Int32(0))
            if formats[column] == 1 {
                BinaryValue.append(vector, row: row, to: &bytes)
            } else {
                appendWireText(vector, row)
            }
            bytes.setLength(at: place, from: place + 4)
        }
        // The length of a message counts itself.
        bytes.setLength(at: start, from: start)
    }

    /// The protocol writes booleans as `t` and `f`; everything else is the value's text.
    private mutating func appendWireText(_ vector: Vector, _ row: Int) {
        if vector.type == .boolean {
            let isTrue = vector.value(at: row) == .boolean(true)
            bytes.append(isTrue ? UInt8(ascii: "t") : UInt8(ascii: "f"))
        } else {
            appendText(vector, row: row, zone: zone, to: &bytes)
        }
    }
}
