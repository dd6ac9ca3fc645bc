/// A fixed run of plain values that never changes: the memory under every vector.
///
/// A part of a buffer is a buffer too: it holds the whole and copies nothing, so that a scan hands out
/// the batches of a row group at the price of a small object.
///
/// Safe because the memory is written only by the `BufferBuilder` that gave it up, and freed in
/// `deinit` when neither a vector nor a part holds it any more.
// Immutable after init.
@usableFromInline
package final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
    /// The first element; valid for `count` elements while the buffer lives.
    ///
    /// For kernels and codecs only: everything else indexes.
    @usableFromInline package let pointer: UnsafePointer<Element>
    /// The number of elements.
    @usableFromInline package let count: Int
    /// The buffer whose memory this one is a part of; nil when the memory is its own.
    @usableFromInline let whole: Buffer<Element>?

    /// Takes ownership of memory made by `BufferBuilder`.
    @inlinable
    init(adopting memory: UnsafeMutablePointer<Element>, count: Int) {
        self.pointer = UnsafePointer(memory)
        self.count = count
        self.whole = nil
    }

    private init(partOf buffer: Buffer<Element>, first: Int, count: Int) {
        self.pointer = buffer.pointer + first
        self.count = count
        self.whole = buffer.whole ?? buffer
    }

    deinit { if whole == nil { UnsafeMutablePointer(mutating: pointer).deallocate() } }

    /// Elements `first ..< first + count`, sharing the memory.
    package func part(from first: Int, count: Int) -> Buffer<Element> {
        precondition(
            first >= 0 && count >= 0 && first + count <= self.count, "a part beyond the buffer")
        return Buffer(partOf: self, first: first, count: count)
    }

    /// The element at `index`, which must be in 0..<count.
    @inlinable
    package subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count, "buffer index out of range")
        return pointer[index]
    }

    /// Bytes of memory held.
    @inlinable package var byteCount: Int { count * MemoryLayout<Element>.stride }
}

extension Buffer {
    /// A buffer with the elements of an array.
    @inlinable
    package convenience init(_ elements: [Element]) {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
        elements.withUnsafeBufferPointer { source in
            if let base = source.baseAddress { memory.update(from: base, count: source.count) }
        }
        self.init(adopting: memory, count: elements.count)
    }

    /// A buffer with one element repeated.
    @inlinable
    package convenience init(repeating element: Element, count: Int) {
        let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(count, 1))
        memory.update(repeating: element, count: count)
        self.init(adopting: memory, count: count)
    }

    /// The elements as an array; for tests and cold paths.
    @inlinable
    package var array: [Element] { Array(UnsafeBufferPointer(start: pointer, count: count)) }
}

/// Memory that one owner fills and then gives up as a `Buffer`.
///
/// Grows by doubling through `append`; kernels that know their size write through `pointer` and say
/// how much with `freeze(count:)`.
@frozen @usableFromInline
package struct BufferBuilder<Element: BitwiseCopyable>: ~Copyable {
    @usableFromInline var memory: UnsafeMutablePointer<Element>
    @usableFromInline var filled: Int
    @usableFromInline var room: Int

    /// The first element; valid for `capacity` elements until the next `append` or `reserve`.
    @inlinable package var pointer: UnsafeMutablePointer<Element> { memory }
    /// Elements appended so far.
    @inlinable package var count: Int { filled }
    /// Elements the memory has room for.
    @inlinable package var capacity: Int { room }

    /// Memory for `capacity` elements, not yet set.
    @inlinable
    package init(capacity: Int) {
        room = max(capacity, 1)
        memory = UnsafeMutablePointer<Element>.allocate(capacity: room)
        filled = 0
    }

    deinit { memory.deallocate() }

    /// Adds one element at the end.
    @inlinable
    package mutating func append(_ element: Element) {
        if filled == room { reserve(room * 2) }
        memory[filled] = element
        filled += 1
    }

    /// Adds `sourceCount` elements that lie at `source`.
    @inlinable
    package mutating func append(_ source: UnsafePointer<Element>, count sourceCount: Int) {
        if filled + sourceCount > room { reserve(max(room * 2, filled + sourceCount)) }
        (memory + filled).update(from: source, count: sourceCount)
        filled += sourceCount
    }

    /// Makes room for `newCapacity` elements in all.
    @inlinable
    package mutating func reserve(_ newCapacity: Int) {
        guard newCapacity > room else { return }
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
        larger.update(from: memory, count: filled)
        memory.deallocate()
        memory = larger
        room = newCapacity
    }

    /// Says that the first `newCount` elements were written through `pointer`.
    @inlinable
    package mutating func setCount(_ newCount: Int) {
        precondition(newCount >= 0 && newCount <= room, "count beyond the capacity")
        filled = newCount
    }

    /// Gives the memory up; the builder is gone.
    @inlinable
    package consuming func freeze() -> Buffer<Element> {
        let buffer = Buffer(adopting: memory, count: filled)
        discard self
        return buffer
    }

    /// Gives up the memory of which `count` elements were written through `pointer`.
    @inlinable
    package consuming func freeze(count: Int) -> Buffer<Element> {
        setCount(count)
        return freeze()
    }
}
