// Hashing of words and bytes: multiply to 128 bits and fold, eight bytes a step.
// Source: the wyhash family; the constants are odd numbers with as many ones as zeros.

let hashSeed: UInt64 = 0x9e37_79b9_7f4a_7c15
let hashFactor: UInt64 = 0xd6e8_feb8_6659_fd93
/// What NULL hashes to in any type.
let nullHash: UInt64 = 0x5bd1_e995_9d1b_58d3

@inline(__always)
func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
}

/// The hash of a 64-bit word.
@inline(__always)
func hashWord(_ word: UInt64) -> UInt64 { fold(word ^ hashSeed, hashFactor) }

/// The hash of a row out of the hash of its first keys and that of the next one.
@inline(__always)
func combineHashes(_ row: UInt64, _ next: UInt64) -> UInt64 {
    fold(row ^ next, hashSeed) &+ next
}

/// The hash of `count` bytes.
///
/// Safe because reads stay inside the `count` bytes: the last step of 8 or more bytes overlaps.
@inline(__always)
func hashBytes(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
    let raw = UnsafeRawPointer(bytes)
    var hash = hashSeed ^ (UInt64(truncatingIfNeeded: count) &* hashFactor)
    if count >= 8 {
        var offset = 0
        while offset &+ 8 <= count {
            hash = fold(
                hash ^ raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self), hashFactor)
            offset &+= 8
        }
        let last = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        return fold(hash ^ last, hashSeed)
    }
    return fold(hash ^ shortWord(raw, count), hashFactor)
}

/// Up to seven bytes as one word; together with the length no two texts give the same word.
@inline(__always)
func shortWord(_ raw: UnsafeRawPointer, _ count: Int) -> UInt64 {
    if count >= 4 {
        let low = UInt64(raw.loadUnaligned(as: UInt32.self))
        let high = UInt64(raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self))
        return low | (high &<< 32)
    }
    if count == 0 { return 0 }
    let first = UInt64(raw.load(as: UInt8.self))
    let middle = UInt64(raw.load(fromByteOffset: count &>> 1, as: UInt8.self))
    let last = UInt64(raw.load(fromByteOffset: count &- 1, as: UInt8.self))
    return first | (middle &<< 8) | (last &<< 16)
}

/// True when two texts have the same bytes.
@inline(__always)
func equalBytes(
    _ left: UnsafePointer<UInt8>, _ leftCount: UInt32, _ right: UnsafePointer<UInt8>,
    _ rightCount: UInt32
) -> Bool {
    if leftCount != rightCount { return false }
    let count = Int(leftCount)
    if count < 8 {
        return shortWord(UnsafeRawPointer(left), count)
            == shortWord(UnsafeRawPointer(right), count)
    }
    let (a, b) = (UnsafeRawPointer(left), UnsafeRawPointer(right))
    var offset = 0
    while offset &+ 8 <= count {
        if a.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            != b.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        {
            return false
        }
        offset &+= 8
    }
    return a.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
        == b.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
}
