import CShims

// Finds where records end without looking at fields: quote parity and newlines, 64 bytes a step.
//
// Safe because the caller owns `capacity >= upper + 64` bytes, and bits behind `upper` are masked.

/// Where a scan for record ends stands.
struct BoundaryScan {
    /// All ones inside quotes, else zero.
    var quoted: UInt64 = 0
    /// True behind a protecting byte.
    var isProtected = false
    /// Offset behind the last line end outside quotes; 0 when none was seen.
    var lastBoundary = 0
    /// Line ends seen, those inside quotes too.
    var lineCount = 0
    /// Line ends up to `lastBoundary`.
    var lineCountAtBoundary = 0

    /// Scans the bytes in `lower..<upper` of `bytes` by quote parity.
    mutating func scanByParity(
        _ bytes: UnsafePointer<UInt8>, _ lower: Int, _ upper: Int, quote: UInt8, lineEnd: UInt8
    ) {
        var quoted = quoted
        var boundary = lastBoundary
        var lines = lineCount
        var linesAtBoundary = lineCountAtBoundary
        var base = lower
        while base < upper {
            let inside = lowBits(upper &- base)
            let quotes = demetra_mask64_equal(bytes + base, quote) & inside
            let ends = demetra_mask64_equal(bytes + base, lineEnd) & inside
            var outside = ends
            if quotes | quoted != 0 {
                let mask = prefixParity(quotes) ^ quoted
                outside = ends & ~mask
                if quotes.nonzeroBitCount & 1 != 0 { quoted = ~quoted }
            }
            if outside != 0 {
                let last = 63 &- outside.leadingZeroBitCount
                boundary = base &+ last &+ 1
                linesAtBoundary = lines &+ (ends & lowBits(last &+ 1)).nonzeroBitCount
            }
            lines &+= ends.nonzeroBitCount
            base &+= 64
        }
        self.quoted = quoted
        lastBoundary = boundary
        lineCount = lines
        lineCountAtBoundary = linesAtBoundary
    }

    /// Scans where a protecting byte hides the next one and there are no quotes, as in COPY text.
    mutating func scanText(
        _ bytes: UnsafePointer<UInt8>, _ lower: Int, _ upper: Int, protecting: UInt8,
        lineEnd: UInt8
    ) {
        var base = lower
        while base < upper {
            let inside = lowBits(upper &- base)
            if isProtected || demetra_mask64_equal(bytes + base, protecting) & inside != 0 {
                // A step with protecting bytes is rare, and as long as this one.
                scanByProtection(
                    bytes, base, min(base &+ 64, upper), quote: nil, protecting: protecting,
                    lineEnd: lineEnd)
            } else {
                let ends = demetra_mask64_equal(bytes + base, lineEnd) & inside
                lineCount &+= ends.nonzeroBitCount
                if ends != 0 {
                    lastBoundary = base &+ 64 &- ends.leadingZeroBitCount
                    lineCountAtBoundary = lineCount
                }
            }
            base &+= 64
        }
    }

    /// Scans where a protecting byte hides the next one, inside quotes alone if there is a quote.
    mutating func scanByProtection(
        _ bytes: UnsafePointer<UInt8>, _ lower: Int, _ upper: Int, quote: UInt8?, protecting: UInt8,
        lineEnd: UInt8
    ) {
        for offset in lower..<upper {
            let byte = bytes[offset]
            if byte == lineEnd { lineCount += 1 }
            if isProtected {
                isProtected = false
                continue
            }
            if byte == protecting && (quote == nil || quoted != 0) {
                isProtected = true
            } else if let quote, byte == quote {
                quoted = ~quoted
            } else if byte == lineEnd && quoted == 0 {
                lastBoundary = offset + 1
                lineCountAtBoundary = lineCount
            }
        }
    }
}

/// A word with the low `count` bits set; all of them from 64 on.
@inline(__always)
func lowBits(_ count: Int) -> UInt64 {
    count >= 64 ? ~0 : (1 &<< UInt64(truncatingIfNeeded: count)) &- 1
}

/// Bit i is the parity of the bits 0...i: set from an opening quote up to its closing one.
@inline(__always)
func prefixParity(_ bits: UInt64) -> UInt64 {
    var bits = bits
    bits ^= bits &<< 1
    bits ^= bits &<< 2
    bits ^= bits &<< 4
    bits ^= bits &<< 8
    bits ^= bits &<< 16
    bits ^= bits &<< 32
    return bits
}

/// How many bytes in `lower..<upper` equal `lineEnd`; 64 bytes behind `upper` are readable.
func lineEndCount(
    _ bytes: UnsafePointer<UInt8>, _ lower: Int, _ upper: Int, _ lineEnd: UInt8
) -> Int {
    var count = 0
    var base = lower
    while base < upper {
        let ends = demetra_mask64_equal(bytes + base, lineEnd) & lowBits(upper &- base)
        count &+= ends.nonzeroBitCount
        base &+= 64
    }
    return count
}
