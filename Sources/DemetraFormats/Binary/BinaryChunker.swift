package import DemetraTypes
package import DemetraVectors

/// Cuts COPY (FORMAT binary), given in any pieces, into chunks of whole rows.
///
/// Lengths stand before fields, so each byte of a row's frame is looked at once: here, where the fields' places are
/// written down. The chunks then parse independently on any number of threads.
///
/// - Invariant: memory is bounded by the chunk size and the longest row allowed, whatever lengths the bytes announce.
///
/// Safe because bytes are read below the builder's count only, and marks are written below their capacity.
// Owned by one thread.
package struct BinaryChunker: ~Copyable {
    /// Bytes a chunk has at least, the last one excepted.
    package static let standardChunkByteCount = 1 << 20
    /// The longest row accepted unless the caller says otherwise: that of a message from a client.
    package static let standardRowLimit = 256 << 20

    private enum Part {
        case header
        case rows
        case end
    }

    private let columnCount: Int
    private let table: String
    private let chunkByteCount: Int
    private let rowLimit: Int
    private var pending: BufferBuilder<UInt8>
    /// The marks of whole rows, then those of the one at hand.
    private var marks: BufferBuilder<UInt32>
    private var part = Part.header
    /// Bytes before it have been looked at.
    private var position = 0
    /// Where the row at hand begins.
    private var rowStart = 0
    /// The next field of the row at hand; nil before its count of fields.
    private var nextField: Int?
    /// Whole rows that wait.
    private var rowCount = 0
    /// Rows of all chunks so far.
    private var cutRowCount = 0
    /// What is wrong behind the rows that wait.
    private var failure: DemetraError?

    /// A chunker at the begin of rows with so many fields.
    ///
    /// - Parameter table: the name of the table, for messages.
    package init(
        columnCount: Int, table: String, chunkByteCount: Int = standardChunkByteCount,
        rowLimit: Int = standardRowLimit
    ) {
        self.columnCount = columnCount
        self.table = table
        self.chunkByteCount = max(chunkByteCount, 1)
        self.rowLimit = rowLimit
        pending = BufferBuilder(capacity: self.chunkByteCount + 4_096)
        marks = BufferBuilder(capacity: max(columnCount * 64, 1))
    }

    /// The next chunk of a source that gives bytes on demand and nil at its end; nil when no rows are left.
    ///
    /// The source is asked once more after nil was given.
    ///
    /// - Throws: 22P04 for bytes that are no such rows and 54000 for a row beyond the limit, both once all rows before
    ///   were given.
    package mutating func next(
        from pull: () throws(DemetraError) -> Buffer<UInt8>?
    ) throws(DemetraError) -> BinaryChunk? {
        while failure == nil, rowCount == 0 || rowStart < chunkByteCount,
            let piece = try pull()
        {
            append(piece)
            do throws(DemetraError) { try scan() } catch { failure = error }
        }
        if rowCount > 0 { return cut() }
        if let failure { throw failure }
        try checkEnd()
        return nil
    }

    private mutating func append(_ piece: Buffer<UInt8>) {
        let needed = pending.count + piece.count + BinaryChunk.padding
        if needed > pending.capacity { pending.reserve(max(needed, pending.capacity * 2)) }
        pending.append(piece.pointer, count: piece.count)
    }

    // MARK: Parts

    private mutating func scan() throws(DemetraError) {
        if part == .header { try scanHeader() }
        if part == .rows { try scanRows() }
        guard part == .end, position < pending.count else { return }
        throw BinaryFrame.malformed("received copy data after EOF marker", context: context)
    }

    private mutating func scanHeader() throws(DemetraError) {
        let signature = BinaryFrame.signature
        let bytes = pending.pointer
        let known = min(signature.count, pending.count)
        guard (0..<known).allSatisfy({ bytes[$0] == signature[$0] }) else { throw Self.unsigned }
        let flagsEnd = signature.count + 4
        guard pending.count >= flagsEnd else { return }
        let flags = BinaryWord.load(bytes + signature.count, as: UInt32.self)
        guard flags & BinaryFrame.criticalFlags == 0 else {
            throw BinaryFrame.malformed("unrecognized critical flags in COPY file header")
        }
        guard pending.count >= flagsEnd + 4 else { return }
        let extra = Int(BinaryWord.load(bytes + flagsEnd, as: Int32.self))
        guard extra >= 0, extra <= BinaryFrame.mostExtensionBytes else { throw Self.wrongLength }
        let end = flagsEnd + 4 + extra
        guard pending.count >= end else { return }
        position = end
        rowStart = end
        part = .rows
    }

    private mutating func scanRows() throws(DemetraError) {
        let bytes = UnsafePointer(pending.pointer)
        let end = pending.count
        while true {
            if nextField == nil {
                guard end - position >= 2 else { return }
                let count = BinaryWord.load(bytes + position, as: Int16.self)
                position += 2
                guard count != BinaryFrame.end else {
                    part = .end
                    return
                }
                guard Int(count) == columnCount else {
                    throw BinaryFrame.malformed(
                        "row field count is \(count), expected \(columnCount)", context: context)
                }
                nextField = 0
            }
            guard try scanFields(bytes, end) else { return }
            nextField = nil
            rowStart = position
            rowCount += 1
        }
    }

    /// Looks at the fields of the row at hand; false when they are not all there.
    private mutating func scanFields(
        _ bytes: UnsafePointer<UInt8>, _ end: Int
    ) throws(DemetraError) -> Bool {
        var field = nextField ?? 0
        var position = position
        let first = rowCount * columnCount
        if first + columnCount > marks.capacity {
            marks.setCount(first + field)
            marks.reserve(max(marks.capacity * 2, first + columnCount))
        }
        let places = marks.pointer + first
        defer {
            nextField = field
            self.position = position
        }
        while field < columnCount {
            guard end &- position >= 4 else { return false }
            let length = Int(BinaryWord.load(bytes + position, as: Int32.self))
            guard length >= Int(BinaryFrame.null) else {
                throw BinaryFrame.malformed("invalid field size", context: context)
            }
            let next = position &+ 4 &+ max(0, length)
            guard next &- rowStart <= rowLimit else { throw tooLong }
            guard next <= end else { return false }
            places[field] = UInt32(truncatingIfNeeded: position &+ 4)
            position = next
            field &+= 1
        }
        return true
    }

    private func checkEnd() throws(DemetraError) {
        switch part {
        case .header:
            throw pending.count < BinaryFrame.signature.count
                ? Self.unsigned
                : pending.count < BinaryFrame.signature.count + 8
                    ? BinaryFrame.malformed("invalid COPY file header (missing flags or length)")
                    : Self.wrongLength
        case .rows where pending.count > rowStart:
            throw BinaryFrame.malformed("unexpected EOF in COPY data", context: context)
        case .rows, .end: return
        }
    }

    // MARK: Chunks

    private mutating func cut() -> BinaryChunk {
        let tailCount = pending.count - rowStart
        var tail = BufferBuilder<UInt8>(
            capacity: max(chunkByteCount, tailCount) + BinaryChunk.padding + 4_096)
        tail.append(UnsafePointer(pending.pointer + rowStart), count: tailCount)
        swap(&tail, &pending)
        tail.setCount(rowStart)
        tail.reserve(rowStart + BinaryChunk.padding)
        (tail.pointer + rowStart).update(repeating: 0, count: BinaryChunk.padding)
        let bytes = tail.freeze(count: rowStart + BinaryChunk.padding)
        let chunk = BinaryChunk(
            bytes: bytes, marks: cutMarks(), columnCount: columnCount, rowCount: rowCount,
            firstRow: cutRowCount + 1)
        cutRowCount += rowCount
        rowCount = 0
        position -= rowStart
        rowStart = 0
        return chunk
    }

    /// The marks of the whole rows; those of the row at hand stay, and count from its beginning.
    private mutating func cutMarks() -> Buffer<UInt32> {
        let first = rowCount * columnCount
        var rest = BufferBuilder<UInt32>(capacity: max(marks.capacity, 1))
        for field in 0..<(nextField ?? 0) {
            rest.pointer[field] = marks.pointer[first + field] - UInt32(rowStart)
        }
        swap(&rest, &marks)
        return rest.freeze(count: first)
    }

    // MARK: Errors

    private var context: String { "COPY \(table), line \(cutRowCount + rowCount + 1)" }

    private var tooLong: DemetraError {
        DemetraError(
            .programLimitExceeded, "a row of COPY data is longer than \(rowLimit) bytes",
            hint: "Look for a length that is wrong, or split the row's longest value.",
            context: context)
    }

    private static let unsigned = BinaryFrame.malformed("COPY file signature not recognized")
    private static let wrongLength = BinaryFrame.malformed(
        "invalid COPY file header (wrong length)")
}
