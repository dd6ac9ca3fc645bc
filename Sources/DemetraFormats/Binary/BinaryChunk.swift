import DemetraTypes
import DemetraVectors

/// A run of whole rows of COPY (FORMAT binary), and where their fields are.
///
/// Safe because marks lie behind a length that was checked against the bytes, and rows and columns are below their
/// counts.
///
/// - Invariant: the four bytes before a mark are the field's length, -1 for NULL; so many bytes follow the mark.
/// - Invariant: `padding` zeros follow the rows, so that a word may be loaded at any byte of them.
package struct BinaryChunk: Sendable {
    /// Zero bytes behind the rows.
    static let padding = 64

    /// The rows, perhaps the header before them, and the padding.
    let bytes: Buffer<UInt8>
    /// Where the bytes of each field begin, row by row.
    let marks: Buffer<UInt32>
    /// The number of fields of a row.
    let columnCount: Int
    /// The number of rows.
    package let rowCount: Int
    /// The first row's number among all, from 1.
    package let firstRow: Int

    /// The fields of one column.
    func fields(_ column: Int) -> BinaryFields {
        BinaryFields(bytes: bytes.pointer, marks: marks.pointer + column, stride: columnCount)
    }
}

/// The fields of one column of a chunk, which outlives them.
///
/// Safe because of the chunk's invariants, for rows below its count.
struct BinaryFields {
    let bytes: UnsafePointer<UInt8>
    /// The mark of the first row.
    let marks: UnsafePointer<UInt32>
    /// Marks from one row to the next.
    let stride: Int

    /// The bytes of a field; nil for NULL.
    @inline(__always)
    subscript(row: Int) -> UnsafeBufferPointer<UInt8>? {
        let start = bytes + Int(marks[row &* stride])
        let length = BinaryWord.load(start - 4, as: Int32.self)
        guard length != BinaryFrame.null else { return nil }
        return UnsafeBufferPointer(start: start, count: Int(length))
    }

    /// The value of a field in the general way.
    ///
    /// - Throws: as `BinaryValue.read`, with the row.
    @inline(never)
    func value(_ row: Int, as type: LogicalType) throws(BinaryRowFailure) -> Value {
        guard let field = self[row] else { return .null }
        do throws(DemetraError) {
            return try BinaryValue.read(Array(field), as: type)
        } catch {
            throw BinaryRowFailure(row: row, error: error)
        }
    }
}

/// What is wrong with a row of a chunk.
struct BinaryRowFailure: Error {
    /// The row in its chunk, from 0.
    let row: Int
    let error: DemetraError
}

/// Integers in memory, most significant byte first.
///
/// Safe because callers say that so many bytes are there.
enum BinaryWord {
    /// The integer at `bytes`.
    @inline(__always)
    static func load<Number: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafePointer<UInt8>, as type: Number.Type
    ) -> Number {
        Number(bigEndian: UnsafeRawPointer(bytes).loadUnaligned(as: Number.self))
    }
}
