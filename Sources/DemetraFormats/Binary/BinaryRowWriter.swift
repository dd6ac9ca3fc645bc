package import DemetraVectors

/// Writes rows as COPY (FORMAT binary); see `BinaryFrame`.
// Owned by one thread.
package struct BinaryRowWriter: Sendable {
    /// A writer.
    package init() {}

    /// What stands before the rows.
    package func begin(into bytes: inout [UInt8]) {
        bytes += BinaryFrame.signature + [UInt8](repeating: 0, count: 8)
    }

    /// Rows, and where each ends.
    package func write(_ batch: Batch, into bytes: inout [UInt8], ends: inout [Int]) {
        let rows = DataRows(
            batch.vectors.map { DataCells(binary: $0) }, count: batch.count, isFramed: false)
        var end = bytes.count
        for row in 0..<batch.count {
            end += rows.byteCount(row)
            ends.append(end)
        }
        rows.append(to: &bytes)
    }

    /// What stands behind the rows.
    package func end(into bytes: inout [UInt8]) { bytes.append(integer: BinaryFrame.end) }
}
