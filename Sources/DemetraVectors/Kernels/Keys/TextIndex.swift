import DemetraTypes

/// A fixed set of texts that many threads may ask.
///
/// Safe because slots hold positions + 1 of the texts they were built from.
// Immutable after init.
struct TextIndex: Sendable {
    private let texts: TextBuffer
    /// (upper half of the hash, position + 1); 0 is empty.
    private let slots: Buffer<UInt64>

    /// Indexes texts; repeats are harmless.
    init(_ texts: TextBuffer) {
        self.texts = texts
        let count = texts.references.count
        var slotCount = 16
        while slotCount < count * 2 { slotCount *= 2 }
        let slots = BufferBuilder<UInt64>(capacity: slotCount)
        slots.pointer.update(repeating: 0, count: slotCount)
        for position in 0..<count {
            let bytes = texts.bytes(at: position)
            let hash = bytes.baseAddress.map { hashBytes($0, bytes.count) } ?? 0
            insertText(
                hash, UInt32(truncatingIfNeeded: position + 1), slots.pointer, slotCount - 1)
        }
        self.slots = slots.freeze(count: slotCount)
    }

    /// 1 for each of the texts that is in the set.
    func contains(_ candidates: TextBuffer) -> Buffer<UInt8> {
        let count = candidates.references.count
        let output = BufferBuilder<UInt8>(capacity: count)
        let mask = slots.count - 1
        let references = candidates.references.pointer
        for row in 0..<count {
            let bytes = candidates.heap.pointer + Int(references[row].offset)
            let byteCount = references[row].byteCount
            let found = findText(
                bytes, byteCount, hashBytes(bytes, Int(byteCount)), slots: slots.pointer,
                mask: mask, references: texts.references.pointer, heap: texts.heap.pointer)
            output.pointer[row] = byte(found >= 0)
        }
        return output.freeze(count: count)
    }
}
