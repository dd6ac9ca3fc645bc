import DemetraTypes
import DemetraVectors

/// Rows hidden from a commit on: bit i of word i / 64 is set where row i is hidden.
// Immutable after init.
final class DeletionVector: Sendable {
    private let words: [UInt64]
    /// The number of hidden rows.
    let count: Int

    init(rows: [Int], of rowCount: Int, and other: DeletionVector?) {
        var words = other?.words ?? []
        let missing = (rowCount + 63) / 64 - words.count
        if missing > 0 { words += [UInt64](repeating: 0, count: missing) }
        for row in rows where row < rowCount { words[row >> 6] |= 1 << UInt64(row & 63) }
        self.words = words
        count = words.reduce(0) { $0 + $1.nonzeroBitCount }
    }

    func isHidden(_ row: Int) -> Bool { words[row >> 6] >> UInt64(row & 63) & 1 != 0 }

    /// The hidden rows, ascending.
    var rows: [Int] {
        var rows: [Int] = []
        rows.reserveCapacity(count)
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                rows.append(index << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return rows
    }

    /// The visible rows of a range, counted from its start; nil when all are.
    func visible(from start: Int, count: Int) -> SelectionVector? {
        var rows: [Int32] = []
        rows.reserveCapacity(count)
        for row in 0..<count where !isHidden(start + row) { rows.append(Int32(row)) }
        return rows.count == count ? nil : SelectionVector(Buffer(rows))
    }
}

/// Hidden rows as bytes: their number, then the distances from one to the next, as integers; a few hidden
/// rows take a few bytes, many not much more than a bit a row.
enum DeletionCodec {
    static func encode(_ deletions: DeletionVector?, into writer: inout ByteWriter) {
        let rows = Buffer((deletions?.rows ?? []).map { Int32($0) })
        writer.write(UInt32(rows.count))
        if rows.count > 0 { IntegerEncoding.encode(rows, rows.count, into: &writer) }
    }

    static func decode(
        _ reader: inout ByteReader, rowCount: Int
    ) throws(DemetraError) -> DeletionVector? {
        let count = Int(try reader.integer(UInt32.self))
        guard count > 0 else { return nil }
        guard count <= rowCount else { throw reader.damaged("more hidden rows than rows") }
        let rows = try IntegerEncoding.decode(&reader, count, as: Int32.self)
        guard Fillers.largest(rows) < rowCount else { throw reader.damaged("a hidden row") }
        return DeletionVector(rows: rows.array.map { Int($0) }, of: rowCount, and: nil)
    }
}
