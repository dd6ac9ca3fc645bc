/// From a row's packed words to its group number.
///
///     direct   few bits in all           array indexed by the word itself
///     packed   one word                  open addressing, the word in the slot
///     wide     several words             open addressing, (hash, group) in the slot
///
/// Safe because direct arrays have 2^totalBits entries, other slots go through a mask or a shift
/// that fits the table, and the owner makes room before every call.
struct GroupSlots: ~Copyable {
    /// The form in use.
    enum Form { case direct, packed, wide }

    private(set) var form = Form.direct
    private var direct = BufferBuilder<Int32>(capacity: 1)
    private var packed = BufferBuilder<PackedSlot>(capacity: 1)
    private var wide = BufferBuilder<UInt64>(capacity: 1)
    private var slotCount = 0

    /// Direct arrays up to this many bits are made at once: 256 KiB stay in the second cache.
    private static let directBits = 16
    /// And up to this many when at least an eighth of the array would be in use.
    private static let denseBits = 22

    init() {}

    /// Bytes held.
    var byteCount: Int {
        direct.capacity * 4 + packed.capacity * MemoryLayout<PackedSlot>.stride
            + wide.capacity * 8
    }

    /// True when `groupCount` groups fit in the slots there are.
    func hasRoom(for groupCount: Int) -> Bool {
        form == .direct || groupCount * 2 <= slotCount
    }

    /// Indexes all groups anew, for a layout of `totalBits` in `wordCount` words.
    mutating func rebuild(
        _ words: UnsafePointer<UInt64>, wordCount: Int, totalBits: Int, groupCount: Int,
        room: Int
    ) {
        direct = BufferBuilder(capacity: 1)
        packed = BufferBuilder(capacity: 1)
        wide = BufferBuilder(capacity: 1)
        if wordCount == 1, Self.isDirect(totalBits, groupCount) {
            form = .direct
            slotCount = 1 << totalBits
            direct = BufferBuilder(capacity: slotCount)
            direct.pointer.update(repeating: -1, count: slotCount)
            for group in 0..<groupCount {
                direct.pointer[Int(words[group])] = Int32(truncatingIfNeeded: group)
            }
            return
        }
        slotCount = 64
        while slotCount < room * 2 { slotCount *= 2 }
        if wordCount == 1 {
            form = .packed
            packed = BufferBuilder(capacity: slotCount)
            packed.pointer.update(repeating: PackedSlot(key: 0, group: -1), count: slotCount)
            for group in 0..<groupCount { insert(packed: words[group], group) }
        } else {
            form = .wide
            wide = BufferBuilder(capacity: slotCount)
            wide.pointer.update(repeating: 0, count: slotCount)
            for group in 0..<groupCount {
                insertText(
                    hashRow(words + group * wordCount, wordCount),
                    UInt32(truncatingIfNeeded: group + 1), wide.pointer, slotCount - 1)
            }
        }
    }

    private static func isDirect(_ totalBits: Int, _ groupCount: Int) -> Bool {
        totalBits <= directBits || (totalBits <= denseBits && groupCount * 8 >= 1 << totalBits)
    }

    private func insert(packed key: UInt64, _ group: Int) {
        let shift = slotShift(slotCount)
        var slot = packedSlot(key, shift)
        while packed.pointer[slot].group >= 0 { slot = (slot + 1) & (slotCount - 1) }
        packed.pointer[slot] = PackedSlot(key: key, group: Int32(truncatingIfNeeded: group))
    }

    /// The group of each row; new words are appended to `groupWords` and numbered on.
    ///
    /// - Parameters:
    ///   - words: word w of row i at `words[w * stride + i]`.
    ///   - groupWords: has room for `count` more groups.
    mutating func assign(
        _ words: UnsafePointer<UInt64>, stride: Int, wordCount: Int, count: Int,
        groupWords: UnsafeMutablePointer<UInt64>, groupCount: inout Int,
        _ output: UnsafeMutablePointer<Int32>
    ) {
        switch form {
        case .direct:
            groupCount = assignDirect(
                words, count, direct.pointer, groupWords, groupCount, output)
        case .packed:
            groupCount = assignPacked(
                words, count, packed.pointer, slotCount, groupWords, groupCount, output)
        case .wide:
            groupCount = assignWide(
                words, stride, wordCount, count, wide.pointer, slotCount - 1, groupWords,
                groupCount, output)
        }
    }

    /// The group of each row, -1 for words that no group has; writes nothing else.
    borrowing func find(
        _ words: UnsafePointer<UInt64>, stride: Int, wordCount: Int, count: Int,
        groupWords: UnsafePointer<UInt64>, _ output: UnsafeMutablePointer<Int32>
    ) {
        switch form {
        case .direct:
            for row in 0..<count {
                output[row] = direct.pointer[Int(truncatingIfNeeded: words[row])]
            }
        case .packed: findPacked(words, count, packed.pointer, slotCount, output)
        case .wide:
            findWide(
                words, stride, wordCount, count, wide.pointer, slotCount - 1, groupWords, output)
        }
    }
}
