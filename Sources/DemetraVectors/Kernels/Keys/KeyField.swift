/// Where one key of a row lies inside the packed words of the row.
///
/// The value is kept as its distance from `base` in just the bits that the values seen so far need;
/// NULL is a bit of its own, given only once a NULL was seen.
///
///     words[word] >> shift  & mask(valueBits)     distance from base, or code; 0 for NULL
///     words[nullWord] >> nullShift & 1            1 for NULL, if isNullable
struct KeyField: Sendable, Equatable {
    /// Subtracted from integers before packing; 0 for codes and doubles.
    var base: Int64 = 0
    /// Bits of the value, 0...64.
    var valueBits = 0
    /// True when some key is NULL.
    var isNullable = false
    /// The word of the value and its lowest bit.
    var word = 0
    var shift = 0
    /// The word of the NULL bit and its position.
    var nullWord = 0
    var nullShift = 0

    /// As many ones as the value has bits.
    var mask: UInt64 { valueBits == 64 ? ~0 : (1 &<< UInt64(valueBits)) &- 1 }

    /// The largest integer that fits.
    private var highest: Int64 {
        if valueBits == 64 { return .max }
        let (high, overflow) = base.addingReportingOverflow(Int64(bitPattern: mask))
        return overflow || mask > UInt64(Int64.max) ? .max : high
    }

    /// Widens the field until it holds `lowest...uppermost`, by at least one bit.
    ///
    /// Room is left on the side on which values appeared, so that ascending and descending keys
    /// widen it a logarithmic number of times.
    mutating func extend(to lowest: Int64, _ uppermost: Int64, isFirst: Bool) {
        let low = isFirst ? lowest : min(base, lowest)
        let high = isFirst ? uppermost : max(highest, uppermost)
        let extent = UInt64(bitPattern: high &- low)
        let needed = 64 - extent.leadingZeroBitCount
        let bits = max(needed, isFirst ? 3 : valueBits + 1)
        guard bits < 63 else {
            base = 0
            valueBits = 64
            return
        }
        let growsDown = !isFirst && lowest < base
        valueBits = bits
        base = low
        if growsDown {
            let (start, overflow) = high.subtractingReportingOverflow(Int64(bitPattern: mask))
            if !overflow { base = start }
        }
    }

    /// Widens the field until it holds codes 0 ..< count, by at least one bit.
    mutating func extend(toCodes count: Int) {
        guard count > 0, UInt64(count - 1) > mask || valueBits == 0 else { return }
        let needed = 64 - UInt64(count - 1).leadingZeroBitCount
        valueBits = max(needed, max(valueBits + 1, 4))
    }
}

/// Gives every field its place; returns the number of words of a row, at least 1.
///
/// First fit, values before NULL bits: no value straddles two words.
func placeFields(_ fields: inout [KeyField]) -> (wordCount: Int, totalBits: Int) {
    var used: [Int] = [0]
    func place(_ bits: Int) -> (Int, Int) {
        for word in used.indices where used[word] + bits <= 64 {
            used[word] += bits
            return (word, used[word] - bits)
        }
        used.append(bits)
        return (used.count - 1, 0)
    }
    for index in fields.indices {
        (fields[index].word, fields[index].shift) = place(fields[index].valueBits)
    }
    for index in fields.indices where fields[index].isNullable {
        (fields[index].nullWord, fields[index].nullShift) = place(1)
    }
    // A value of no bits beside a full word would be shifted by 64.
    for index in fields.indices where fields[index].valueBits == 0 { fields[index].shift = 0 }
    return (used.count, used.reduce(0, +))
}
