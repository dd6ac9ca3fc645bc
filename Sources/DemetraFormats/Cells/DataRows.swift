import DemetraTypes

/// Rows of a batch as DataRow messages of the PostgreSQL protocol, or as rows of COPY (FORMAT binary).
///
///     DataRow    'D' | length Int32, itself included | count of fields Int16 | each: length Int32 (-1 for NULL), bytes
///     COPY       count of fields Int16 | each: length Int32 (-1 for NULL), bytes
///
/// Safe because the memory written to has the `byteCount` of the rows, which is counted from the same cells.
package struct DataRows {
    private let columns: [DataCells]
    private let byteCounts: [Int]
    private let isFramed: Bool

    /// - Parameters:
    ///   - columns: the cells of each column.
    ///   - isFramed: a message each, rather than a row of COPY.
    package init(_ columns: [DataCells], count: Int, isFramed: Bool) {
        self.columns = columns
        self.isFramed = isFramed
        var byteCounts = [Int](repeating: (isFramed ? 7 : 2) + 4 * columns.count, count: count)
        for column in columns { column.count(into: &byteCounts) }
        self.byteCounts = byteCounts
    }

    /// The number of rows.
    package var count: Int { byteCounts.count }

    /// The bytes of one row.
    package func byteCount(_ row: Int) -> Int { byteCounts[row] }

    /// The bytes of some rows.
    package func byteCount(_ range: Range<Int>) -> Int {
        range.reduce(0) { $0 + byteCounts[$1] }
    }

    /// Writes some rows; there must be room for their bytes.
    package func write(_ range: Range<Int>, to memory: UnsafeMutableRawBufferPointer) {
        precondition(memory.count >= byteCount(range), "rows need more room")
        guard let start = memory.bindMemory(to: UInt8.self).baseAddress else { return }
        let columnCount = Int16(truncatingIfNeeded: columns.count)
        RowPlaces.with(range, from: start, byteCounts: byteCounts) { places in
            places.forEach { row, cursor in
                if isFramed {
                    cursor.write(byte: UInt8(ascii: "D"))
                    // The length counts itself, but not the byte of the type.
                    cursor.write(integer: Int32(truncatingIfNeeded: byteCounts[row] - 1))
                }
                cursor.write(integer: columnCount)
            }
            for column in columns { column.write(to: places) }
        }
    }

    /// Appends the bytes of all rows.
    package func append(to bytes: inout [UInt8]) {
        let byteCount = byteCount(0..<count)
        bytes += [UInt8](unsafeUninitializedCapacity: byteCount) { memory, filled in
            write(0..<count, to: UnsafeMutableRawBufferPointer(memory))
            filled = byteCount
        }
    }
}
