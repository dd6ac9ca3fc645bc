import DemetraTypes
import DemetraVectors

/// Where the next byte of each of some rows goes, while the rows are written column by column.
///
/// A loop over one column knows its type and looks at nothing else, which is several times as fast as a loop over the
/// cells of a row.
///
/// Safe because rows were given the bytes that their cells were counted to have, and a row's place is below `count`.
struct RowPlaces {
    private let next: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
    /// The rows, by their number in the columns.
    private let rows: Range<Int>

    /// Runs `body` with a place for each row, which begins where the row before it ends.
    static func with(
        _ rows: Range<Int>, from start: UnsafeMutablePointer<UInt8>, byteCounts: [Int],
        _ body: (RowPlaces) -> Void
    ) {
        withUnsafeTemporaryAllocation(
            of: UnsafeMutablePointer<UInt8>.self, capacity: max(rows.count, 1)
        ) { places in
            guard let next = places.baseAddress else { return }
            var place = start
            for row in rows {
                next[row &- rows.lowerBound] = place
                place += byteCounts[row]
            }
            body(RowPlaces(next: next, rows: rows))
        }
    }

    private init(next: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>, rows: Range<Int>) {
        self.next = next
        self.rows = rows
    }

    /// Lets `write` write in each row.
    @inline(__always)
    func forEach(_ write: (_ row: Int, inout TextCursor) -> Void) {
        for row in rows {
            var cursor = TextCursor(next[row &- rows.lowerBound])
            write(row, &cursor)
            next[row &- rows.lowerBound] += cursor.count
        }
    }

    /// Writes the cells of a column, each between what `before` and `after` write; `null` writes what stands for NULL.
    @inline(__always)
    func write(
        _ cells: ColumnCells, before: (Int, inout TextCursor) -> Void,
        null: (inout TextCursor) -> Void, after: (inout TextCursor) -> Void
    ) {
        let (places, heap) = (cells.places.pointer, cells.heap.pointer)
        forEach { row, cursor in
            let place = places[row]
            if place.byteCount == ColumnCells.null {
                null(&cursor)
            } else {
                before(Int(place.byteCount), &cursor)
                cursor.write(few: heap + Int(place.offset), count: Int(place.byteCount))
            }
            after(&cursor)
        }
        withExtendedLifetime(cells) {}
    }
}

extension TextCursor {
    /// Writes bytes that are most often few: no more than two words take no call.
    @inline(__always)
    mutating func write(few bytes: UnsafePointer<UInt8>, count: Int) {
        let source = UnsafeRawPointer(bytes)
        if count > 16 {
            write(bytes: UnsafeBufferPointer(start: bytes, count: count))
        } else if count >= 8 {
            write(pair: source, count, UInt64.self)
        } else if count >= 4 {
            write(pair: source, count, UInt32.self)
        } else if count >= 2 {
            write(pair: source, count, UInt16.self)
        } else if count == 1 {
            write(byte: bytes[0])
        }
    }

    /// Writes the first and the last word of some bytes, which may have some in common.
    @inline(__always)
    private mutating func write<Word: FixedWidthInteger & BitwiseCopyable>(
        pair source: UnsafeRawPointer, _ count: Int, _ word: Word.Type
    ) {
        let last = count &- MemoryLayout<Word>.size
        let end = source.loadUnaligned(fromByteOffset: last, as: Word.self)
        let target = UnsafeMutableRawPointer(next)
        target.storeBytes(of: source.loadUnaligned(as: Word.self), as: Word.self)
        target.storeBytes(of: end, toByteOffset: last, as: Word.self)
        skip(count)
    }
}
