// Row loops of `GroupSlots`. New groups are rare, so their branch costs nothing once predicted.
//
// Safe because slots are indexed through masks and the owner made room for `count` new groups.

/// A word and its group; group -1 is an empty slot.
struct PackedSlot: BitwiseCopyable {
    let key: UInt64
    let group: Int32
}

@inline(__always)
func slotShift(_ slotCount: Int) -> UInt64 {
    UInt64(64 &- slotCount.trailingZeroBitCount)
}

/// The upper bits of a product depend on all bits of the key once its halves are mixed.
@inline(__always)
func packedSlot(_ key: UInt64, _ shift: UInt64) -> Int {
    Int(truncatingIfNeeded: ((key ^ (key &>> 32)) &* hashSeed) &>> shift)
}

func assignDirect(
    _ words: UnsafePointer<UInt64>, _ count: Int, _ table: UnsafeMutablePointer<Int32>,
    _ groupWords: UnsafeMutablePointer<UInt64>, _ groupCount: Int,
    _ output: UnsafeMutablePointer<Int32>
) -> Int {
    var groups = groupCount
    for row in 0..<count {
        let word = words[row]
        var group = table[Int(truncatingIfNeeded: word)]
        if group < 0 {
            group = Int32(truncatingIfNeeded: groups)
            table[Int(truncatingIfNeeded: word)] = group
            groupWords[groups] = word
            groups &+= 1
        }
        output[row] = group
    }
    return groups
}

func assignPacked(
    _ words: UnsafePointer<UInt64>, _ count: Int, _ slots: UnsafeMutablePointer<PackedSlot>,
    _ slotCount: Int, _ groupWords: UnsafeMutablePointer<UInt64>, _ groupCount: Int,
    _ output: UnsafeMutablePointer<Int32>
) -> Int {
    let (shift, mask) = (slotShift(slotCount), slotCount &- 1)
    var groups = groupCount
    for row in 0..<count {
        let word = words[row]
        var slot = packedSlot(word, shift)
        while true {
            let entry = slots[slot]
            if entry.key == word, entry.group >= 0 {
                output[row] = entry.group
                break
            }
            if entry.group < 0 {
                let group = Int32(truncatingIfNeeded: groups)
                slots[slot] = PackedSlot(key: word, group: group)
                groupWords[groups] = word
                groups &+= 1
                output[row] = group
                break
            }
            slot = (slot &+ 1) & mask
        }
    }
    return groups
}

func findPacked(
    _ words: UnsafePointer<UInt64>, _ count: Int, _ slots: UnsafePointer<PackedSlot>,
    _ slotCount: Int, _ output: UnsafeMutablePointer<Int32>
) {
    let (shift, mask) = (slotShift(slotCount), slotCount &- 1)
    for row in 0..<count {
        let word = words[row]
        var slot = packedSlot(word, shift)
        while true {
            let entry = slots[slot]
            // An empty slot ends the search with its -1.
            if entry.key == word || entry.group < 0 {
                output[row] = entry.group
                break
            }
            slot = (slot &+ 1) & mask
        }
    }
}

/// The hash of a row whose words lie side by side.
@inline(__always)
func hashRow(_ words: UnsafePointer<UInt64>, _ wordCount: Int) -> UInt64 {
    var hash = hashSeed
    for word in 0..<wordCount { hash = fold(hash ^ words[word], hashFactor) &+ hashSeed }
    return hash
}

/// The hash of a row whose words lie `stride` apart; equals `hashRow` of the same words.
@inline(__always)
private func hashColumns(_ words: UnsafePointer<UInt64>, _ stride: Int, _ wordCount: Int) -> UInt64
{
    var hash = hashSeed
    for word in 0..<wordCount {
        hash = fold(hash ^ words[word &* stride], hashFactor) &+ hashSeed
    }
    return hash
}

@inline(__always)
private func equalRow(
    _ group: UnsafePointer<UInt64>, _ words: UnsafePointer<UInt64>, _ stride: Int,
    _ wordCount: Int
) -> Bool {
    var difference: UInt64 = 0
    for word in 0..<wordCount { difference |= group[word] ^ words[word &* stride] }
    return difference == 0
}

func assignWide(
    _ words: UnsafePointer<UInt64>, _ stride: Int, _ wordCount: Int, _ count: Int,
    _ slots: UnsafeMutablePointer<UInt64>, _ mask: Int,
    _ groupWords: UnsafeMutablePointer<UInt64>, _ groupCount: Int,
    _ output: UnsafeMutablePointer<Int32>
) -> Int {
    var groups = groupCount
    for row in 0..<count {
        let hash = hashColumns(words + row, stride, wordCount)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let entry = slots[slot]
            if entry == 0 {
                slots[slot] =
                    (hash & 0xffff_ffff_0000_0000) | UInt64(truncatingIfNeeded: groups &+ 1)
                for word in 0..<wordCount {
                    groupWords[groups &* wordCount &+ word] = words[word &* stride &+ row]
                }
                output[row] = Int32(truncatingIfNeeded: groups)
                groups &+= 1
                break
            }
            let group = Int(truncatingIfNeeded: entry & 0xffff_ffff) &- 1
            if (entry ^ hash) &>> 32 == 0,
                equalRow(groupWords + (group &* wordCount), words + row, stride, wordCount)
            {
                output[row] = Int32(truncatingIfNeeded: group)
                break
            }
            slot = (slot &+ 1) & mask
        }
    }
    return groups
}

func findWide(
    _ words: UnsafePointer<UInt64>, _ stride: Int, _ wordCount: Int, _ count: Int,
    _ slots: UnsafePointer<UInt64>, _ mask: Int, _ groupWords: UnsafePointer<UInt64>,
    _ output: UnsafeMutablePointer<Int32>
) {
    for row in 0..<count {
        let hash = hashColumns(words + row, stride, wordCount)
        var slot = Int(truncatingIfNeeded: hash) & mask
        output[row] = -1
        while slots[slot] != 0 {
            let entry = slots[slot]
            let group = Int(truncatingIfNeeded: entry & 0xffff_ffff) &- 1
            if (entry ^ hash) &>> 32 == 0,
                equalRow(groupWords + (group &* wordCount), words + row, stride, wordCount)
            {
                output[row] = Int32(truncatingIfNeeded: group)
                break
            }
            slot = (slot &+ 1) & mask
        }
    }
}
