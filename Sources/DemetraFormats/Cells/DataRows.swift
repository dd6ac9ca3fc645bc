import DemetraTypes

/// Rows of a batch as DataRow messages of the PostgreSQL protocol, or as rows of COPY (FORMAT binary).
///
///     DataRow    'D' | length Int32, itself included | count of fields Int16 | each: length Int32 (-1 for NULL), bytes
///     COPY       count of fields Int16 | each: length Int32 (-1 for NULL), bytes
///
/// Safe because the memory written to has the `byteCount` of the rows, which is counted from the same cells.
package struct DataRows {
    private let rows: CellRows
    private let byteCounts: [Int]
    private let isFramed: Bool

    /// - Parameters:
    ///   - columns: the cells of each column.
    ///   - isFramed: a message each, rather than a row of COPY.
    package init(_ columns: [ColumnCells], count: Int, isFramed: Bool) {
        rows = CellRows(columns, count: count)
        self.isFramed = isFramed
        let frame = (isFramed ? 7 : 2) + 4 * columns.count
        byteCounts = rows.byteCounts(nullBytes: 0).map { $0 + frame }
    }

    /// The number of rows.
    package var count: Int { rows.count }

    /// The bytes of one row.
    package func byteCount(_ row: Int) -> Int { byteCounts[row] }

    /// The bytes of some rows.
    package func bytes(_ range: Range<Int>) -> [UInt8] {
        let byteCount = range.reduce(0) { $0 + byteCounts[$1] }
        return Array(unsafeUninitializedCapacity: byteCount) { memory, count in
            guard let start = memory.baseAddress else { return }
            write(range, to: start)
            count = byteCount
        }
    }

    private func write(_ range: Range<Int>, to start: UnsafeMutablePointer<UInt8>) {
        var cursor = TextCursor(start)
        let columnCount = Int16(truncatingIfNeeded: rows.columnCount)
        for row in range {
            if isFramed {
                cursor.write(byte: UInt8(ascii: "D"))
                // The length counts itself, but not the byte of the type.
                cursor.write(integer: Int32(truncatingIfNeeded: byteCounts[row] - 1))
            }
            cursor.write(integer: columnCount)
            rows.forEachCell(row) { _, cell in
                guard let cell else { return cursor.write(integer: Int32(-1)) }
                cursor.write(integer: Int32(truncatingIfNeeded: cell.count))
                cursor.write(bytes: cell)
            }
        }
    }
}
