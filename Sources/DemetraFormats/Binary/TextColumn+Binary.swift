import DemetraTypes
import DemetraVectors

// Texts of COPY (FORMAT binary): as they are, if they are UTF-8 and not too long.
//
// A text that has a code has been looked at before, so columns of few texts are checked once for each.
//
// Safe because rows index buffers made for the run's count, and fields have the chunk's padding behind them.

extension TextColumn {
    /// Adds the rows of one batch, at most `Batch.capacity`.
    ///
    /// - Throws: the error of the first text that is none, or too long.
    mutating func append(
        _ fields: BinaryFields, _ rows: Range<Int>
    ) throws(BinaryRowFailure) {
        if prefersFlat {
            append(try flat(fields, rows))
        } else {
            append(try codes(fields, rows))
        }
    }

    private mutating func codes(
        _ fields: BinaryFields, _ rows: Range<Int>
    ) throws(BinaryRowFailure) -> Piece {
        let builder = BufferBuilder<Int32>(capacity: rows.count)
        let valid = BufferBuilder<UInt8>(capacity: rows.count)
        let (codes, flags) = (builder.pointer, valid.pointer)
        var hasNulls = false
        for row in rows {
            let index = row &- rows.lowerBound
            guard let field = fields[row], let text = field.baseAddress else {
                codes[index] = 0
                flags[index] = 0
                hasNulls = true
                continue
            }
            flags[index] = 1
            let known = dictionary.count
            codes[index] = dictionary.code(text, field.count)
            if dictionary.count > known { try check(field, fields, row) }
        }
        let mask = hasNulls ? ValidityMask(validBytes: flags, count: rows.count) : nil
        return .codes(builder.freeze(count: rows.count), mask)
    }

    private mutating func flat(
        _ fields: BinaryFields, _ rows: Range<Int>
    ) throws(BinaryRowFailure) -> Piece {
        let references = BufferBuilder<TextReference>(capacity: rows.count)
        let valid = BufferBuilder<UInt8>(capacity: rows.count)
        let byteCount = rows.reduce(0) { $0 + (fields[$1]?.count ?? 0) }
        let heap = BufferBuilder<UInt8>(capacity: byteCount)
        let (output, flags, bytes) = (references.pointer, valid.pointer, heap.pointer)
        var length = 0
        for row in rows {
            let index = row &- rows.lowerBound
            guard let field = fields[row], let text = field.baseAddress else {
                output[index] = .empty
                flags[index] = 0
                continue
            }
            flags[index] = 1
            try check(field, fields, row)
            output[index] = TextReference(offset: length, byteCount: field.count)
            (bytes + length).update(from: text, count: field.count)
            length += field.count
        }
        let mask = ValidityMask(validBytes: flags, count: rows.count)
        let texts = TextBuffer(
            references: references.freeze(count: rows.count), heap: heap.freeze(count: length))
        return .flat(texts, mask)
    }

    /// A text is its field, or an error, which the general way has.
    @inline(__always)
    private func check(
        _ field: UnsafeBufferPointer<UInt8>, _ fields: BinaryFields, _ row: Int
    ) throws(BinaryRowFailure) {
        guard let text = field.baseAddress, firstInvalidByte(text, 0, field.count) == nil,
            fits(text, field.count)
        else {
            _ = try fields.value(row, as: type)
            return
        }
    }
}
