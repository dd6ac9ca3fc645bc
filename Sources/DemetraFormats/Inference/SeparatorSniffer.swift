import DemetraVectors

/// Finds the separator of a file by trying: the right one cuts all records into as many fields.
///
/// Safe because bytes are read between the chunk's start and its byte count only.
struct SeparatorSniffer {
    private static let candidates: [UInt8] = Array(",;\t|".utf8)
    /// Records compared.
    private static let recordCount = 200

    private let chunk: CSVChunk
    private let dialect: CSVDialect

    /// A sniffer over a sample whose quotes are known.
    init(chunk: CSVChunk, dialect: CSVDialect) {
        self.chunk = chunk
        self.dialect = dialect
    }

    /// The separator under which most records have the length of the first; of several the one
    /// that gives more fields, and a comma when none separates anything.
    var delimiter: UInt8 {
        var best: (agreement: Int, fieldCount: Int, delimiter: UInt8)?
        for candidate in Self.candidates {
            let lengths = fieldCounts(candidate, limit: Self.recordCount)
            guard let first = lengths.first, first > 1 else { continue }
            let agreeing = lengths.count { $0 == first }
            // In steps of a tenth, so that one torn record does not outweigh a column.
            let agreement = agreeing * 10 / lengths.count
            if best == nil || (agreement, first) > (best?.agreement ?? 0, best?.fieldCount ?? 0) {
                best = (agreement, first, candidate)
            }
        }
        return best?.delimiter ?? UInt8(ascii: ",")
    }

    /// Fields of the first record under a separator; nil when all lines are blank.
    func fieldCount(_ delimiter: UInt8) -> Int? { fieldCounts(delimiter, limit: 1).first }

    /// Fields of each of the first records, blank lines excepted.
    private func fieldCounts(_ delimiter: UInt8, limit: Int) -> [Int] {
        let bytes = chunk.bytes.pointer
        var counts: [Int] = []
        var (fields, isQuoted, isBlankLine) = (1, false, true)
        for offset in chunk.start..<chunk.byteCount {
            let byte = bytes[offset]
            if byte == dialect.quote { isQuoted.toggle() }
            if byte == chunk.lineEnd && !isQuoted {
                if !isBlankLine { counts.append(fields) }
                if counts.count == limit { return counts }
                (fields, isBlankLine) = (1, true)
            } else {
                if byte == delimiter && !isQuoted { fields += 1 }
                if byte != UInt8(ascii: "\r") { isBlankLine = false }
            }
        }
        if !isBlankLine { counts.append(fields) }
        return counts
    }
}
