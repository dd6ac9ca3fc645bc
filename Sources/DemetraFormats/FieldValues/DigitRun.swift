// Eight decimal digits at once in one machine word.
//
// Safe because callers pass 1...8 digits and 8 readable bytes behind the first.

/// The number that the `count` (1...8) bytes at `text` spell, or nil when one is no digit.
///
/// The bytes move to the top of the word and the rest is filled with the digit 0 in front.
///
/// - Source: D. Lemire, "Quickly parsing eight digits" (2018).
@inline(__always)
func parseDigits(_ text: UnsafePointer<UInt8>, _ count: Int) -> UInt64? {
    let shift = UInt64(truncatingIfNeeded: 64 &- 8 &* count)
    let raw = UnsafeRawPointer(text).loadUnaligned(as: UInt64.self).littleEndian
    let fill = 0x3030_3030_3030_3030 & ((1 &<< shift) &- 1)
    let word = (raw &<< shift) | fill
    // A digit has 3 in its high half, before and after adding 6.
    let high = word & 0xF0F0_F0F0_F0F0_F0F0
    let carried = (word &+ 0x0606_0606_0606_0606) & 0xF0F0_F0F0_F0F0_F0F0
    guard high | (carried &>> 4) == 0x3333_3333_3333_3333 else { return nil }
    return joinDigits(word)
}

/// The number of eight digits, the first in the lowest byte.
@inline(__always)
private func joinDigits(_ word: UInt64) -> UInt64 {
    var value = word &- 0x3030_3030_3030_3030
    value = (value &* 10) &+ (value &>> 8)
    let mask: UInt64 = 0x0000_00FF_0000_00FF
    let upper = (value & mask) &* 0x000F_4240_0000_0064
    let lower = ((value &>> 16) & mask) &* 0x0000_2710_0000_0001
    return (upper &+ lower) &>> 32
}

/// The number that two digits spell, or a number above 99.
@inline(__always)
func parseTwoDigits(_ text: UnsafePointer<UInt8>) -> Int {
    let tens = digit(text[0])
    let ones = digit(text[1])
    return tens < 10 && ones < 10 ? Int(tens) &* 10 &+ Int(ones) : 255
}

/// An integer of at most 19 digits with an optional sign, or nil; sets `overflows` when it is an
/// integer that does not fit 64 bits.
@inline(__always)
func parseInteger(
    _ text: UnsafePointer<UInt8>, _ count: Int, overflows: inout Bool
) -> Int64? {
    var (start, count) = (text, count)
    let isNegative = start[0] == UInt8(ascii: "-")
    if isNegative || start[0] == UInt8(ascii: "+") {
        start += 1
        count &-= 1
    }
    guard count > 0 else { return nil }
    if count <= 8 {
        guard let value = parseDigits(start, count) else { return nil }
        let signed = Int64(bitPattern: value)
        return isNegative ? 0 &- signed : signed
    }
    if count <= 16 {
        guard let upper = parseDigits(start, count &- 8),
            let lower = parseDigits(start + (count &- 8), 8)
        else { return nil }
        let signed = Int64(bitPattern: upper &* 100_000_000 &+ lower)
        return isNegative ? 0 &- signed : signed
    }
    if count <= 18 {
        // Ids of ad platforms have this length.
        guard let upper = parseDigits(start, count &- 16),
            let middle = parseDigits(start + (count &- 16), 8),
            let lower = parseDigits(start + (count &- 8), 8)
        else { return nil }
        let joined = (upper &* 100_000_000 &+ middle) &* 100_000_000 &+ lower
        let signed = Int64(bitPattern: joined)
        return isNegative ? 0 &- signed : signed
    }
    return parseLongInteger(start, count, isNegative, &overflows)
}

@inline(never)
private func parseLongInteger(
    _ text: UnsafePointer<UInt8>, _ count: Int, _ isNegative: Bool, _ overflows: inout Bool
) -> Int64? {
    var magnitude: UInt64 = 0
    var fits = true
    for index in 0..<count {
        let digit = digit(text[index])
        guard digit < 10 else { return nil }
        let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
        if overflow || carry { fits = false }
        magnitude = sum
    }
    let limit = UInt64(Int64.max) + (isNegative ? 1 : 0)
    guard fits, magnitude <= limit else {
        overflows = true
        return nil
    }
    return Int64(bitPattern: isNegative ? 0 &- magnitude : magnitude)
}
