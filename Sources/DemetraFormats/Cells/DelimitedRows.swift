import DemetraTypes

/// Rows as lines of cells with a delimiter between them.
///
/// Safe because the memory written to has the bytes of all rows, which are counted from the same cells.
struct DelimitedRows {
    private let rows: CellRows
    private let delimiter: UInt8
    private let nullText: [UInt8]

    /// - Parameter nullText: what stands for NULL.
    init(_ columns: [ColumnCells], count: Int, delimiter: UInt8, nullText: [UInt8]) {
        rows = CellRows(columns, count: count)
        self.delimiter = delimiter
        self.nullText = nullText
    }

    /// Appends the lines, and where each ends.
    func append(to bytes: inout [UInt8], ends: inout [Int]) {
        let start = bytes.count
        var end = start
        // Each cell is followed by a delimiter, or the end of the line; a line without cells has its end.
        let separators = max(rows.columnCount, 1)
        for byteCount in rows.byteCounts(nullBytes: nullText.count) {
            end += byteCount + separators
            ends.append(end)
        }
        bytes.append(contentsOf: repeatElement(0, count: end - start))
        bytes.withUnsafeMutableBufferPointer { memory in
            guard let first = memory.baseAddress else { return }
            var cursor = TextCursor(first + start)
            for row in 0..<rows.count {
                rows.forEachCell(row) { column, cell in
                    if column > 0 { cursor.write(byte: delimiter) }
                    if let cell {
                        cursor.write(bytes: cell)
                    } else {
                        for byte in nullText { cursor.write(byte: byte) }
                    }
                }
                cursor.write(byte: 0x0A)
            }
        }
    }
}
