import DemetraVectors

/// Distinct texts of one column of a chunk, each with a code in the order of first sight.
///
/// Open addressing over codes; a slot also keeps the upper half of the hash, so that a text is
/// compared byte by byte only where it is almost surely equal. The last text is tried first, since
/// files are often sorted.
///
/// Safe because texts and the heap have at least 8 readable bytes behind each text, and slots are
/// masked to the table's size.
struct TextDictionary: ~Copyable {
    private var slotTable = BufferBuilder<UInt64>(capacity: 256)
    private var slotMask = 255
    private var references = BufferBuilder<TextReference>(capacity: 64)
    private var heap = BufferBuilder<UInt8>(capacity: 4_096)
    private var lastCode: Int32 = -1

    /// An empty dictionary.
    init() { slots.initialize(repeating: 0, count: 256) }

    private var slots: UnsafeMutablePointer<UInt64> { slotTable.pointer }

    /// Distinct texts so far.
    var count: Int { references.count }

    /// The code of a text, new or known.
    @inline(__always)
    mutating func code(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
        if lastCode >= 0, isEqual(Int(lastCode), text, count) { return lastCode }
        lastCode = find(text, count)
        return lastCode
    }

    private mutating func find(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int32 {
        let hash = hashBytes(text, count)
        let tag = hash & 0xFFFF_FFFF_0000_0000
        var slot = Int(truncatingIfNeeded: hash) & slotMask
        while true {
            let entry = slots[slot]
            if entry == 0 { break }
            let code = Int(truncatingIfNeeded: entry & 0xFFFF_FFFF) &- 1
            if entry & 0xFFFF_FFFF_0000_0000 == tag, isEqual(code, text, count) {
                return Int32(truncatingIfNeeded: code)
            }
            slot = (slot &+ 1) & slotMask
        }
        return insert(text, count, slot, tag)
    }

    private mutating func insert(
        _ text: UnsafePointer<UInt8>, _ count: Int, _ slot: Int, _ tag: UInt64
    ) -> Int32 {
        let code = references.count
        references.append(TextReference(offset: heap.count, byteCount: count))
        if heap.count + count + 8 > heap.capacity {
            heap.reserve(max(heap.capacity * 2, heap.count + count + 8))
        }
        heap.append(text, count: count)
        slots[slot] = tag | UInt64(truncatingIfNeeded: code &+ 1)
        if references.count * 2 > slotMask { grow() }
        return Int32(truncatingIfNeeded: code)
    }

    private mutating func grow() {
        let newMask = slotMask * 4 + 3
        let table = BufferBuilder<UInt64>(capacity: newMask + 1)
        let larger = table.pointer
        larger.initialize(repeating: 0, count: newMask + 1)
        let references = references.pointer
        for code in 0..<count {
            let reference = references[code]
            let hash = hashBytes(heap.pointer + Int(reference.offset), Int(reference.byteCount))
            var slot = Int(truncatingIfNeeded: hash) & newMask
            while larger[slot] != 0 { slot = (slot &+ 1) & newMask }
            larger[slot] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(truncatingIfNeeded: code &+ 1)
        }
        slotTable = table
        slotMask = newMask
    }

    @inline(__always)
    private func isEqual(_ code: Int, _ text: UnsafePointer<UInt8>, _ count: Int) -> Bool {
        let reference = references.pointer[code]
        guard Int(reference.byteCount) == count else { return false }
        return areEqual(heap.pointer + Int(reference.offset), text, count)
    }

    /// Gives the texts up.
    consuming func freeze() -> VectorDictionary {
        let heap = heap.freeze()
        return VectorDictionary(values: TextBuffer(references: references.freeze(), heap: heap))
    }
}

/// True when `count` bytes are equal; 8 bytes behind both are readable.
@inline(__always)
private func areEqual(_ a: UnsafePointer<UInt8>, _ b: UnsafePointer<UInt8>, _ count: Int) -> Bool {
    let (a, b) = (UnsafeRawPointer(a), UnsafeRawPointer(b))
    var offset = 0
    while offset &+ 8 <= count {
        let x = a.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        guard x == b.loadUnaligned(fromByteOffset: offset, as: UInt64.self) else { return false }
        offset &+= 8
    }
    guard offset < count else { return true }
    let x = a.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    let y = b.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    return (x ^ y) &<< UInt64(truncatingIfNeeded: 64 &- 8 &* (count &- offset)) == 0
}

/// A hash by multiply and fold, eight bytes a step; 8 bytes behind the text are readable.
@inline(__always)
private func hashBytes(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    let raw = UnsafeRawPointer(text)
    var hash = UInt64(truncatingIfNeeded: count) &* 0x9E37_79B9_7F4A_7C15
    var offset = 0
    while offset &+ 8 <= count {
        hash = fold(hash ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian)
        offset &+= 8
    }
    if offset < count {
        let shift = UInt64(truncatingIfNeeded: 64 &- 8 &* (count &- offset))
        let tail = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self).littleEndian
        hash = fold(hash ^ (tail &<< shift))
    }
    return fold(hash)
}

@inline(__always)
private func fold(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
    return product.high ^ product.low
}
