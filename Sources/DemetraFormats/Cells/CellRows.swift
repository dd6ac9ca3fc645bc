import DemetraTypes
import DemetraVectors

/// The cells of some columns, row by row.
///
/// Loops over rows touch each cell twice, so they go by plain pointers: counting a reference costs as much as a cell.
///
/// Safe because the columns live as long as the value, and both loops stay below its count of rows and columns.
struct CellRows {
    /// Where the cells of a column are.
    private struct Column {
        let places: UnsafePointer<ColumnCells.Place>
        let heap: UnsafePointer<UInt8>
    }

    private let owners: [ColumnCells]
    private let columns: [Column]
    /// The number of rows.
    let count: Int
    /// The number of columns.
    var columnCount: Int { owners.count }

    init(_ columns: [ColumnCells], count: Int) {
        owners = columns
        self.count = count
        self.columns = columns.map {
            Column(places: $0.places.pointer, heap: $0.heap.pointer)
        }
    }

    /// The bytes of the cells of each row.
    ///
    /// - Parameter nullBytes: what NULL takes.
    func byteCounts(nullBytes: Int) -> [Int] {
        var counts = [Int](repeating: 0, count: count)
        for column in columns {
            for row in 0..<count {
                let length = column.places[row].byteCount
                counts[row] += length == ColumnCells.null ? nullBytes : Int(length)
            }
        }
        return counts
    }

    /// Calls `body` for each cell of a row, with nil for NULL.
    @inline(__always)
    func forEachCell(_ row: Int, _ body: (_ column: Int, UnsafeBufferPointer<UInt8>?) -> Void) {
        withExtendedLifetime(owners) {
            columns.withUnsafeBufferPointer { columns in
                for index in columns.indices {
                    let place = columns[index].places[row]
                    guard place.byteCount != ColumnCells.null else {
                        body(index, nil)
                        continue
                    }
                    body(
                        index,
                        UnsafeBufferPointer(
                            start: columns[index].heap + Int(place.offset),
                            count: Int(place.byteCount)))
                }
            }
        }
    }
}
