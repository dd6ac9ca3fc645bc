package import DemetraTypes
package import DemetraVectors

/// The frame of COPY (FORMAT binary).
///
///     "PGCOPY\n" 0xff "\r\n" 0x00 | flags Int32 | length of an extension Int32, extension
///     rows:  count of fields Int16 | each: length Int32 (-1 for NULL), bytes
///     end:   -1 Int16
///
/// - Source: COPY in the PostgreSQL 15 documentation, "Binary Format".
private enum BinaryFrame {
    static let signature: [UInt8] = [
        0x50, 0x47, 0x43, 0x4f, 0x50, 0x59, 0x0a, 0xff, 0x0d, 0x0a, 0x00,
    ]
    /// Bits of the flags that a reader must know.
    static let criticalFlags: UInt32 = 0xffff_0000
    static let end: Int16 = -1
}

/// Takes the bytes of COPY (FORMAT binary) in pieces and gives their rows.
// Owned by one thread.
package final class BinaryRowReader {
    private let fields: [Field]
    private var bytes: [UInt8] = []
    /// Bytes before it have been read.
    private var position = 0
    private var hasBegun = false
    private var isOver = false
    private var rowCount = 0
    private var columns: [[Value]]

    /// A reader of rows with these columns.
    package init(fields: [Field]) {
        self.fields = fields
        columns = fields.map { _ in [] }
    }

    /// Takes a piece in.
    ///
    /// - Returns: rows that are whole, in batches.
    /// - Throws: 22P04 for bytes that are no such rows, naming the row, and what is wrong with a value.
    package func add(_ piece: [UInt8]) throws(DemetraError) -> [Batch] {
        // Data behind the end is no concern of anyone.
        guard !isOver else { return [] }
        bytes.removeFirst(position)
        position = 0
        bytes.append(contentsOf: piece)
        var batches: [Batch] = []
        if !hasBegun, try !begin() { return [] }
        while try readRow() {
            if columns[0].count == Batch.capacity { batches.append(takeBatch()) }
        }
        return batches
    }

    /// The rows that are left.
    ///
    /// - Throws: 22P04 when the bytes end in the middle.
    package func finish() throws(DemetraError) -> [Batch] {
        guard isOver || (hasBegun && position == bytes.count) else {
            throw Self.malformed(
                hasBegun ? "unexpected EOF in COPY data" : "COPY file signature not recognized")
        }
        return columns.isEmpty || columns[0].isEmpty ? [] : [takeBatch()]
    }

    private func takeBatch() -> Batch {
        let count = columns[0].count
        let vectors = zip(columns, fields).map { Vector($0, type: $1.type) }
        columns = fields.map { _ in [] }
        return Batch(vectors, count: count)
    }

    private func begin() throws(DemetraError) -> Bool {
        let signature = BinaryFrame.signature
        guard bytes.starts(with: signature.prefix(bytes.count)) else {
            throw Self.malformed("COPY file signature not recognized")
        }
        guard let flags = integer(UInt32.self, at: signature.count),
            let extra = integer(Int32.self, at: signature.count + 4)
        else { return false }
        guard flags & BinaryFrame.criticalFlags == 0 else {
            throw Self.malformed("unrecognized critical flags in COPY file header")
        }
        guard extra >= 0, Int(extra) <= 1 << 20 else {
            throw Self.malformed("invalid COPY file header (wrong length)")
        }
        let length = signature.count + 8 + Int(extra)
        guard bytes.count >= length else { return false }
        position = length
        hasBegun = true
        return true
    }

    /// Reads the next row; false when it is not all there, or there is none.
    private func readRow() throws(DemetraError) -> Bool {
        guard !isOver, let count = integer(Int16.self, at: position) else { return false }
        if count == BinaryFrame.end {
            position = bytes.count
            isOver = true
            return false
        }
        guard Int(count) == fields.count else {
            throw Self.malformed("row field count is \(count), expected \(fields.count)")
        }
        var places: [Range<Int>?] = []
        var place = position + 2
        for _ in fields {
            guard let length = integer(Int32.self, at: place) else { return false }
            place += 4
            guard length >= -1 else { throw Self.malformed("invalid field size") }
            guard length >= 0 else {
                places.append(nil)
                continue
            }
            guard bytes.count - place >= Int(length) else { return false }
            places.append(place..<(place + Int(length)))
            place += Int(length)
        }
        rowCount += 1
        for (index, range) in places.enumerated() {
            columns[index].append(try value(range, index))
        }
        position = place
        return true
    }

    private func value(_ range: Range<Int>?, _ column: Int) throws(DemetraError) -> Value {
        guard let range else { return .null }
        do throws(DemetraError) {
            return try BinaryValue.read(Array(bytes[range]), as: fields[column].type)
        } catch {
            var error = error
            error.context = "COPY, row \(rowCount), column \(fields[column].name)"
            throw error
        }
    }

    private func integer<Number: FixedWidthInteger>(
        _ type: Number.Type, at place: Int
    ) -> Number? {
        let size = MemoryLayout<Number>.size
        guard bytes.count - place >= size else { return nil }
        return bytes[place..<(place + size)].reduce(0) {
            $0 << 8 | Number(truncatingIfNeeded: $1)
        }
    }

    private static func malformed(_ message: String) -> DemetraError {
        DemetraError(
            .badCopyFileFormat, message,
            hint: "COPY (FORMAT binary) reads what COPY ... TO (FORMAT binary) writes.")
    }
}

/// Writes rows as COPY (FORMAT binary).
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
            batch.vectors.map { ColumnCells($0, as: BinaryForm()) }, count: batch.count,
            isFramed: false)
        var end = bytes.count
        for row in 0..<batch.count {
            end += rows.byteCount(row)
            ends.append(end)
        }
        bytes += rows.bytes(0..<batch.count)
    }

    /// What stands behind the rows.
    package func end(into bytes: inout [UInt8]) { bytes.append(integer: BinaryFrame.end) }
}
