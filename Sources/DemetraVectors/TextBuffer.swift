/// Where one text lies in a heap of bytes.
@usableFromInline
package struct TextReference: Sendable, Hashable, BitwiseCopyable {
    /// Offset of the first byte in the heap.
    @usableFromInline package let offset: UInt32
    /// Length in bytes.
    @usableFromInline package let byteCount: UInt32

    /// Makes a reference.
    @inlinable
    package init(offset: Int, byteCount: Int) {
        self.offset = UInt32(truncatingIfNeeded: offset)
        self.byteCount = UInt32(truncatingIfNeeded: byteCount)
    }

    /// The empty text.
    package static let empty = TextReference(offset: 0, byteCount: 0)
}

/// Texts as references into one heap of UTF-8 bytes.
///
/// Taking rows copies references and shares the heap. NULL rows hold the empty text.
///
/// - Invariant: every reference lies inside the heap, and the heap is at most 4 GiB.
///
/// Safe because references were checked against the heap by whoever made them, and the heap lives
/// as long.
package struct TextBuffer: Sendable {
    /// A reference for each row.
    package let references: Buffer<TextReference>
    /// The bytes they point into.
    package let heap: Buffer<UInt8>

    /// Wraps references whose ranges the caller has checked against the heap.
    package init(references: Buffer<TextReference>, heap: Buffer<UInt8>) {
        self.references = references
        self.heap = heap
    }

    /// The bytes of row `index`.
    package func bytes(at index: Int) -> UnsafeBufferPointer<UInt8> {
        let reference = references[index]
        return UnsafeBufferPointer(
            start: heap.pointer + Int(reference.offset), count: Int(reference.byteCount))
    }

    /// The text of row `index`.
    package func string(at index: Int) -> String {
        String(decoding: bytes(at: index), as: UTF8.self)
    }
}

/// Collects texts into a `TextBuffer`.
package struct TextBuilder: ~Copyable {
    private var references: BufferBuilder<TextReference>
    private var heap: BufferBuilder<UInt8>

    /// Room for `capacity` rows of about `averageByteCount` bytes.
    package init(capacity: Int, averageByteCount: Int = 16) {
        references = BufferBuilder(capacity: capacity)
        heap = BufferBuilder(capacity: max(64, capacity * averageByteCount))
    }

    /// Rows so far.
    package var count: Int { references.count }

    /// Bytes so far.
    package var heapByteCount: Int { heap.count }

    /// Adds a text given by its bytes.
    package mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
        references.append(TextReference(offset: heap.count, byteCount: bytes.count))
        if let base = bytes.baseAddress, bytes.count > 0 { heap.append(base, count: bytes.count) }
    }

    /// Adds a text.
    package mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { append($0) }
    }

    /// Adds the empty text, which stands for NULL.
    package mutating func appendEmpty() { references.append(.empty) }

    /// Gives the texts up.
    package consuming func freeze() -> TextBuffer {
        let heap = heap.freeze()
        return TextBuffer(references: references.freeze(), heap: heap)
    }
}
