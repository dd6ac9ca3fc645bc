import DemetraTypes

/// Rows as lines of cells with a delimiter between them.
///
/// Safe because the memory written to has the bytes of all rows, which are counted from the same cells.
struct DelimitedRows {
    private let columns: [ColumnCells]
    private let count: Int
    private let delimiter: UInt8
    private let nullText: [UInt8]

    /// - Parameter nullText: what stands for NULL.
    init(_ columns: [ColumnCells], count: Int, delimiter: UInt8, nullText: [UInt8]) {
        self.columns = columns
        self.count = count
        self.delimiter = delimiter
        self.nullText = nullText
    }

    /// Appends the lines, and where each ends.
    func append(to bytes: inout [UInt8], ends: inout [Int]) {
        // Each cell is followed by a delimiter, or the end of the line; a line without cells has its end.
        var byteCounts = [Int](repeating: max(columns.count, 1), count: count)
        for column in columns { column.count(into: &byteCounts, nullBytes: nullText.count) }
        var end = bytes.count
        for byteCount in byteCounts {
            end += byteCount
            ends.append(end)
        }
        let byteCount = end - bytes.count
        bytes += [UInt8](unsafeUninitializedCapacity: byteCount) { memory, filled in
            if let start = memory.baseAddress { write(to: start, byteCounts) }
            filled = byteCount
        }
    }

    private func write(to start: UnsafeMutablePointer<UInt8>, _ byteCounts: [Int]) {
        let lineEnd = UInt8(ascii: "\n")
        RowPlaces.with(0..<count, from: start, byteCounts: byteCounts) { places in
            if columns.isEmpty { places.forEach { $1.write(byte: lineEnd) } }
            for (index, column) in columns.enumerated() {
                let separator = index == columns.count - 1 ? lineEnd : delimiter
                places.write(
                    column, before: { _, _ in },
                    null: { cursor in for byte in nullText { cursor.write(byte: byte) } },
                    after: { $0.write(byte: separator) })
            }
        }
    }
}
