/// A fixed run of plain values that never changes: the memory under every vector.
///
/// A part of a buffer is a buffer too: it holds the whole and copies nothing, so that a scan hands out
/// the batches of a row group at the price of a small object.
///
/// Safe because the memory is written only by the `BufferBuilder` that gave it up, and freed in
/// `deinit` when neither a vector nor a part holds it any more.
// Immutable after init.
package final class Buffer<Element: BitwiseCopyable>: @unchecked Sendable {
    /// The first element; valid for `count` elements while the buffer lives.
    ///
    /// For kernels and codecs only: everything else indexes.
    package let pointer: UnsafePointer<Element>
    /// The number of elements.
    package let count: Int
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
    package var byteCount: Int { count * MemoryLayout<Element>.stride }
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
package struct BufferBuilder<Element: BitwiseCopyable>: ~Copyable {
    /// The first element; valid for `capacity` elements until the next `append` or `reserve`.
    package private(set) var pointer: UnsafeMutablePointer<Element>
    /// Elements appended so far.
    package private(set) var count: Int
    /// Elements the memory has room for.
    package private(set) var capacity: Int

    /// Memory for `capacity` elements, not yet set.
    package init(capacity: Int) {
        self.capacity = max(capacity, 1)
        pointer = UnsafeMutablePointer<Element>.allocate(capacity: self.capacity)
        count = 0
    }

    deinit { pointer.deallocate() }

    /// Adds one element at the end.
    package mutating func append(_ element: Element) {
        if count == capacity { reserve(capacity * 2) }
        pointer[count] = element
        count += 1
    }

    /// Adds `sourceCount` elements that lie at `source`.
    package mutating func append(_ source: UnsafePointer<Element>, count sourceCount: Int) {
        if count + sourceCount > capacity { reserve(max(capacity * 2, count + sourceCount)) }
        (pointer + count).update(from: source, count: sourceCount)
        count += sourceCount
    }

    /// Makes room for `newCapacity` elements in all.
    package mutating func reserve(_ newCapacity: Int) {
        guard newCapacity > capacity else { return }
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
        larger.update(from: pointer, count: count)
        pointer.deallocate()
        pointer = larger
        capacity = newCapacity
    }

    /// Says that the first `newCount` elements were written through `pointer`.
    package mutating func setCount(_ newCount: Int) {
        precondition(newCount >= 0 && newCount <= capacity, "count beyond the capacity")
        count = newCount
    }

    /// Gives the memory up; the builder is gone.
    package consuming func freeze() -> Buffer<Element> {
        let buffer = Buffer(adopting: pointer, count: count)
        discard self
        return buffer
    }

    /// Gives up the memory of which `count` elements were written through `pointer`.
    package consuming func freeze(count: Int) -> Buffer<Element> {
        setCount(count)
        return freeze()
    }
}
