// Row loops of packing keys into words.
//
// Safe because callers pass pointers to at least `count` elements and words.

/// All bits in which some valid value's distance from `base` is set: too many mean a wider field.
@inline(__always)
func unitedDistances<Element: FixedWidthInteger>(
    _ source: UnsafePointer<Element>, _ base: Int64, _ valid: UnsafePointer<UInt8>?,
    _ count: Int
) -> UInt64 {
    var united: UInt64 = 0
    guard let valid else {
        for row in 0..<count {
            united |= UInt64(bitPattern: Int64(truncatingIfNeeded: source[row]) &- base)
        }
        return united
    }
    for row in 0..<count {
        let distance = UInt64(bitPattern: Int64(truncatingIfNeeded: source[row]) &- base)
        united |= distance & (0 &- UInt64(valid[row]))
    }
    return united
}

/// The least and greatest valid value; nil when all are NULL.
@inline(__always)
func extremes<Element: FixedWidthInteger>(
    _ source: UnsafePointer<Element>, _ valid: UnsafePointer<UInt8>?, _ count: Int
) -> (Int64, Int64)? {
    var (low, high) = (Element.max, Element.min)
    if let valid {
        for row in 0..<count where valid[row] != 0 {
            low = min(low, source[row])
            high = max(high, source[row])
        }
    } else {
        for row in 0..<count {
            low = min(low, source[row])
            high = max(high, source[row])
        }
    }
    if low > high { return nil }
    return (Int64(truncatingIfNeeded: low), Int64(truncatingIfNeeded: high))
}

/// Adds each value's distance from `base` to its row's word; NULL adds nothing.
@inline(__always)
func packIntegers<Element: FixedWidthInteger>(
    _ source: UnsafePointer<Element>, _ base: Int64, _ shift: Int,
    _ valid: UnsafePointer<UInt8>?, _ words: UnsafeMutablePointer<UInt64>, _ count: Int
) {
    let shift = UInt64(truncatingIfNeeded: shift)
    guard let valid else {
        for row in 0..<count {
            let distance = UInt64(bitPattern: Int64(truncatingIfNeeded: source[row]) &- base)
            words[row] |= distance &<< shift
        }
        return
    }
    for row in 0..<count {
        let distance = UInt64(bitPattern: Int64(truncatingIfNeeded: source[row]) &- base)
        words[row] |= (distance & (0 &- UInt64(valid[row]))) &<< shift
    }
}

/// Adds the word of each double; NULL adds nothing.
func packDoubles(
    _ source: UnsafePointer<Double>, _ valid: UnsafePointer<UInt8>?,
    _ words: UnsafeMutablePointer<UInt64>, _ count: Int
) {
    guard let valid else {
        for row in 0..<count { words[row] |= doubleWord(source[row]) }
        return
    }
    for row in 0..<count { words[row] |= doubleWord(source[row]) & (0 &- UInt64(valid[row])) }
}

/// Adds the NULL bit of each row that is not valid.
func packNulls(
    _ valid: UnsafePointer<UInt8>, _ shift: Int, _ words: UnsafeMutablePointer<UInt64>,
    _ count: Int
) {
    let shift = UInt64(truncatingIfNeeded: shift)
    for row in 0..<count { words[row] |= UInt64(valid[row] ^ 1) &<< shift }
}

/// As `packIntegers`, for a field that may not be widened: clears `present` where the value does
/// not fit, so that no key can equal it.
@inline(__always)
func packKnownIntegers<Element: FixedWidthInteger>(
    _ source: UnsafePointer<Element>, _ field: KeyField,
    _ words: UnsafeMutablePointer<UInt64>, _ present: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    let (base, mask) = (field.base, field.mask)
    let shift = UInt64(truncatingIfNeeded: field.shift)
    for row in 0..<count {
        let distance = UInt64(bitPattern: Int64(truncatingIfNeeded: source[row]) &- base)
        words[row] |= (distance & mask) &<< shift
        present[row] &= byte(distance <= mask)
    }
}

/// As `packKnownIntegers` for codes, where -1 stands for a text that no key has.
func packKnownCodes(
    _ source: UnsafePointer<Int32>, _ field: KeyField, _ words: UnsafeMutablePointer<UInt64>,
    _ present: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    let mask = field.mask
    let shift = UInt64(truncatingIfNeeded: field.shift)
    for row in 0..<count {
        let code = source[row]
        words[row] |= (UInt64(truncatingIfNeeded: code) & mask) &<< shift
        present[row] &= byte(code >= 0)
    }
}

func conjoinBytes(
    _ source: UnsafePointer<UInt8>, _ output: UnsafeMutablePointer<UInt8>, _ count: Int
) {
    for row in 0..<count { output[row] &= source[row] }
}
