package import DemetraTypes
package import DemetraVectors

/// Cuts a stream of bytes, given in any pieces, into chunks of whole records.
///
/// A line break inside quotes is data, so a cut needs the parity of all quotes before it. That is
/// one pass at several gigabytes a second over bytes that are being copied anyway; the chunks then
/// parse independently on any number of threads. The kind of line end is settled by the first one
/// outside quotes.
///
/// - Invariant: memory is bounded by the chunk size and the longest record allowed.
/// - Throws: 54000 when a record is longer than the limit, 22021 on UTF-16 text.
///
/// Safe because bytes are read only below the builder's count, or up to 64 behind it inside its
/// capacity, where the scan masks them out.
// Owned by one thread.
package struct CSVChunker: ~Copyable {
    /// Bytes a chunk has at least, the last one excepted.
    package static let standardChunkByteCount = 1 << 20
    /// The longest record accepted unless the caller says otherwise.
    package static let standardRecordLimit = 16 << 20

    private let dialect: CSVDialect
    private let chunkByteCount: Int
    private let recordLimit: Int
    private var pending: BufferBuilder<UInt8>
    private var scan = BoundaryScan()
    private var scannedCount = 0
    private var start = 0
    private var hasCheckedMark = false
    private var lineEnd: UInt8?
    private var lineEndSearch = (offset: 0, isQuoted: false)
    private var ordinal = 0
    private var lineCount = 0

    /// A chunker at the begin of a file.
    package init(
        dialect: CSVDialect, chunkByteCount: Int = standardChunkByteCount,
        recordLimit: Int = standardRecordLimit
    ) {
        self.dialect = dialect
        self.chunkByteCount = max(chunkByteCount, 1)
        self.recordLimit = recordLimit
        pending = BufferBuilder(capacity: self.chunkByteCount + 4_096)
    }

    /// Adds the next bytes and gives the chunks they complete.
    package mutating func push(
        _ piece: UnsafeBufferPointer<UInt8>
    ) throws(DemetraError) -> [CSVChunk] {
        guard let base = piece.baseAddress else { return [] }
        var chunks: [CSVChunk] = []
        var offset = 0
        while offset < piece.count {
            let room = max(chunkByteCount - pending.count, min(chunkByteCount, 1 << 16))
            let count = min(piece.count - offset, room)
            pending.reserve(pending.count + count + CSVChunk.padding)
            pending.append(base + offset, count: count)
            offset += count
            try scanPending(isLast: false)
            if pending.count >= chunkByteCount, scan.lastBoundary > start { chunks.append(cut()) }
            try checkRecordLimit()
        }
        return chunks
    }

    /// The rest, once all bytes were pushed; nil when nothing is left.
    package mutating func finish() throws(DemetraError) -> CSVChunk? {
        pending.reserve(pending.count + CSVChunk.padding)
        try scanPending(isLast: true)
        guard pending.count > start else { return nil }
        scan.lastBoundary = pending.count
        return cut()
    }

    /// The next chunk of a source that gives bytes on demand and nil at its end.
    ///
    /// The source is asked once more after nil was given; a piece much larger than a chunk would be
    /// kept whole, so sources give at most a few hundred kilobytes.
    package mutating func next(
        from pull: () throws(DemetraError) -> Buffer<UInt8>?
    ) throws(DemetraError) -> CSVChunk? {
        while let piece = try pull() {
            let bytes = UnsafeBufferPointer(start: piece.pointer, count: piece.count)
            pending.reserve(pending.count + bytes.count + CSVChunk.padding)
            if let base = bytes.baseAddress { pending.append(base, count: bytes.count) }
            try scanPending(isLast: false)
            let isFull = pending.count >= chunkByteCount && scan.lastBoundary > start
            let chunk = isFull ? cut() : nil
            try checkRecordLimit()
            if let chunk { return chunk }
        }
        return try finish()
    }

    private mutating func scanPending(isLast: Bool) throws(DemetraError) {
        if !hasCheckedMark {
            guard pending.count >= 3 || isLast else { return }
            try checkByteOrderMark()
        }
        let bytes = UnsafePointer(pending.pointer)
        if lineEnd == nil {
            lineEnd = firstLineEnd(bytes, isLast: isLast)
            if lineEnd == nil, !isLast { return }
        }
        let lineEnd = lineEnd ?? UInt8(ascii: "\n")
        self.lineEnd = lineEnd
        if dialect.escapesByDoubling {
            scan.scanByParity(
                bytes, scannedCount, pending.count, quote: dialect.quote, lineEnd: lineEnd)
        } else if dialect.syntax == .copyText {
            scan.scanText(
                bytes, scannedCount, pending.count, protecting: dialect.protectingByte,
                lineEnd: lineEnd)
        } else {
            scan.scanByProtection(
                bytes, scannedCount, pending.count, quote: dialect.quote,
                protecting: dialect.protectingByte, lineEnd: lineEnd)
        }
        scannedCount = pending.count
    }

    private mutating func checkByteOrderMark() throws(DemetraError) {
        hasCheckedMark = true
        let bytes = pending.pointer
        if pending.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF {
            start = 3
            scannedCount = 3
        } else if pending.count >= 2, bytes[0] ^ bytes[1] == 0x01, bytes[0] >= 0xFE {
            throw DemetraError(
                .characterNotInRepertoire, "the input is UTF-16 text, not UTF-8",
                hint: "Convert it first, for example with iconv -f UTF-16 -t UTF-8.")
        }
    }

    /// What ends the first line, or nil when that cannot be told yet; resumes where it stopped.
    private mutating func firstLineEnd(_ bytes: UnsafePointer<UInt8>, isLast: Bool) -> UInt8? {
        var (offset, isQuoted) = lineEndSearch
        offset = max(offset, start)
        while offset < pending.count {
            let byte = bytes[offset]
            if byte == UInt8(ascii: "\n") && !isQuoted { return byte }
            if byte == UInt8(ascii: "\r") && !isQuoted {
                guard offset + 1 < pending.count else {
                    lineEndSearch = (offset, isQuoted)
                    return isLast ? byte : nil
                }
                return bytes[offset + 1] == UInt8(ascii: "\n") ? UInt8(ascii: "\n") : byte
            }
            if dialect.syntax == .csv {
                let protects = isQuoted && !dialect.escapesByDoubling && byte == dialect.escape
                if protects { offset += 1 } else if byte == dialect.quote { isQuoted.toggle() }
            } else if byte == dialect.protectingByte {
                offset += 1
            }
            offset += 1
        }
        lineEndSearch = (offset, isQuoted)
        return nil
    }

    private mutating func cut() -> CSVChunk {
        let end = scan.lastBoundary
        let tailCount = pending.count - end
        var tail = BufferBuilder<UInt8>(capacity: max(chunkByteCount, tailCount) + 4_096)
        tail.append(UnsafePointer(pending.pointer + end), count: tailCount)
        swap(&tail, &pending)
        tail.setCount(end)
        tail.reserve(end + CSVChunk.padding)
        (tail.pointer + end).update(repeating: 0, count: CSVChunk.padding)
        let chunk = CSVChunk(
            bytes: tail.freeze(count: end + CSVChunk.padding), start: start, byteCount: end,
            firstLine: lineCount + 1, ordinal: ordinal, lineEnd: lineEnd ?? UInt8(ascii: "\n"))
        ordinal += 1
        lineCount += scan.lineCountAtBoundary
        scan.lineCount -= scan.lineCountAtBoundary
        scan.lineCountAtBoundary = 0
        scan.lastBoundary = 0
        scannedCount -= end
        start = 0
        return chunk
    }

    private func checkRecordLimit() throws(DemetraError) {
        guard pending.count - scan.lastBoundary > recordLimit else { return }
        let line = lineCount + scan.lineCountAtBoundary + 1
        throw DemetraError(
            .programLimitExceeded, "the record at line \(line) is longer than \(recordLimit) bytes",
            hint: "Look for a quote that is never closed, or raise the limit for one record.")
    }
}
