// Says whether bytes are UTF-8 text without NUL, eight bytes a step where they are ASCII.
//
// Safe because `bytes` is readable for 8 bytes behind `upper`.

/// The offset of the first byte in `lower..<upper` that is NUL or not part of well-formed UTF-8.
///
/// - Source: Unicode 15, table 3-7 (well-formed byte sequences).
func firstInvalidByte(_ bytes: UnsafePointer<UInt8>, _ lower: Int, _ upper: Int) -> Int? {
    var offset = lower
    while offset < upper {
        while offset &+ 32 <= upper, isPlain(bytes + offset) { offset &+= 32 }
        let stop = min(offset &+ 32, upper)
        while offset < stop {
            let byte = bytes[offset]
            if byte &- 1 < 0x7F {
                offset &+= 1
                continue
            }
            let length = sequenceLength(bytes + offset, upper &- offset)
            if length == 0 { return offset }
            offset &+= length
        }
    }
    return nil
}

/// True when 32 bytes are all in 1...127: subtracting one borrows into the top bit only from a NUL.
@inline(__always)
private func isPlain(_ p: UnsafePointer<UInt8>) -> Bool {
    let raw = UnsafeRawPointer(p)
    let a = raw.loadUnaligned(as: UInt64.self)
    let b = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    let c = raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
    let d = raw.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
    let ones: UInt64 = 0x0101_0101_0101_0101
    let bits = (a &- ones) | a | (b &- ones) | b | (c &- ones) | c | (d &- ones) | d
    return bits & 0x8080_8080_8080_8080 == 0
}

/// Bytes of the well-formed sequence of two to four bytes at `p`, or 0.
@inline(__always)
private func sequenceLength(_ p: UnsafePointer<UInt8>, _ count: Int) -> Int {
    let lead = p[0]
    if lead >= 0xC2 && lead <= 0xDF {
        return count >= 2 && isContinuation(p[1]) ? 2 : 0
    }
    if lead >= 0xE0 && lead <= 0xEF {
        guard count >= 3, isContinuation(p[1]), isContinuation(p[2]) else { return 0 }
        if lead == 0xE0 && p[1] < 0xA0 { return 0 }
        if lead == 0xED && p[1] > 0x9F { return 0 }
        return 3
    }
    if lead >= 0xF0 && lead <= 0xF4 {
        guard count >= 4, isContinuation(p[1]), isContinuation(p[2]), isContinuation(p[3])
        else { return 0 }
        if lead == 0xF0 && p[1] < 0x90 { return 0 }
        if lead == 0xF4 && p[1] > 0x8F { return 0 }
        return 4
    }
    return 0
}

@inline(__always)
private func isContinuation(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
