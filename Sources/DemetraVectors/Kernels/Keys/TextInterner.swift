/// Numbers distinct texts 0, 1, 2, ... and keeps their bytes.
///
/// An open-addressing table of (upper half of the hash, code + 1) in one word, so that most
/// misses are seen without touching the bytes.
///
/// Safe because slots are indexed through the mask, and codes in slots are below the number of
/// references kept.
struct TextInterner: ~Copyable {
    /// The number of distinct texts.
    var count: Int { references.count }
    private var references: BufferBuilder<TextReference>
    private var heap: BufferBuilder<UInt8>
    private var slots: UnsafeMutablePointer<UInt64>
    private var mask: Int

    /// An empty interner that expects about `capacity` texts.
    init(capacity: Int) {
        references = BufferBuilder(capacity: capacity)
        heap = BufferBuilder(capacity: capacity * 16)
        var slotCount = 16
        while slotCount < capacity * 2 { slotCount *= 2 }
        slots = .allocate(capacity: slotCount)
        slots.initialize(repeating: 0, count: slotCount)
        mask = slotCount - 1
    }

    deinit { slots.deallocate() }

    /// Bytes held.
    var byteCount: Int {
        (mask + 1) * 8 + references.capacity * MemoryLayout<TextReference>.stride + heap.capacity
    }

    /// The code of a text, or -1.
    @inline(__always)
    borrowing func find(_ bytes: UnsafePointer<UInt8>, _ byteCount: UInt32, _ hash: UInt64) -> Int32
    {
        findText(
            bytes, byteCount, hash, slots: slots, mask: mask, references: references.pointer,
            heap: heap.pointer)
    }

    /// The code of a text, which is added if it is not there; -1 when the bytes would exceed 4 GiB.
    mutating func intern(
        _ bytes: UnsafePointer<UInt8>, _ byteCount: UInt32, _ hash: UInt64
    ) -> Int32 {
        let found = find(bytes, byteCount, hash)
        return found >= 0 ? found : add(bytes, byteCount, hash)
    }

    /// Writes the code of each row; 0 for NULL, with the row's bit in `validity` clear.
    ///
    /// - Returns: false when the bytes would exceed 4 GiB.
    mutating func intern(
        _ texts: TextBuffer, from first: Int, count: Int, validity: ValidityMask?,
        _ output: UnsafeMutablePointer<Int32>
    ) -> Bool {
        let source = texts.references.pointer
        let bytes = texts.heap.pointer
        let words = validity?.words.pointer
        for index in 0..<count {
            if let words, isSet(words, first &+ index) == 0 {
                output[index] = 0
                continue
            }
            let reference = source[first &+ index]
            // Sorted and clustered columns repeat the text of the row before, often the very bytes.
            if index > 0, words == nil, reference == source[first &+ index &- 1] {
                output[index] = output[index &- 1]
                continue
            }
            let start = bytes + Int(reference.offset)
            let hash = hashBytes(start, Int(reference.byteCount))
            let code = intern(start, reference.byteCount, hash)
            if code < 0 { return false }
            output[index] = code
        }
        return true
    }

    /// A copy of the texts so far, in the order of their codes.
    borrowing func texts() -> TextBuffer {
        var copiedReferences = BufferBuilder<TextReference>(capacity: references.count)
        copiedReferences.append(UnsafePointer(references.pointer), count: references.count)
        var copiedHeap = BufferBuilder<UInt8>(capacity: heap.count)
        copiedHeap.append(UnsafePointer(heap.pointer), count: heap.count)
        return TextBuffer(references: copiedReferences.freeze(), heap: copiedHeap.freeze())
    }

    @inline(never)
    private mutating func add(
        _ bytes: UnsafePointer<UInt8>, _ byteCount: UInt32, _ hash: UInt64
    ) -> Int32 {
        guard heap.count + Int(byteCount) <= TextBuffer.heapLimit,
            references.count < Int(Int32.max)
        else { return -1 }
        if (references.count + 1) * 2 > mask + 1 { grow() }
        let code = references.count
        references.append(TextReference(offset: heap.count, byteCount: Int(byteCount)))
        heap.append(bytes, count: Int(byteCount))
        insertText(hash, UInt32(truncatingIfNeeded: code &+ 1), slots, mask)
        return Int32(truncatingIfNeeded: code)
    }

    private mutating func grow() {
        let slotCount = (mask + 1) * 2
        slots.deallocate()
        slots = .allocate(capacity: slotCount)
        slots.initialize(repeating: 0, count: slotCount)
        mask = slotCount - 1
        for code in 0..<references.count {
            let reference = references.pointer[code]
            let hash = hashBytes(heap.pointer + Int(reference.offset), Int(reference.byteCount))
            insertText(hash, UInt32(truncatingIfNeeded: code &+ 1), slots, mask)
        }
    }
}

@inline(__always)
func findText(
    _ bytes: UnsafePointer<UInt8>, _ byteCount: UInt32, _ hash: UInt64,
    slots: UnsafePointer<UInt64>, mask: Int, references: UnsafePointer<TextReference>,
    heap: UnsafePointer<UInt8>
) -> Int32 {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while true {
        let entry = slots[slot]
        if entry == 0 { return -1 }
        if (entry ^ hash) &>> 32 == 0 {
            let code = Int(truncatingIfNeeded: entry & 0xffff_ffff) &- 1
            let reference = references[code]
            if equalBytes(heap + Int(reference.offset), reference.byteCount, bytes, byteCount) {
                return Int32(truncatingIfNeeded: code)
            }
        }
        slot = (slot &+ 1) & mask
    }
}

func insertText(
    _ hash: UInt64, _ codePlusOne: UInt32, _ slots: UnsafeMutablePointer<UInt64>, _ mask: Int
) {
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] != 0 { slot = (slot &+ 1) & mask }
    slots[slot] = (hash & 0xffff_ffff_0000_0000) | UInt64(codePlusOne)
}
