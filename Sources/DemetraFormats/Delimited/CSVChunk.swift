package import DemetraVectors

/// A run of whole records, small enough for a worker's cache, and where in the file it began.
///
/// Safe because offsets lie between the start and the byte count.
///
/// - Invariant: `bytes` holds `byteCount` bytes of records and then `padding` zeros, so that
///   kernels may load a whole word at any byte of a record.
package struct CSVChunk: Sendable {
    /// Zero bytes behind the records.
    package static let padding = 64

    /// The records, then the padding.
    package let bytes: Buffer<UInt8>
    /// Offset of the first record: 3 behind a byte order mark, else 0.
    package let start: Int
    /// Offset behind the last record.
    package let byteCount: Int
    /// Line number of the first record in the file, from 1.
    package let firstLine: Int
    /// The number of chunks before this one.
    package let ordinal: Int
    /// What ends a line: a newline (a carriage return before it belongs to the end), or a
    /// carriage return alone.
    package let lineEnd: UInt8

    /// The text of the records; for messages and tests.
    package var text: String {
        String(
            decoding: UnsafeBufferPointer(start: bytes.pointer + start, count: byteCount - start),
            as: UTF8.self)
    }
}

extension CSVChunk: RecordOrigin {
    /// The line on which the byte at `start` lies.
    func line(ofRecordAt start: Int) -> Int {
        firstLine + lineEndCount(bytes.pointer, self.start, start, lineEnd)
    }

    /// The bytes between two offsets.
    func text(ofRecordAt start: Int, end: Int) -> String {
        String(
            decoding: UnsafeBufferPointer(
                start: bytes.pointer + start, count: max(0, end - start)), as: UTF8.self)
    }
}
