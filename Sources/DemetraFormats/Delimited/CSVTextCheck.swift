import DemetraTypes
import DemetraVectors

/// Is a chunk text at all?
///
/// Safe because it reads between the chunk's start and its byte count, and 8 bytes behind, which
/// the padding holds.
enum CSVTextCheck {
    /// - Throws: 22P04 for a zero byte, 22021 for bytes that are no UTF-8.
    static func check(_ chunk: CSVChunk) throws(DemetraError) {
        let bytes = chunk.bytes.pointer
        guard let offset = firstInvalidByte(bytes, chunk.start, chunk.byteCount) else { return }
        let line = chunk.line(ofRecordAt: offset)
        if bytes[offset] == 0 {
            throw DemetraError(
                .badCopyFileFormat,
                "the input does not look like CSV: line \(line) holds a zero byte",
                hint: "Check that the file is text and neither compressed nor a spreadsheet.")
        }
        let digits = String(bytes[offset], radix: 16)
        throw DemetraError(
            .characterNotInRepertoire,
            "invalid byte sequence for encoding \"UTF8\": 0x\(digits)",
            detail: "If the file is not text at all, it does not look like CSV.",
            hint: "The input must be UTF-8; convert it first, for example with iconv.",
            context: "line \(line)")
    }
}
