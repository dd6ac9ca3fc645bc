package import DemetraTypes
package import DemetraVectors

/// The cells of one column as bytes: what a value looks like in a format, without what stands around it.
///
/// Whole columns are written at a time, so that the type is looked at once and not for each value. Texts that look as
/// they are stored are not copied.
///
/// Safe because places lie in the bytes: they come from the loop that wrote them, or from a `TextBuffer`.
package struct ColumnCells: Sendable {
    /// Where a cell lies in the bytes; NULL has no length.
    package typealias Place = TextReference

    /// The length that stands for NULL.
    package static let null = UInt32.max

    private static let nullPlace = Place(offset: 0, byteCount: Int(null))

    /// One a row.
    let places: Buffer<Place>
    let heap: Buffer<UInt8>

    init(places: Buffer<Place>, heap: Buffer<UInt8>) {
        self.places = places
        self.heap = heap
    }

    /// The number of bytes of a row's cell; nil for NULL.
    package func byteCount(_ row: Int) -> Int? {
        let length = places[row].byteCount
        return length == Self.null ? nil : Int(length)
    }

    /// Adds the bytes of each cell to those of its row.
    ///
    /// - Parameter nullBytes: what NULL takes.
    func count(into byteCounts: inout [Int], nullBytes: Int) {
        let lengths = places.pointer
        for row in byteCounts.indices {
            let length = lengths[row].byteCount
            byteCounts[row] += length == Self.null ? nullBytes : Int(length)
        }
        withExtendedLifetime(places) {}
    }

    /// The bytes of a row's cell, none for NULL.
    func bytes(_ row: Int) -> UnsafeBufferPointer<UInt8> {
        let place = places[row]
        return UnsafeBufferPointer(
            start: heap.pointer + Int(place.offset),
            count: place.byteCount == Self.null ? 0 : Int(place.byteCount))
    }

    /// A text or binary form of values.
    package protocol Form {
        /// Cells of a vector that is no constant, where texts look other than they are stored; NULL rows may have any.
        func cells(_ vector: Vector) -> ColumnCells
        /// Values of a type look as their texts are stored.
        func isStoredAsShown(_ type: LogicalType) -> Bool
    }

    /// The cells of a vector.
    package init(_ vector: Vector, as form: some Form) {
        let cells: ColumnCells
        switch vector.storage {
        case .constant(let one):
            let single = ColumnCells(one.vector, as: form)
            let place = one.vector.count > 0 ? single.places[0] : .empty
            cells = ColumnCells(
                places: Buffer(repeating: place, count: vector.count), heap: single.heap)
        case .dictionary(let codes, let dictionary) where form.isStoredAsShown(vector.type):
            let values = dictionary.values
            let places = BufferBuilder<Place>(capacity: vector.count)
            for row in 0..<vector.count {
                // A NULL row may hold any code.
                places.pointer[row] =
                    vector.isValid(row) ? values.references[Int(codes[row])] : .empty
            }
            cells = ColumnCells(places: places.freeze(count: vector.count), heap: values.heap)
        case .text(let texts) where form.isStoredAsShown(vector.type):
            cells = ColumnCells(places: texts.references, heap: texts.heap)
        default: cells = form.cells(vector)
        }
        self = cells.markingNulls(of: vector)
    }

    private func markingNulls(of vector: Vector) -> ColumnCells {
        guard vector.hasNulls else { return self }
        let marked = BufferBuilder<Place>(capacity: vector.count)
        for row in 0..<vector.count {
            marked.pointer[row] = vector.isValid(row) ? places[row] : Self.nullPlace
        }
        return ColumnCells(places: marked.freeze(count: vector.count), heap: heap)
    }

    /// Cells of at most `mostBytes` each, written by `write` row by row.
    @inline(__always)
    static func written(
        _ count: Int, mostBytes: Int = TextCursor.capacity,
        _ write: (inout TextCursor, Int) -> Void
    ) -> ColumnCells {
        let heap = BufferBuilder<UInt8>(capacity: count * mostBytes)
        let places = BufferBuilder<Place>(capacity: count)
        var cursor = TextCursor(heap.pointer)
        var start = 0
        for row in 0..<count {
            write(&cursor, row)
            let end = cursor.count
            places.pointer[row] = Place(offset: start, byteCount: end - start)
            start = end
        }
        return ColumnCells(places: places.freeze(count: count), heap: heap.freeze(count: start))
    }

    /// Cells of any length, which `append` adds row by row where there is a value.
    static func appended(
        _ vector: Vector, _ append: (Int, inout [UInt8]) -> Void
    ) -> ColumnCells {
        var bytes: [UInt8] = []
        let places = BufferBuilder<Place>(capacity: vector.count)
        for row in 0..<vector.count {
            let start = bytes.count
            guard vector.isValid(row) else {
                places.pointer[row] = nullPlace
                continue
            }
            append(row, &bytes)
            places.pointer[row] = Place(offset: start, byteCount: bytes.count - start)
        }
        return ColumnCells(places: places.freeze(count: vector.count), heap: Buffer(bytes))
    }
}
